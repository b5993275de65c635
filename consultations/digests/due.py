"""When editions are due: 07:00 in London, and which consultations wait for one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from consultations.models import Comment, Consultation, Edition, Tally
from consultations.models.clock import LONDON

HOUR = time(7)
TUESDAY, FRIDAY = 1, 4
# Before the close, a weekly series becomes twice weekly where the owner says so.
FORTNIGHT = timedelta(days=14)
# An edition is made so long after its slot: longer than any transaction may live, so that
# whatever was published before the slot has been committed.
SETTLED = timedelta(minutes=1)
# What no run has made or told for so long is old news, and nobody is written to about it.
CATCH_UP = timedelta(days=30)

DAILY = Consultation.Cadence.DAILY
WEEKLY = Consultation.Cadence.WEEKLY
QUICKENING = Consultation.Cadence.QUICKENING
WHILE_OPEN = Consultation.AnswersShown.WHILE_OPEN


@dataclass(frozen=True)
class Due:
    """A consultation that waits for an edition on `[start, slot)`, or for its final summary."""

    consultation_id: int
    start: datetime
    slot: datetime
    final: bool = False


def newest_slot(cadence: str, at: datetime, closes_at: datetime | None = None) -> datetime:
    """Return the last slot at or before `at`, in UTC; the close matters where it quickens."""
    day = at.astimezone(LONDON).date()
    while _slot_on(day) > at or not _is_slot(cadence, day, closes_at):
        day -= timedelta(days=1)
    return _slot_on(day)


def next_slot(cadence: str, at: datetime, closes_at: datetime | None = None) -> datetime:
    """Return the first slot after `at`, in UTC; the close matters where it quickens."""
    day = at.astimezone(LONDON).date()
    while _slot_on(day) <= at or not _is_slot(cadence, day, closes_at):
        day += timedelta(days=1)
    return _slot_on(day)


def next_edition_at(
    consultation: Consultation, at: datetime, told: datetime | None = None
) -> datetime | None:
    """Return when the next edition can come; None for a draft, while digests are held, or never.

    After the close (two more queries) there is one at each slot for as long as a comment waits for
    a moderator, or was published and not told; `told` is until when editions told, where it is not
    the last one's end.
    """
    if consultation.digests_held_at or not consultation.published_at:
        return None
    if consultation.opens_at is None or consultation.closes_at is None:
        return None
    first = consultation.opens_at
    if consultation.answers_shown != WHILE_OPEN:
        first = consultation.closes_at - timedelta(microseconds=1)
    if at >= consultation.closes_at and not _more_to_tell(consultation, at, told):
        return None
    try:
        return next_slot(consultation.cadence, max(at, first), consultation.closes_at)
    except OverflowError:  # in the last days of the year 9999, when calendars end
        return None


def due_editions(at: datetime) -> list[Due]:
    """Return what waits for an edition at the database's instant `at` (one query).

    Of several slots that were missed only the newest is due, and one before which nothing new
    was published is not. Where answers are shown after the close, slots begin with the close.
    While an edition waits for its release there is none; one that was discarded has used up its
    slot, and the next begins where it began.
    """
    rows = (
        Consultation.objects.filter(state=Consultation.State.PUBLISHED, opens_at__lte=at)
        .filter(digests_held_at__isnull=True)
        .annotate(
            slot=_newest_slot(at - SETTLED),
            start=Coalesce(last_told(), F("opens_at")),
        )
        .filter(Q(answers_shown=WHILE_OPEN) | Q(closes_at__lte=F("slot")), start__lt=F("slot"))
        .filter(~Exists(_in_the_way()), Exists(_first_published()))
        .order_by("slot", "pk")
    )
    return [Due(*row) for row in rows.values_list("pk", "start", "slot")]


def _newest_slot(at: datetime) -> Case:
    """What `newest_slot` says of each consultation, for the database."""
    weekly, daily = newest_slot(WEEKLY, at), newest_slot(DAILY, at)
    friday = _slot_on(_last(FRIDAY, at))
    quickened = When(
        cadence=QUICKENING,
        closes_at__gte=friday,
        closes_at__lt=friday + FORTNIGHT,
        then=Value(max(weekly, friday), DateTimeField()),
    )
    every_day = When(cadence=DAILY, then=Value(daily, DateTimeField()))
    return Case(every_day, quickened, default=Value(weekly, DateTimeField()))


def told_until(consultation: Consultation) -> datetime | None:
    """Return the end of the last edition's period, else the opening: where the next begins."""
    told = consultation.editions.telling().regular().order_by("-slot", "pk")
    last = told.values_list("period", flat=True).first()
    return last.upper if last else consultation.opens_at


def next_slots(consultation: Consultation, at: datetime, number: int) -> list[datetime]:
    """Return the next slots at which an edition can be made, at most so many."""
    slots: list[datetime] = []
    while len(slots) < number:
        slot = next_edition_at(consultation, slots[-1] if slots else at)
        if slot is None:
            break
        slots.append(slot)
    return slots


def _more_to_tell(consultation: Consultation, at: datetime, told: datetime | None) -> bool:
    """Whether a comment waits for a moderator, or was first published since the last edition."""
    here = {"recommendation__consultation": consultation}
    if Tally.objects.filter(waiting__gt=0, **here).exists():
        return True
    start = told or told_until(consultation)
    return start is not None and Comment.objects.news(start, at).filter(**here).exists()


def last_told() -> Subquery:
    """Return, of a consultation's row, the end of the last regular edition's period."""
    told = Edition.objects.telling().regular().filter(consultation=OuterRef("pk"))
    editions = told.order_by("-slot", "pk")
    upper = Func(F("period"), function="upper", output_field=DateTimeField())
    return Subquery(editions.annotate(until=upper).values("until")[:1])


def _in_the_way() -> QuerySet[Edition]:
    """An edition that waits for its release, or one that has used up the slot."""
    here = Edition.objects.filter(consultation=OuterRef("pk"))
    return here.unseen() | here.regular().filter(slot__gte=OuterRef("slot"))


def _first_published() -> QuerySet[Comment]:
    """What was first published in the period, and stands."""
    news = Comment.objects.news(OuterRef("start"), OuterRef("slot"))
    return news.filter(recommendation__consultation=OuterRef("pk"))


def _is_slot(cadence: str, day: date, closes_at: datetime | None) -> bool:
    """Whether an edition may come on a day; on Fridays only in the fortnight before the close."""
    if cadence == DAILY or day.weekday() == TUESDAY:
        return True
    if cadence != QUICKENING or closes_at is None or day.weekday() != FRIDAY:
        return False
    return closes_at - FORTNIGHT < _slot_on(day) <= closes_at


def _last(weekday: int, at: datetime) -> date:
    """The day of the last slot on that day of the week, at or before `at`."""
    day = at.astimezone(LONDON).date()
    while day.weekday() != weekday or _slot_on(day) > at:
        day -= timedelta(days=1)
    return day


def _slot_on(day: date) -> datetime:
    """07:00 in London, an hour that no clock change repeats or skips."""
    return datetime.combine(day, HOUR, LONDON).astimezone(UTC)
