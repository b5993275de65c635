"""Results: counted once per change, as the editions count, and stored in one row."""

from datetime import timedelta
from typing import Any

import pytest

from consultations.models import Comment, Consultation, Permission, Results, database_now
from consultations.moderation import decide
from consultations.results import keep
from consultations.results.count import figures
from tests import factories
from tests.digests.scene import REASONS, fill, hide, make_scene, say

pytestmark = pytest.mark.django_db


def whole(consultation: Consultation) -> dict[str, Any]:
    """Return the figures of everything that counts, as after the close."""
    return figures(consultation, {}, at=database_now(), whole=True)[0]


def test_results_are_counted_once_until_something_changes(django_assert_num_queries) -> None:
    consultation = make_scene()
    fill(consultation, each=4)

    assert keep.refresh(database_now()) == 1
    later = database_now() + timedelta(hours=1)
    with django_assert_num_queries(1):
        assert keep.refresh(later) == 0

    first = Results.objects.get(consultation=consultation)
    assert first.figures["recommendations"][0]["facts"]["total"] == 4


def test_a_change_on_the_record_is_counted_after_the_rest_that_counting_takes() -> None:
    consultation = make_scene()
    [comment, *_others] = fill(consultation, each=2)
    keep.refresh(database_now())
    hide(comment, at=database_now())

    later = database_now() + timedelta(minutes=5)
    assert keep.refresh(later) == 1

    told = Results.objects.get(consultation=consultation).figures["recommendations"][0]
    assert told["facts"]["total"] == 1


def test_what_another_worker_counts_is_left_to_it() -> None:
    consultation = make_scene()
    fill(consultation, each=1)
    at = database_now()
    Results.objects.create(consultation=consultation, lease_until=at + timedelta(minutes=1))

    assert keep.refresh(at) == 0
    assert keep.refresh(at + timedelta(minutes=2)) == 1


def test_one_that_has_not_opened_has_no_results() -> None:
    at = database_now()
    factories.make_consultation(opens_at=at + timedelta(days=1), closes_at=at + timedelta(days=9))

    assert keep.refresh(at) == 0


def test_respondents_are_counted_once_however_much_they_say() -> None:
    consultation = make_scene(recommendations=2)
    one, other = consultation.recommendations.order_by("number")
    said = say(one, 0)
    response = said.response
    factories.make_comment(other, response, state=Comment.State.PUBLISHED, text="As before, more.")
    say(one, 1)

    told = whole(consultation)["respondents"]

    assert told["total"] == 2
    assert sum(number for _day, number in told["by_day"]) == 2
    assert told["by_channel"] == {"web": 2}


def test_a_small_row_that_holds_an_unpublished_comment_is_merged() -> None:
    consultation = make_scene(recommendations=1)
    [recommendation] = consultation.recommendations.all()
    for number in range(6):
        say(recommendation, number, kind="employer")
    say(recommendation, 7, kind="local_leader", permission=Permission.UNPUBLISHED)

    told = whole(consultation)

    [row] = told["recommendations"][0]["facts"]["by_kind"]
    assert (row["keys"], row["total"]) == (["employer", "local_leader"], 7)
    [reached] = told["respondents"]["by_kind"]
    assert (reached["keys"], reached["total"]) == (["employer", "local_leader"], 7)


def test_one_letter_sent_by_many_stands_apart_and_counts_in_full() -> None:
    consultation = make_scene(recommendations=1)
    [recommendation] = consultation.recommendations.all()
    letter = " ".join(f"{REASONS[0]} {REASONS[1]}".split())
    for number in range(7):
        say(recommendation, number, text=f"{letter} Yours, number {number}.", kind="employer")
    say(recommendation, 8, kind="employer")

    told = whole(consultation)["recommendations"][0]

    [campaign] = told["campaigns"]
    assert (campaign["size"], campaign["ids"]) == (7, [])
    assert (told["facts"]["total"], told["facts"]["distinct"]) == (8, 2)


def test_sizes_of_employers_are_told_only_where_employers_are() -> None:
    consultation = make_scene(recommendations=1)
    [recommendation] = consultation.recommendations.all()
    for number in range(3):
        permission = Permission.UNPUBLISHED if number == 2 else Permission.NAMED
        say(recommendation, number, kind="employer", permission=permission)
    for number in range(6):
        say(recommendation, number, kind="local_leader")

    told = whole(consultation)["recommendations"][0]

    assert [row["keys"] for row in told["facts"]["by_kind"]] == [["employer", "local_leader"]]
    assert told["by_size"] == []


def test_what_is_published_while_others_are_counted_is_in_the_figures() -> None:
    consultation = make_scene(recommendations=1)
    [recommendation] = consultation.recommendations.all()
    began = database_now()
    say(recommendation, 0)
    say(recommendation, 1, at=database_now())

    keep.refresh(began)

    told = Results.objects.get(consultation=consultation).figures["recommendations"][0]
    assert told["facts"]["total"] == 2


def test_at_the_close_everything_is_told_once_nothing_waits() -> None:
    consultation = make_scene(recommendations=1)
    [recommendation] = consultation.recommendations.all()
    say(recommendation, 0)
    say(recommendation, 1, permission=Permission.UNPUBLISHED)
    waits = say(recommendation, 2, state=Comment.State.SUBMITTED)
    closing = database_now()
    Consultation.objects.update(closes_at=closing)

    keep.refresh(closing)
    before = told(consultation)
    publish(waits)
    keep.refresh(closing + timedelta(hours=1))

    assert (before["facts"]["total"], before["apart"]) == (1, 1)
    assert (told(consultation)["facts"]["total"], told(consultation)["apart"]) == (3, 0)


def test_the_close_itself_is_counted_though_nothing_is_on_the_record() -> None:
    consultation = make_scene(recommendations=1)
    [recommendation] = consultation.recommendations.all()
    say(recommendation, 1, permission=Permission.UNPUBLISHED)
    keep.refresh(database_now())
    Consultation.objects.update(closes_at=database_now())

    later = database_now() + timedelta(hours=1)
    assert (keep.refresh(later), keep.refresh(later + timedelta(hours=1))) == (1, 0)

    assert told(consultation)["facts"]["unpublished"] == 1


def told(consultation: Consultation) -> dict[str, Any]:
    """Return what is stored of the first recommendation."""
    [found, *_others] = Results.objects.get(consultation=consultation).figures["recommendations"]
    return dict(found)


def publish(comment: Comment) -> None:
    """Publish a comment as a moderator does."""
    case = factories.make_case(comment)
    moderator = factories.make_staff(comment.response.consultation)
    decide.publish(case=case, version_number=1, by=moderator, at=database_now())
