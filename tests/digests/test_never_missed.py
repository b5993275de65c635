"""A comment that was taken away before any digest told of it is news when it comes back."""

from datetime import timedelta

import pytest

from consultations.digests import build
from consultations.models import Comment, Decision
from consultations.moderation import decide
from tests.digests.scene import DUE, SLOT, make_scene, say
from tests.factories import make_reason, make_staff

pytestmark = pytest.mark.django_db
LATER = SLOT + timedelta(days=2)


def hide_and_restore(comment: Comment) -> Decision:
    """Hide a comment and show it again after the slot."""
    moderator = make_staff(comment.response.consultation)
    decide.hide(comment=comment, reason=make_reason(), note="", by=moderator, at=DUE)
    return decide.restore(comment=comment, note="A mistake.", by=moderator, at=LATER)


def new_in(comment: Comment) -> list[int]:
    """Return the editions in whose period the comment was first published."""
    comment.refresh_from_db()
    editions = comment.response.consultation.editions.order_by("number")
    instant = comment.first_published_at
    return [each.number for each in editions if each.period.lower <= instant < each.period.upper]


def test_comment_hidden_before_any_edition_told_of_it_is_new_when_it_is_restored() -> None:
    scene = make_scene(recommendations=1)
    recommendation = scene.recommendations.get()
    hidden, other = say(recommendation, 0), say(recommendation, 1)
    moderator = make_staff(scene)
    decide.hide(comment=hidden, reason=make_reason(), note="", by=moderator, at=SLOT)
    build.make_due(DUE)
    decide.restore(comment=hidden, note="A mistake.", by=moderator, at=LATER)
    build.make_due(DUE + timedelta(days=7))

    assert (new_in(other), new_in(hidden)) == ([1], [2])


def test_comment_that_an_edition_told_of_is_not_told_again_when_it_is_restored() -> None:
    scene = make_scene(recommendations=1)
    comment = say(scene.recommendations.get())
    build.make_due(DUE)
    hide_and_restore(comment)
    build.make_due(DUE + timedelta(days=7))

    assert new_in(comment) == [1]
    assert scene.editions.count() == 1
