"""Removing a recommendation: before opening, unanswered, with no number left out."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consultations import ledger, publishing
from consultations.models import Consultation, LedgerEntry, RecommendationVersion
from tests.factories import make_comment, make_consultation
from tests.publishing.test_report import GOOD
from tests.publishing.test_rules import forge

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def upcoming(**fields: Any) -> Consultation:
    """Make a consultation of three recommendations that opens tomorrow."""
    return make_consultation(recommendations=3, opens_at=timezone.now() + DAY, **fields)


def draft(**fields: Any) -> Consultation:
    """Make the same as a draft."""
    return upcoming(state=Consultation.State.DRAFT, published_at=None, **fields)


def remove(
    consultation: Consultation, *numbers: int, words: Sequence[publishing.Words] = ()
) -> None:
    """Remove recommendations as an officer does."""
    publishing.save(
        consultation=consultation,
        fields={},
        words=words,
        removed=numbers,
        reason="A mistake.",
        by=None,
        at=timezone.now(),
    )


def titles(consultation: Consultation) -> list[tuple[int, str]]:
    """Return what stands, by number."""
    rows = consultation.recommendations.order_by("number")
    return list(rows.values_list("number", "current__title"))


def test_removed_from_a_draft_the_rest_move_up() -> None:
    consultation = draft()

    remove(consultation, 2)

    assert titles(consultation) == [(1, "Proposal 1"), (2, "Proposal 3")]
    assert RecommendationVersion.objects.count() == 2
    assert LedgerEntry.objects.count() == 0


def test_removed_several_at_once_and_one_added_all_find_their_numbers() -> None:
    consultation = draft()

    remove(consultation, 1, 3, words=[publishing.Words(4, "New", "Do more.", "")])

    assert titles(consultation) == [(1, "Proposal 2"), (2, "New")]


def test_number_that_is_filled_at_once_moves_nothing() -> None:
    consultation = draft()

    remove(consultation, 2, words=[publishing.Words(2, "New", "Do more.", "")])

    assert titles(consultation) == [(1, "Proposal 1"), (2, "New"), (3, "Proposal 3")]


def test_removing_what_is_not_there_changes_nothing() -> None:
    consultation = draft()

    remove(consultation, 7)

    assert [number for number, _title in titles(consultation)] == [1, 2, 3]


def test_removed_after_publication_and_before_opening_is_on_the_ledger_and_verifies() -> None:
    consultation = draft()
    publishing.publish(consultation=consultation, by=None, at=timezone.now())

    remove(consultation, 2)

    entry = LedgerEntry.objects.latest("sequence")
    assert (entry.act, entry.payload.content["removed"]) == ("recommendations_removed", [2])
    assert ledger.verify(consultation.pk) == []
    forge("UPDATE consultations_recommendationversion SET text = 'x' WHERE title = 'Proposal 3'")
    assert [fault.sequence for fault in ledger.verify(consultation.pk)] == [entry.sequence]


def test_last_one_of_a_published_consultation_stays() -> None:
    consultation = upcoming()

    with pytest.raises(publishing.PublishingError, match="keeps at least one"):
        remove(consultation, 1, 2, 3)

    assert consultation.recommendations.count() == 3


def test_removing_after_opening_is_refused() -> None:
    consultation = make_consultation()

    with pytest.raises(publishing.PublishingError, match="has opened: recommendation 2"):
        remove(consultation, 2)

    assert consultation.recommendations.count() == 2


def test_removing_what_was_answered_is_refused() -> None:
    consultation = draft()
    make_comment(consultation.recommendations.get(number=2))

    with pytest.raises(publishing.PublishingError, match="Recommendation 2 has been answered"):
        remove(consultation, 1, 2)

    assert consultation.recommendations.count() == 3


def test_file_that_leaves_one_out_removes_it_before_opening_alone(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text(GOOD)
    call_command("import_consultation", file)
    file.write_text(GOOD[: GOOD.index("## 2.")])
    call_command("import_consultation", file)
    consultation = Consultation.objects.get()
    assert titles(consultation) == [(1, "First")]

    file.write_text(GOOD)
    call_command("import_consultation", file)
    now = timezone.now()
    times = {"opens_at": now - DAY, "closes_at": consultation.closes_at, "published_at": now}
    Consultation.objects.update(state=Consultation.State.PUBLISHED, **times)
    file.write_text(GOOD[: GOOD.index("## 2.")])
    with pytest.raises(CommandError, match="recommendation 2 can no longer be removed"):
        call_command("import_consultation", file, correction="A mistake.")
    assert consultation.recommendations.count() == 2
