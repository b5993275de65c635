"""Reminders of a backlog: once a day in London, to those who decide there, and only when late."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.models import Case, Consultation, Message, Role, User
from consultations.moderation import decide, queue
from consultations.moderation.reminders import remind, slot
from tests.factories import (
    give_role,
    make_appeal,
    make_case,
    make_comment,
    make_consultation,
    make_response,
    make_staff,
)

EIGHT = datetime(2026, 11, 25, 8, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def wait(consultation: Consultation, days: float = 4, *, before: datetime = EIGHT) -> Case:
    recommendation = consultation.recommendations.get(number=1)
    comment = make_comment(recommendation, make_response(consultation))
    return make_case(comment, since=before - days * DAY)


def staff(consultation: Consultation, right: str = Role.Right.MODERATOR) -> User:
    person = make_staff(consultation, right)
    Role.objects.filter(user=person).update(starts_at=EIGHT - 30 * DAY)
    return person


def told() -> list[tuple[str, str]]:
    rows = Message.objects.filter(dedupe_key__startswith="backlog:").order_by("pk")
    return [(message.to, message.letter["subject"]) for message in rows]


@pytest.mark.django_db
def test_those_who_decide_are_told_once_how_much_is_late() -> None:
    consultation = make_consultation()
    moderator, officer = staff(consultation), staff(consultation, Role.Right.OFFICER)
    for right in (Role.Right.ANALYST, Role.Right.AUDITOR):
        staff(consultation, right)
    staff(make_consultation())
    for days in (4, 6.5, 1):
        wait(consultation, days)

    assert remind(EIGHT) == 2

    assert told() == [
        (moderator.email, "2 decisions are late"),
        (officer.email, "2 decisions are late"),
    ]
    letter = str(Message.objects.first().letter)
    line = "2 wait longer than the target of 3 days, the oldest for 6 days."
    assert f"{consultation.title}: {line}" in letter
    assert "/admin/consultations/case/" in letter


@pytest.mark.django_db
def test_nobody_is_told_where_nothing_is_late() -> None:
    consultation = make_consultation(target_days=5)
    staff(consultation)
    wait(consultation, 4.9)
    closed = wait(consultation, 9)
    Case.objects.filter(pk=closed.pk).update(closed_at=EIGHT)

    assert remind(EIGHT) == 0


@pytest.mark.django_db
def test_late_for_the_reminder_is_what_the_queue_calls_late() -> None:
    consultation = make_consultation()
    staff(consultation)
    case = wait(consultation, 3)

    assert queue.overdue(case, EIGHT)
    assert not queue.overdue(case, EIGHT - MINUTE)
    assert remind(EIGHT) == 1


@pytest.mark.django_db
def test_again_the_same_day_nobody_is_told_whatever_has_grown_late() -> None:
    consultation = make_consultation()
    staff(consultation)
    wait(consultation)
    remind(EIGHT)
    wait(consultation, 2.9)

    assert [remind(EIGHT + hours * MINUTE * 60) for hours in (0, 1, 9, 15.9)] == [0] * 4
    assert remind(EIGHT + DAY) == 1
    assert [subject for _to, subject in told()] == ["1 decision is late", "2 decisions are late"]


@pytest.mark.django_db
def test_days_on_which_nothing_more_grows_late_tell_nobody_again() -> None:
    consultation = make_consultation()
    staff(consultation)
    wait(consultation, 4)

    assert [remind(EIGHT + day * DAY) for day in range(3)] == [1, 0, 0]
    wait(consultation, 3, before=EIGHT + 2 * DAY + 5 * MINUTE)
    assert remind(EIGHT + 2 * DAY + 10 * MINUTE) == 0
    assert [remind(EIGHT + day * DAY) for day in (3, 4)] == [1, 0]

    assert [subject for _to, subject in told()] == ["1 decision is late", "2 decisions are late"]


@pytest.mark.django_db
def test_run_that_was_missed_is_made_good_the_same_day_for_what_was_late_at_the_hour() -> None:
    consultation = make_consultation()
    staff(consultation)
    wait(consultation)
    wait(consultation, 2.9)

    assert remind(EIGHT - MINUTE) == 0
    assert remind(EIGHT + 9 * 60 * MINUTE) == 1
    assert [subject for _to, subject in told()] == ["1 decision is late"]


@pytest.mark.django_db
def test_day_that_passed_without_a_run_is_not_made_up_for() -> None:
    consultation = make_consultation()
    staff(consultation)
    wait(consultation)

    remind(EIGHT + 3 * DAY)

    assert len(told()) == 1


@pytest.mark.django_db
def test_what_was_decided_since_the_hour_is_not_told() -> None:
    consultation = make_consultation()
    moderator = staff(consultation)
    case = wait(consultation)
    decide.publish(case=case, version_number=1, by=moderator, at=EIGHT)

    assert remind(EIGHT + MINUTE) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["role ended", "account closed", "came since"])
def test_who_has_left_or_has_only_come_is_not_told(how: str) -> None:
    consultation = make_consultation()
    person = staff(consultation)
    wait(consultation)
    if how == "role ended":
        Role.objects.filter(user=person).update(ends_at=EIGHT)
    elif how == "came since":
        Role.objects.filter(user=person).update(starts_at=EIGHT + MINUTE)
    else:
        User.objects.filter(pk=person.pk).update(is_active=False)

    assert remind(EIGHT + MINUTE) == 0


@pytest.mark.django_db
def test_who_decides_in_two_consultations_gets_one_mail_of_both() -> None:
    first, second = make_consultation(), make_consultation()
    person = staff(first)
    give_role(person, second, starts_at=EIGHT - DAY)
    wait(first, 4)
    wait(second, 9)

    remind(EIGHT)

    [message] = Message.objects.all()
    lines = next(block for block in message.letter["blocks"] if "items" in block)["items"]
    assert [line.partition(":")[0] for line in lines] == [second.title, first.title]
    assert message.letter["subject"] == "2 decisions are late"


@pytest.mark.django_db
def test_appeal_that_waits_too_long_is_told_too() -> None:
    case = make_appeal()
    now = timezone.now().replace(hour=12)
    Case.objects.filter(pk=case.pk).update(since=now - 5 * DAY)
    Role.objects.update(starts_at=now - 30 * DAY)

    assert remind((slot(now) and now) or now.replace(hour=23)) == 1


@pytest.mark.parametrize(
    ("at", "due"),
    [
        # the clocks go back on Sunday, 25 October 2026, and forward on Sunday, 28 March 2027
        (datetime(2026, 10, 24, 7, tzinfo=UTC), datetime(2026, 10, 24, 7, tzinfo=UTC)),
        (datetime(2026, 10, 25, 7, 59, tzinfo=UTC), None),
        (datetime(2026, 10, 25, 8, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
        (datetime(2027, 3, 27, 8, tzinfo=UTC), datetime(2027, 3, 27, 8, tzinfo=UTC)),
        (datetime(2027, 3, 28, 6, 59, tzinfo=UTC), None),
        (datetime(2027, 3, 28, 7, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)),
        (datetime(2027, 3, 28, 22, 59, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)),
        (datetime(2027, 3, 28, 23, 1, tzinfo=UTC), None),
    ],
)
def test_hour_is_eight_in_london_through_both_clock_changes(
    at: datetime, due: datetime | None
) -> None:
    assert slot(at) == due


@pytest.mark.django_db
@pytest.mark.parametrize("day", [datetime(2026, 10, 24), datetime(2027, 3, 27)])  # noqa: DTZ001
@pytest.mark.exhaustive
def test_ticks_over_a_clock_change_tell_once_a_day(day: datetime) -> None:
    consultation, begin = make_consultation(), day.replace(tzinfo=UTC)
    make_staff(consultation)
    Role.objects.update(starts_at=begin - 30 * DAY)
    for days in range(3):
        wait(consultation, 3.5 - days, before=begin)  # one more grows late each noon

    for minutes in range(0, 3 * 24 * 60, 30):
        remind(begin + minutes * MINUTE)

    assert len(told()) == 3


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_tell_once() -> None:
    consultation = make_consultation()
    for _n in range(3):
        staff(consultation)
    wait(consultation)
    barrier = Barrier(2)

    def beat() -> None:
        barrier.wait()
        remind(EIGHT)
        connection.close()

    beats = [Thread(target=beat) for _n in range(2)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()

    assert len(told()) == 3


@pytest.mark.django_db
def test_tick_with_nothing_to_tell_costs_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    consultation = make_consultation()
    staff(consultation)
    wait(consultation)
    remind(EIGHT)

    with django_assert_num_queries(1):
        assert remind(EIGHT + MINUTE) == 0


@pytest.mark.django_db
def test_task_is_in_the_schedule(settings: Any) -> None:
    tasks = [each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()]

    assert tasks.count("consultations.tasks.remind_moderators") == 1
