"""What an edition says of moderation, and the end of the record that it prints."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from consultations import ledger
from consultations.digests import composing, mailing, moderated
from consultations.digests.quoting import content_hash, quotes_of
from consultations.digests.render import view
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Comment, Consultation, Decision, Edition
from consultations.moderation import appeals, decide
from consultations.moderation.appeals import Ruling
from tests.digests.scene import DUE, OPENS, SLOT, fill, make_edition, make_scene, say
from tests.factories import make_appeal, make_case, make_reason, make_staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def moderate(consultation: Consultation) -> None:
    """Reject five as abusive and one as off topic after a day; uphold one appeal a day later."""
    by, other = make_staff(consultation), make_staff(consultation)
    recommendation = consultation.recommendations.get(number=1)
    refused = []
    for number in range(6):
        comment = say(recommendation, number, state=Comment.State.SUBMITTED)
        reason = make_reason("abusive" if number else "off-topic")
        case = make_case(comment, since=OPENS)
        said = {"reason": reason, "note": "", "by": by}
        refused.append(decide.reject(case=case, version_number=1, at=OPENS + DAY, **said))
    case = make_appeal(refused[1], at=OPENS + DAY)
    ruling = Ruling(upheld=True, answer="", by=other, at=OPENS + 2 * DAY)
    appeals.rule(case=case, ruling=ruling)


@contextmanager
def deciding_between_two_readings(
    consultation: Consultation, *, times: int
) -> Iterator[list[Decision]]:
    """Let a moderator reject one more comment so often, each time after the figures were read."""
    by, recommendation = make_staff(consultation), consultation.recommendations.get(number=1)
    decided: list[Decision] = []

    def beside(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if "percentile_disc" in sql and '"consultations_appeal"' in sql and len(decided) < times:
            comment = say(recommendation, 10 + len(decided), state=Comment.State.SUBMITTED)
            said = {"reason": make_reason("abusive"), "note": "", "by": by, "at": OPENS + DAY}
            case = make_case(comment, since=OPENS)
            decided.append(decide.reject(case=case, version_number=1, **said))
        return answer

    with connection.execute_wrapper(beside):
        yield decided


def test_edition_tells_decisions_reasons_appeals_and_medians_of_its_period() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    moderate(consultation)

    seen = view(make_edition())

    assert tuple(sentence.text for sentence in seen.moderation) == (
        "Moderators made 7 decisions: 0 published, 6 not published, 0 taken from view, "
        "1 shown after all.",
        "Half were decided within 24 hours.",
        "Reasons: Abusive 5, reasons given fewer than five times 1.",
        "Appeals: 1 made, 1 upheld, 0 dismissed, 0 ended otherwise, 0 waiting.",
        "Half of the appeals were decided within 24 hours.",
    )
    assert seen.moderation_path == f"/consultations/{consultation.slug}/moderation/"
    sources = [source for sentence in seen.moderation for source in sentence.sources]
    assert {source.name.removeprefix("moderation."): source.value for source in sources} == {
        "published": "0",
        "rejected": "6",
        "hidden": "0",
        "restored": "1",
        "seconds": "24 hours",
        "reasons.Abusive": "5",
        "other_reasons": "1",
        "appeals": "1",
        "upheld": "1",
        "dismissed": "0",
        "void": "0",
        "waiting": "0",
        "appeal_seconds": "24 hours",
    }


def test_every_sentence_of_moderation_opens_to_its_figures_on_the_page_and_in_the_record(
    client: Client,
) -> None:
    fill(make_scene(), each=2)
    moderate(Consultation.objects.get())
    edition = make_edition()
    page = reverse("digests.show", args=[edition.consultation.slug, edition.number])

    shown = " ".join(client.get(page).content.decode().split())
    record = client.get(f"{page.rstrip('/')}.json").json()

    assert "<summary>Moderators made 7 decisions" in shown
    assert ">Not published</a>: 6." in shown
    [told, *_rest] = record["moderation"]
    assert [source["value"] for source in told["sources"]] == ["0", "6", "0", "1"]


def test_edition_after_a_quiet_period_says_nothing_of_moderation() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    moderate(consultation)
    make_edition()
    say(consultation.recommendations.get(number=1), 4, at=SLOT + DAY)

    seen = view(make_edition(DUE + 7 * DAY))

    assert seen.moderation == ()


def test_hash_of_an_edition_covers_the_figures_and_the_end_of_the_record() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    moderate(consultation)
    edition = make_edition()
    quotes = list(quotes_of(edition.pk))
    assert content_hash(edition.number, edition.facts, quotes) == edition.hash

    for part in ("moderation", "record"):
        changed = {**edition.facts, part: {}}
        assert content_hash(edition.number, changed, quotes) != edition.hash


def test_edition_stores_no_name_of_a_reason_given_seldom() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    moderate(consultation)

    stored = json.dumps(make_edition().facts["moderation"])

    assert "Abusive" in stored
    assert "off-topic" not in stored.lower()


def test_edition_whose_figures_do_not_hold_is_not_made() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    moderate(consultation)

    with (
        deciding_between_two_readings(consultation, times=moderated.TRIES),
        pytest.raises(UnfaithfulSummaryError, match="moderation/rejected: 8 told, 9 counted"),
    ):
        composing.compose(consultation, start=OPENS, end=SLOT, at=DUE)


def test_mail_tells_the_same_within_its_limits() -> None:
    consultation = make_scene()
    fill(consultation)
    moderate(consultation)
    seen = view(make_edition())

    both = mailing.parts(mailing.fitted(seen))

    for part in (both.text, both.html):
        plain = " ".join(part.split())
        assert "Moderators made 7 decisions" in plain
        assert f"{seen.moderation_path}" in plain
        assert Edition.objects.get().facts["record"]["hash"] in plain
    assert mailing.words(both.text) <= mailing.WORDS


def test_edition_made_before_there_were_figures_reads_as_it_did() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    edition = make_edition()
    edition.facts = {
        name: value for name, value in edition.facts.items() if name not in {"moderation", "record"}
    }
    edition.hash = content_hash(edition.number, edition.facts, quotes_of(edition.pk))

    seen = view(edition)

    assert (seen.moderation, seen.record) == ((), "")


def test_edition_prints_the_end_of_the_record_before_it() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    moderate(consultation)
    number, sealed = ledger.last(consultation.pk)

    edition = make_edition()

    assert edition.facts["record"] == {"entry": number, "hash": sealed}
    assert view(edition).record == (
        f"The record of this consultation then ended with entry {number}, {sealed}."
    )
    assert ledger.verify(consultation.pk) == []


def cut(consultation: Consultation, after: int) -> None:
    """Cut the end off the ledger, as somebody with the database's own rights might."""
    rows = [consultation.pk, after]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "DELETE FROM consultations_ledgerpayload AS payload"
            " USING consultations_ledgerentry AS entry WHERE entry.id = payload.entry_id"
            " AND entry.consultation_id = %s AND entry.sequence > %s",
            rows,
        )
        cursor.execute(
            "DELETE FROM consultations_ledgerentry WHERE consultation_id = %s AND sequence > %s",
            rows,
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_end_that_is_cut_off_is_found_by_what_a_digest_printed() -> None:
    consultation = make_scene()
    fill(consultation, each=2)
    moderate(consultation)
    printed = make_edition().facts["record"]["entry"]
    cut(consultation, printed)
    assert ledger.verify(consultation.pk) == []

    cut(consultation, printed - 1)

    assert [fault.sentence for fault in ledger.verify(consultation.pk)] == [
        "The end that digest 1 printed is not in the chain.",
        "A decision stands without any entry.",
        "An appeal, or what became of it, stands without any entry.",
    ]
    with pytest.raises(CommandError) as raised:
        call_command("verify_ledger", consultation.slug)
    assert raised.value.returncode == 1


def test_figures_that_changed_while_they_were_read_are_read_again() -> None:
    consultation = make_scene()
    moderate(consultation)

    with deciding_between_two_readings(consultation, times=1) as decided:
        found = moderated.checked(consultation.pk, OPENS, SLOT)

    assert (found.facts.rejected, len(decided)) == (7, 1)
