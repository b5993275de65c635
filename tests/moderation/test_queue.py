"""The queue: whose cases, in which order, at which cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.models import Role
from consultations.models.joining import joined_as_named
from consultations.moderation import queue
from tests.factories import (
    give_role,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db


def test_queue_holds_only_the_moderators_consultations() -> None:
    mine = make_case()
    make_case()
    moderator = make_staff(mine.consultation)
    assert list(queue.cases_of(moderator)) == [mine]


@pytest.mark.parametrize(
    ("right", "seen"), [("officer", 1), ("moderator", 1), ("analyst", 0), ("auditor", 0)]
)
def test_queue_opens_to_those_who_decide(right: str, seen: int) -> None:
    case = make_case()
    assert queue.cases_of(make_staff(case.consultation, right)).count() == seen


def test_queue_closes_when_the_role_ends() -> None:
    case = make_case()
    moderator = make_staff(case.consultation)
    Role.objects.filter(user=moderator).update(ends_at=timezone.now())
    assert queue.cases_of(moderator).count() == 0


def test_queue_is_oldest_first_and_next_wraps_round() -> None:
    consultation, now = make_consultation(), timezone.now()
    recommendation = consultation.recommendations.get(number=1)
    cases = [
        make_case(
            make_comment(recommendation, make_response(consultation)),
            since=now - timedelta(days=days),
        )
        for days in (1, 3, 2)
    ]
    moderator = make_staff(consultation)
    oldest_first = [cases[1], cases[2], cases[0]]
    assert list(queue.cases_of(moderator)) == oldest_first
    assert queue.next_after(moderator, cases[1]) == cases[2]
    assert queue.next_after(moderator, cases[0]) == cases[1]
    assert queue.days_waiting(cases[1], now) == 3
    assert [queue.overdue(case, now) for case in oldest_first] == [True, False, False]


@pytest.mark.parametrize("many", [1, 3])
def test_queue_costs_two_statements_whatever_waits(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation()
    moderator = make_staff(consultation)
    other = make_consultation()
    give_role(moderator, other)
    for _n in range(many):
        recommendation = consultation.recommendations.get(number=1)
        make_case(make_comment(recommendation, make_response(consultation)))
        make_case(membership=make_membership(), consultation=other)
    with django_assert_num_queries(2):
        shown = [
            str(case.membership.organisation.kind.name)
            if case.membership
            else str(case.comment.submitted_version.text)
            + str(case.comment.recommendation.current.title)
            + str(case.comment.response.region)
            for case in queue.cases_of(moderator)
        ]
    assert len(shown) == 2 * many


def limit() -> str:
    """Return how many tables PostgreSQL may join in an order of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('join_collapse_limit')")
        return str(cursor.fetchone()[0])


def test_wide_rows_are_joined_in_the_order_of_their_statement_and_nothing_else_is() -> None:
    with joined_as_named():
        within = limit()

    assert (within, limit()) == ("1", "8")
