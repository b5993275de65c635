"""When editions are due: the same London hour all year, the newest slot alone, and who waits."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from consultations.digests.due import (
    LONDON,
    due_editions,
    newest_slot,
    next_edition_at,
    next_slot,
)
from consultations.models import Comment, Consultation, Edition
from tests import factories

PUBLISHED = Comment.State.PUBLISHED


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "slot"),
    [
        # October 2026: the clocks go back on Sunday the 25th
        (utc(2026, 10, 20, 5, 59), utc(2026, 10, 13, 6)),
        (utc(2026, 10, 20, 6), utc(2026, 10, 20, 6)),
        (utc(2026, 10, 27, 6, 59), utc(2026, 10, 20, 6)),
        (utc(2026, 10, 27, 7), utc(2026, 10, 27, 7)),
        # March 2027: they go forward on Sunday the 28th
        (utc(2027, 3, 23, 7), utc(2027, 3, 23, 7)),
        (utc(2027, 3, 30, 5, 59), utc(2027, 3, 23, 7)),
        (utc(2027, 3, 30, 6), utc(2027, 3, 30, 6)),
    ],
)
def test_newest_weekly_slot_over_clock_changes(at: datetime, slot: datetime) -> None:
    assert newest_slot("weekly", at) == slot


@pytest.mark.parametrize(
    ("at", "slot"),
    [
        (utc(2026, 10, 24, 6), utc(2026, 10, 24, 6)),
        (utc(2026, 10, 25, 6), utc(2026, 10, 24, 6)),
        (utc(2026, 10, 25, 7), utc(2026, 10, 25, 7)),
        (utc(2027, 3, 28, 5, 59), utc(2027, 3, 27, 7)),
        (utc(2027, 3, 28, 6), utc(2027, 3, 28, 6)),
    ],
)
def test_newest_daily_slot_over_clock_changes(at: datetime, slot: datetime) -> None:
    assert newest_slot("daily", at) == slot


@pytest.mark.parametrize("cadence", ["daily", "weekly"])
def test_slots_of_a_year_are_each_once_at_seven_in_london(cadence: str) -> None:
    slot, found = utc(2026, 6, 1), []
    while slot < utc(2027, 6, 1):
        slot = next_slot(cadence, slot)
        found.append(slot)
        assert newest_slot(cadence, slot) == slot
        assert newest_slot(cadence, next_slot(cadence, slot) - timedelta(microseconds=1)) == slot

    local = [each.astimezone(LONDON) for each in found]
    assert {(each.hour, each.minute) for each in local} == {(7, 0)}
    steps = {(after.date() - before.date()).days for before, after in pairwise(local)}
    assert steps == ({1} if cadence == "daily" else {7})
    assert {each.weekday() for each in local} == ({*range(7)} if cadence == "daily" else {1})


@pytest.mark.parametrize("closes", [utc(2026, 11, 30, 23, 59), utc(2026, 11, 27, 7)])
def test_series_quickens_in_the_fortnight_before_the_close_alone(closes: datetime) -> None:
    slot, found = utc(2026, 10, 1), []
    while slot < closes + timedelta(days=20):
        slot = next_slot("quickening", slot, closes)
        found.append(slot)
        assert newest_slot("quickening", slot, closes) == slot

    fridays = [each for each in found if each.weekday() == 4]
    due = [utc(2026, 11, 20, 7), utc(2026, 11, 27, 7)]
    assert fridays == due
    assert {each.weekday() for each in found if each not in fridays} == {1}


@pytest.mark.django_db
@pytest.mark.parametrize("hours", range(0, 40 * 24, 29))
@pytest.mark.exhaustive
def test_due_slot_of_a_quickening_series_is_the_newest_one(hours: int) -> None:
    closes = utc(2026, 11, 30, 23, 59)
    consultation = opened(utc(2026, 10, 1), cadence="quickening", closes_at=closes)
    publish(consultation, utc(2026, 10, 2))
    at = utc(2026, 11, 2) + timedelta(hours=hours)

    (due,) = due_editions(at)

    assert due.slot == newest_slot("quickening", at - timedelta(minutes=1), closes)


@pytest.mark.django_db
def test_edition_is_due_a_minute_after_its_slot_and_not_before() -> None:
    slot = utc(2026, 11, 10, 7)
    consultation = opened(utc(2026, 11, 1))
    publish(consultation, slot - timedelta(seconds=1))

    assert due_editions(slot + timedelta(seconds=59)) == []
    assert [(due.start, due.slot) for due in due_editions(slot + timedelta(seconds=60))] == [
        (utc(2026, 11, 1), slot)
    ]


@pytest.mark.django_db
def test_missed_slots_leave_one_edition_for_the_newest() -> None:
    consultation = opened(utc(2026, 10, 1))
    publish(consultation, utc(2026, 10, 2))

    due = due_editions(utc(2026, 11, 4))

    assert [each.slot for each in due] == [utc(2026, 11, 3, 7)]


@pytest.mark.django_db
def test_nothing_is_due_without_news_nor_for_drafts_nor_while_held() -> None:
    slot = utc(2026, 11, 10, 7)
    later = slot + timedelta(hours=1)
    quiet, held = opened(utc(2026, 11, 1)), opened(utc(2026, 11, 1), digests_held_at=later)
    draft = opened(utc(2026, 11, 1), state=Consultation.State.DRAFT)
    publish(quiet, slot)
    publish(held, utc(2026, 11, 2))
    publish(draft, utc(2026, 11, 2))

    assert due_editions(later) == []


@pytest.mark.django_db
def test_period_begins_where_the_last_edition_ended() -> None:
    consultation = opened(utc(2026, 11, 1))
    publish(consultation, utc(2026, 11, 11))
    edition_on(consultation, utc(2026, 11, 1), utc(2026, 11, 10, 7))

    assert due_editions(utc(2026, 11, 16)) == []
    assert [(each.start, each.slot) for each in due_editions(utc(2026, 11, 17, 8))] == [
        (utc(2026, 11, 10, 7), utc(2026, 11, 17, 7))
    ]


@pytest.mark.django_db
def test_answers_shown_after_the_close_make_no_edition_before_it() -> None:
    consultation = opened(utc(2026, 11, 1), closes_at=utc(2026, 11, 12, 23, 59))
    consultation.answers_shown = Consultation.AnswersShown.AFTER_CLOSE
    consultation.save()
    publish(consultation, utc(2026, 11, 2))

    assert due_editions(utc(2026, 11, 13)) == []
    assert [each.slot for each in due_editions(utc(2026, 11, 17, 7, 1))] == [utc(2026, 11, 17, 7)]
    assert next_edition_at(consultation, utc(2026, 11, 2)) == utc(2026, 11, 17, 7)


@pytest.mark.django_db
def test_what_moderators_publish_after_the_close_is_still_told() -> None:
    consultation = opened(utc(2026, 11, 1), closes_at=utc(2026, 11, 8))
    edition_on(consultation, utc(2026, 11, 1), utc(2026, 11, 10, 7))
    assert due_editions(utc(2026, 11, 18)) == []

    publish(consultation, utc(2026, 11, 12))

    assert [each.slot for each in due_editions(utc(2026, 11, 18))] == [utc(2026, 11, 17, 7)]


@pytest.mark.django_db
@pytest.mark.parametrize("shown", Consultation.AnswersShown.values)
def test_dates_at_the_end_of_calendars_leave_no_next_edition(shown: str) -> None:
    end = utc(9999, 12, 31, 23, 59)
    consultation = opened(utc(2026, 11, 1), closes_at=end, answers_shown=shown)
    consultation.opens_at = end - timedelta(hours=1)
    consultation.save()

    assert next_edition_at(consultation, utc(2026, 11, 2)) is None
    assert due_editions(utc(2026, 11, 18)) == []


@pytest.mark.django_db
def test_looking_for_what_is_due_is_one_query(django_assert_num_queries) -> None:
    for _n in range(3):
        publish(opened(utc(2026, 11, 1)), utc(2026, 11, 2))

    with django_assert_num_queries(1):
        assert len(due_editions(utc(2026, 11, 18))) == 3


def opened(opens_at: datetime, **fields: object) -> Consultation:
    closes_at = fields.pop("closes_at", opens_at + timedelta(days=80))
    return factories.make_consultation(
        opens_at=opens_at, closes_at=closes_at, published_at=opens_at, recommendations=1, **fields
    )


def publish(consultation: Consultation, at: datetime) -> Comment:
    recommendation = consultation.recommendations.get()
    return factories.make_comment(recommendation, state=PUBLISHED, at=at)


def edition_on(consultation: Consultation, start: datetime, end: datetime) -> Edition:
    return Edition.objects.create(
        consultation=consultation,
        number=consultation.editions.count() + 1,
        slot=end,
        period=DateTimeTZRange(start, end, "[)"),
        built_at=timezone.now(),
        facts={"format": 0, "method": ""},
        method="",
        hash="",
        state=Edition.State.RELEASED,
    )
