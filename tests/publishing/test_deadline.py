"""The twelve weeks: which day, and a reminder at each stage, once, even where a run was missed."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from pytest_django import DjangoAssertNumQueries

from consultations.models import Consultation, Message, Role, User
from consultations.publishing import deadline
from tests.factories import give_role, make_closed, make_official, make_staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# 11:59pm on 30 November in London; twelve weeks later is 22 February.
CLOSES = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
DUE = date(2027, 2, 22)


def closing(at: datetime = CLOSES, **fields: object) -> tuple[Consultation, User]:
    opens = at - 60 * DAY
    fields = {"response_clock": True, "opens_at": opens, "published_at": opens} | fields
    consultation = make_closed(closes_at=at, recommendations=1, **fields)
    return consultation, make_staff(consultation, Role.Right.OFFICER)


def eight(day: date, *, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def told() -> list[str]:
    rows = Message.objects.filter(dedupe_key__startswith="official-due:").order_by("pk")
    return [message.dedupe_key.split(":")[3] for message in rows]


def test_the_day_is_twelve_weeks_after_the_close_in_london() -> None:
    consultation, _officer = closing()
    assert deadline.due_on(consultation) == DUE
    assert not deadline.is_late(consultation, eight(DUE, hour=23))
    assert deadline.is_late(consultation, eight(DUE + DAY, hour=0))
    without, _other = closing(response_clock=False)
    assert (deadline.due_on(without), deadline.is_late(without, eight(DUE + DAY))) == (None, False)


def test_each_reminder_comes_once_to_officers_at_eight() -> None:
    consultation, officer = closing()
    give_role(officer, consultation, Role.Right.MODERATOR)
    make_staff(consultation, Role.Right.MODERATOR)
    closing(response_clock=False)

    for before, name in ((28 * DAY, "month"), (7 * DAY, "week"), (0 * DAY, "day")):
        instant = eight(DUE - before)
        assert deadline.remind(instant - timedelta(seconds=1)) == 0
        assert deadline.remind(instant) == 1
        assert deadline.remind(instant + timedelta(hours=5)) == 0
        assert told()[-1] == name

    message = Message.objects.first()
    assert (message.to, message.letter["subject"]) == (
        officer.email,
        "Official response due by 22 February 2027",
    )


@pytest.mark.parametrize(
    ("missed_until", "names"),
    [
        (timedelta(days=-20), ["month"]),
        (timedelta(days=-6), ["week"]),
        (timedelta(days=40), ["day"]),
    ],
)
def test_a_missed_run_is_made_good_once(missed_until: timedelta, names: list[str]) -> None:
    closing()
    at = eight(DUE) + missed_until

    assert [deadline.remind(at), deadline.remind(at + DAY / 2)] == [1, 0]

    assert told() == names
    late = missed_until > timedelta(0)
    subject = Message.objects.get().letter["subject"]
    assert subject.startswith("Official response late") == late


@pytest.mark.parametrize(
    ("closes", "due", "hour"),
    [
        # the clocks go back on 25 October 2026, and forward on 28 March 2027
        (datetime(2026, 8, 2, 22, 59, tzinfo=UTC), date(2026, 10, 25), 8),
        (datetime(2026, 8, 1, 22, 59, tzinfo=UTC), date(2026, 10, 24), 7),
        (datetime(2027, 1, 3, 23, 59, tzinfo=UTC), date(2027, 3, 28), 7),
        (datetime(2027, 1, 2, 23, 59, tzinfo=UTC), date(2027, 3, 27), 8),
        # just after midnight in London: the close is of the day after, by that clock
        (datetime(2026, 8, 2, 23, 30, tzinfo=UTC), date(2026, 10, 26), 8),
    ],
)
def test_reminders_come_at_eight_in_london_over_clock_changes(
    closes: datetime, due: date, hour: int
) -> None:
    consultation, _officer = closing(closes)
    assert deadline.due_on(consultation) == due
    deadline.remind(eight(due - 7 * DAY, hour=12))

    assert deadline.remind(eight(due, hour=hour) - timedelta(seconds=1)) == 0
    assert deadline.remind(eight(due, hour=hour)) == 1


def test_a_complete_response_ends_the_reminders(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    closed = datetime(2026, 5, 1, 22, 59, tzinfo=UTC)
    consultation, _officer = closing(closed)
    make_official(consultation.recommendations.get())

    with django_assert_num_queries(1):
        assert deadline.remind(closed + 100 * DAY) == 0


def test_an_address_that_takes_no_mail_stops_no_other_reminder() -> None:
    consultation, unreachable = closing()
    User.objects.filter(pk=unreachable.pk).update(email='"odd name"@council.example')
    _other, elsewhere = closing(CLOSES + timedelta(minutes=1))
    colleague = make_staff(consultation, Role.Right.OFFICER)

    assert deadline.remind(eight(DUE - 7 * DAY)) == 2

    assert set(Message.objects.values_list("to", flat=True)) == {colleague.email, elsewhere.email}


def test_an_officer_who_comes_later_is_told_of_what_is_due_now() -> None:
    consultation, _officer = closing()
    deadline.remind(eight(DUE - 7 * DAY))
    make_staff(consultation, Role.Right.OFFICER)

    assert deadline.remind(eight(DUE - 6 * DAY)) == 1
    assert told() == ["week", "week"]


# Two closes whose twelve weeks end on the day on which the clocks change, with the instants (UTC)
# of the three reminders: eight in London, be that winter or summer time.
CHANGES = {
    "March": (
        datetime(2027, 1, 3, 23, 59, tzinfo=UTC),
        [eight(date(2027, 2, 28)), eight(date(2027, 3, 21)), eight(date(2027, 3, 28), hour=7)],
    ),
    "October": (
        datetime(2026, 8, 2, 22, 59, tzinfo=UTC),
        [
            eight(date(2026, 9, 27), hour=7),
            eight(date(2026, 10, 18), hour=7),
            eight(date(2026, 10, 25)),
        ],
    ),
}
NAMES = ["month", "week", "day"]


def ticks(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield instants at which beat ticks: each day on the hour, around eight in London."""
    day = start
    while day < end:
        for hour in (7, 8):
            yield day.replace(hour=hour, minute=0, second=0)
        day += DAY


def run(instants: list[datetime]) -> list[tuple[str, datetime]]:
    """Let each tick remind, twice where it told something; return what was told, and when."""
    found = []
    for at in instants:
        if deadline.remind(at):
            found.append((told()[-1], at))
            assert deadline.remind(at) == 0
    return found


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.exhaustive
def test_every_tick_over_a_clock_change_tells_each_reminder_once(change: str) -> None:
    closes, comes = CHANGES[change]
    closing(closes)

    assert run([*ticks(comes[0] - 2 * DAY, comes[-1] + 9 * DAY)]) == list(
        zip(NAMES, comes, strict=True)
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.exhaustive
def test_ticks_that_were_missed_are_made_good_by_the_next(change: str, seed: int) -> None:
    closes, comes = CHANGES[change]
    closing(closes)
    chance = random.Random(seed)  # noqa: S311
    away = [
        (comes[0] + chance.uniform(-2, 30) * DAY, chance.choice((1, 4, 20)) * DAY)
        for _n in range(3)
    ]
    instants = [
        at
        for at in ticks(comes[0] - 2 * DAY, comes[-1] + 12 * DAY)
        if not any(start <= at < start + length for start, length in away)
    ]

    # at the first tick that is left before the next reminder comes; overtaken, it is told no more
    expected = []
    for name, (come, following) in zip(
        NAMES, pairwise([*comes, comes[-1] + 12 * DAY]), strict=True
    ):
        first = next((at for at in instants if come <= at < following), None)
        expected += [(name, first)] if first else []
    assert run(instants) == expected
