"""What an edition says has changed since the one before: told once, and what it quoted is kept."""

from datetime import timedelta
from typing import Any

import pytest

from consultations.analysis.shapes import Summary
from consultations.analysis.verify import check_frozen
from consultations.digests.before import stored
from consultations.models import Comment, Edition, Stance
from consultations.moderation import decide
from tests import factories
from tests.digests.scene import DUE, SLOT, fill, hide, make_edition, make_scene, say

WEEK = timedelta(days=7)


def told(edition: Edition) -> Summary:
    """The summary of the edition's one recommendation, as it is stored."""
    [one] = edition.facts["recommendations"]
    summary = stored(one["summary"])
    assert check_frozen(summary) == []
    return summary


def edit(comment: Comment, at: Any) -> None:
    """Send other words, and have a moderator publish them."""
    comment.submitted_version = factories.make_version(
        comment, text="We changed our mind entirely, and here is what we think of it now."
    )
    comment.reviewed = False
    comment.save()
    case = factories.make_case(comment)
    moderator = factories.make_staff(comment.response.consultation)
    decide.publish(case=case, version_number=2, by=moderator, at=at)


@pytest.mark.django_db
def test_edits_and_withdrawals_are_told_once_and_quotes_are_kept() -> None:
    consultation = make_scene(recommendations=1)
    comments = fill(consultation, each=6)
    recommendation = consultation.recommendations.get()
    first = told(make_edition())
    edit(comments[0], SLOT + timedelta(hours=5))
    hide(comments[1], SLOT + timedelta(hours=6))
    say(recommendation, 7, at=SLOT + timedelta(hours=7))

    second = told(make_edition(DUE + WEEK))
    say(recommendation, 8, at=SLOT + WEEK + timedelta(hours=7))
    third = told(make_edition(DUE + 2 * WEEK))

    assert first.changes is None
    assert second.changes is not None
    assert third.changes is not None
    counts = [(each.new, each.edited, each.withdrawn) for each in (second.changes, third.changes)]
    assert counts == [(1, 1, 1), (1, 0, 0)]
    assert {each.reason for each in second.changes.dropped} == {"edited", "withdrawn"}
    assert len(second.changes.kept) == 4
    assert second.previous == first.digest()


@pytest.mark.django_db
def test_stored_summary_names_no_unpublished_comment() -> None:
    consultation = make_scene(recommendations=1)
    recommendation = consultation.recommendations.get()
    words = "The same long letter, which many people send on this without a change of a word."
    same = {"text": words, "stance": Stance.SUPPORT}
    shown = [say(recommendation, number, **same) for number in range(5)]
    hidden = say(recommendation, 5, permission="unpublished", **same)

    edition = make_edition()

    [group] = told(edition).duplicates
    assert (group.size, group.campaign, group.ids) == (6, True, ())
    assert hidden.reference not in str(edition.facts)
    assert len([each for each in shown if each.reference in str(edition.facts)]) == 1
