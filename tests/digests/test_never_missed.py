"""What is new is told once and nothing falls between two editions, whatever is taken back when."""

from datetime import datetime, timedelta

import pytest

from consultations.digests import build
from consultations.digests.due import due_editions
from consultations.models import Comment
from tests.digests.scene import DUE, LATER, SLOT, hide, make_scene, new_in, restore, say, told
from tests.factories import make_reason, make_version

pytestmark = pytest.mark.django_db
State = Comment.State
WEEK = timedelta(days=7)


def withdraw_and_send_again(comment: Comment, at: datetime = LATER) -> None:
    """Take a comment back as its author does; other words are then published."""
    comment.refresh_from_db()
    comment.unpublish(State.WITHDRAWN, None, told=Comment.objects.told(comment))
    comment.save()
    comment.publish(make_version(comment, at=at), at)
    comment.save()


def test_comment_hidden_before_any_edition_told_of_it_is_new_when_it_is_restored() -> None:
    scene = make_scene(recommendations=1)
    recommendation = scene.recommendations.get()
    hidden, other = say(recommendation, 0), say(recommendation, 1)
    hide(hidden, SLOT)
    build.make_due(DUE)
    restore(hidden)
    build.make_due(DUE + WEEK)

    assert (new_in(other), new_in(hidden)) == ([1], [2])
    assert told(scene) == [(1, 1), (2, 1)]


def test_comment_that_an_edition_told_of_is_not_told_again_when_it_is_restored() -> None:
    scene = make_scene(recommendations=1)
    comment = say(scene.recommendations.get())
    build.make_due(DUE)
    hide(comment)
    restore(comment)
    build.make_due(DUE + WEEK)

    assert new_in(comment) == [1]
    assert scene.editions.count() == 1


def test_comment_withdrawn_after_it_was_told_is_new_when_other_words_are_published() -> None:
    scene = make_scene(recommendations=1)
    comment = say(scene.recommendations.get())
    build.make_due(DUE)
    withdraw_and_send_again(comment)
    build.make_due(DUE + WEEK)

    assert (comment.first_published_at, new_in(comment)) == (LATER, [2])
    assert told(scene) == [(1, 1), (1, 1)]


@pytest.mark.parametrize("instant", [SLOT - timedelta(days=1), DUE])
def test_comment_hidden_before_the_edition_still_counts_and_is_no_news(instant: datetime) -> None:
    scene = make_scene(recommendations=1)
    recommendation = scene.recommendations.get()
    hidden = say(recommendation, 0)
    say(recommendation, 1)
    hide(hidden, instant, still_counts=True)
    build.make_due(DUE)
    restore(hidden)
    build.make_due(DUE + WEEK)

    assert told(scene) == [(2, 1), (2, 1)]


def test_comment_that_is_not_public_is_no_news_whatever_its_date_says() -> None:
    scene = make_scene(recommendations=1)
    hidden = say(scene.recommendations.get(), 0)
    hidden.unpublish(State.HIDDEN, make_reason("personal", still_counts=True))
    hidden.save()

    assert due_editions(DUE) == []
    say(scene.recommendations.get(), 1)
    build.make_due(DUE)
    assert told(scene) == [(2, 1)]


def test_totals_hold_nothing_that_was_decided_at_the_slot_or_after() -> None:
    scene = make_scene(recommendations=1)
    recommendation = scene.recommendations.get()
    counts = make_reason("personal", still_counts=True)
    say(recommendation, 0)
    for number, decided in enumerate((SLOT - timedelta(seconds=1), SLOT, DUE), start=1):
        say(recommendation, number, state=State.REJECTED, reason=counts, at=decided)
    build.make_due(DUE)
    say(recommendation, 4, at=LATER)
    build.make_due(DUE + WEEK)

    assert told(scene) == [(2, 1), (5, 1)]


def test_comment_counted_before_the_slot_and_published_after_it_is_shown_in_the_next() -> None:
    scene = make_scene(recommendations=1)
    recommendation = scene.recommendations.get()
    appealed = say(
        recommendation, 0, state=State.HIDDEN, reason=make_reason("p", still_counts=True)
    )
    say(recommendation, 1)
    appealed.publish(appealed.submitted_version, SLOT)
    appealed.save()
    build.make_due(DUE)

    [first] = scene.editions.all()
    assert list(first.quotes.filter(version__comment=appealed)) == []
    build.make_due(DUE + WEEK)
    assert told(scene) == [(2, 1), (2, 1)]


def test_counting_begins_once_and_is_dated_by_the_database_where_no_verb_says_when() -> None:
    comment = say(make_scene(recommendations=1).recommendations.get())
    counts = make_reason("personal", still_counts=True)
    since = comment.counted_since
    comment.unpublish(State.HIDDEN, counts, at=LATER)
    assert comment.counted_since == since
    comment.unpublish(State.HIDDEN, None, at=LATER)
    assert comment.counted_since is None
    comment.unpublish(State.HIDDEN, counts, at=LATER)
    assert comment.counted_since == LATER
    comment.save()

    Comment.objects.update(counted=False)
    comment.refresh_from_db()
    assert comment.counted_since is None
    Comment.objects.update(counted=True)
    comment.refresh_from_db()
    assert comment.counted_since is not None
