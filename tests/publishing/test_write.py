"""Writing, publishing and correcting a consultation."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consultations import publishing
from consultations.models import (
    Consultation,
    Correction,
    LedgerEntry,
    OwnerKind,
    Recommendation,
    RecommendationVersion,
    Region,
)
from consultations.publishing.legal import FILE
from tests.factories import make_consultation, make_user
from tests.publishing.test_report import GOOD

pytestmark = pytest.mark.django_db
WORDS = publishing.Words(1, "Proposal 1", "Do **this**.", "")


def save(consultation: Consultation, reason: str = "", **fields: object) -> Correction | None:
    """Save fields of a consultation as its officer does."""
    return publishing.save(
        consultation=consultation,
        fields=fields,
        words=[],
        reason=reason,
        by=make_user(),
        at=timezone.now(),
    )


def test_save_before_opening_changes_freely() -> None:
    consultation = make_consultation(opens_at=timezone.now() + timedelta(days=1))

    assert save(consultation, title="Another title") is None
    assert Consultation.objects.get().title == "Another title"


def test_save_after_opening_without_reason_is_refused() -> None:
    consultation = make_consultation(title="As it was")

    with pytest.raises(publishing.PublishingError):
        save(consultation, title="Another title")

    assert Consultation.objects.get().title == "As it was"


def test_save_after_opening_with_reason_makes_a_numbered_correction() -> None:
    consultation = make_consultation(title="As it was")

    first = save(consultation, "A word was wrong.", title="Another title")
    later = save(
        consultation, "More time was asked for.", closes_at=timezone.now() + timedelta(days=90)
    )

    assert (first.number, later.number) == (1, 2)
    assert first.changes == [{"field": "title", "before": "As it was", "after": "Another title"}]
    acts = list(LedgerEntry.objects.values_list("act", flat=True))
    assert acts == ["correction_made", "correction_made"]


def test_save_after_opening_new_words_make_a_version_and_keep_the_old() -> None:
    consultation = make_consultation()
    words = publishing.Words(1, "Proposal 1", "Do **that**.", "")

    publishing.save(
        consultation=consultation,
        fields={},
        words=[words],
        reason="It said this.",
        by=None,
        at=timezone.now(),
    )

    recommendation = Recommendation.objects.get(number=1)
    texts = list(recommendation.versions.values_list("number", "text"))
    assert texts == [(1, "Do **this**."), (2, "Do **that**.")]
    assert recommendation.current.number == 2


def test_save_after_opening_what_is_not_answered_to_needs_no_correction() -> None:
    consultation = make_consultation()

    assert save(consultation, contact_email="new@example.org") is None
    assert Consultation.objects.get().contact_email == "new@example.org"


def test_settings_of_what_is_published_are_on_the_ledger_before_and_after() -> None:
    consultation = make_consultation(target_days=3, title="As it was")

    save(consultation, "A slip.", target_days=5, reports_to_hide=9, title="As it should be")
    save(consultation, target_days=5, contact_email="new@example.org")
    save(make_consultation(state="draft"), target_days=7)

    entries = LedgerEntry.objects.filter(act="settings_changed").select_related("payload")
    assert [entry.payload.content["changed"] for entry in entries] == [
        {"reports_to_hide": ["0", "9"], "target_days": ["3", "5"]},
        {"contact_email": []},
    ]


def test_save_after_opening_cannot_close_in_the_past() -> None:
    with pytest.raises(publishing.PublishingError):
        save(make_consultation(), "Enough.", closes_at=timezone.now() - timedelta(hours=1))


def test_needs_reason_only_where_words_differ_after_opening() -> None:
    now = timezone.now()
    consultation = make_consultation()

    assert not publishing.needs_reason(consultation, {}, [WORDS], now)
    assert publishing.needs_reason(consultation, {"title": "New"}, [WORDS], now)


def test_publish_draft_without_recommendations_is_refused() -> None:
    consultation = make_consultation(
        recommendations=0, state=Consultation.State.DRAFT, published_at=None
    )

    with pytest.raises(publishing.PublishingError):
        publishing.publish(consultation=consultation, by=None, at=timezone.now())


def test_publish_draft_is_on_the_ledger() -> None:
    consultation = make_consultation(state=Consultation.State.DRAFT, published_at=None)

    publishing.publish(consultation=consultation, by=make_user(), at=timezone.now())

    assert Consultation.objects.get().state == Consultation.State.PUBLISHED
    assert LedgerEntry.objects.get().act == "consultation_published"


def test_phase_follows_the_clock_to_the_instant() -> None:
    consultation = make_consultation()
    closes = consultation.closes_at

    assert consultation.phase(closes - timedelta(microseconds=1)) == "open"
    assert consultation.phase(closes) == "closed"


def test_import_twice_updates_and_never_duplicates(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text(GOOD)
    call_command("import_consultation", file)
    file.write_text(GOOD.replace("Do that.", "Do it soon."))
    call_command("import_consultation", file)

    consultation = Consultation.objects.get()
    assert consultation.confidentiality.startswith("**We cannot promise")
    assert RecommendationVersion.objects.count() == 2
    assert consultation.recommendations.get(number=2).current.text == "Do it soon."


def test_import_after_opening_needs_a_correction(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text(GOOD)
    call_command("import_consultation", file)
    now = timezone.now()
    Consultation.objects.update(
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=9),
        state=Consultation.State.PUBLISHED,
        published_at=now,
    )
    file.write_text(GOOD.replace("Do that.", "Do it soon.").replace("closes_at", "#"))

    with pytest.raises(CommandError, match="reason"):
        call_command("import_consultation", file)
    call_command("import_consultation", file, correction="It was unclear.")

    assert Correction.objects.get().changes == [
        {"recommendation": 2, "field": "text", "before": "Do that.", "after": "Do it soon."}
    ]


def test_import_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text(GOOD.replace("## 2. Second", "## 7. Seventh"))

    with pytest.raises(CommandError, match="line 20"):
        call_command("import_consultation", file)


@pytest.mark.parametrize("kind", OwnerKind.values)
def test_legal_texts_name_the_owner_and_claim_foia_for_public_bodies_alone(kind: str) -> None:
    texts = publishing.legal_texts(kind, "The Body")

    assert ("Freedom of Information Act" in texts["confidentiality"]) == (kind != "private")
    assert texts["response_clock"] == (kind == OwnerKind.DEPARTMENT)
    assert "{owner}" not in texts["confidentiality"] + texts["lawful_basis"]
    assert FILE.exists()


def test_reference_data_loads_twice_without_doubling() -> None:
    call_command("load_reference_data")
    call_command("load_reference_data")

    assert Region.objects.count() == 14


def test_save_of_what_was_read_before_reverts_nothing_else() -> None:
    draft = make_consultation(state=Consultation.State.DRAFT, published_at=None)
    stale = Consultation.objects.get()
    publishing.publish(consultation=draft, by=None, at=timezone.now())

    save(stale, contact_email="new@example.org")

    stored = Consultation.objects.get()
    assert (stored.state, stored.contact_email) == ("published", "new@example.org")


def test_save_with_a_stale_fingerprint_is_refused() -> None:
    consultation = make_consultation(opens_at=timezone.now() + timedelta(days=1))
    seen = publishing.fingerprint(consultation)
    words = publishing.Words(1, "Proposal 1", "Do **that**.", "")
    arguments = {"consultation": consultation, "reason": "", "by": None, "at": timezone.now()}

    publishing.save(fields={}, words=[words], seen=seen, **arguments)
    with pytest.raises(publishing.StaleError):
        publishing.save(fields={"title": "Mine"}, words=[], seen=seen, **arguments)

    now = publishing.fingerprint(consultation)
    publishing.save(fields={"title": "Mine"}, words=[], seen=now, **arguments)
    assert Consultation.objects.get().title == "Mine"
