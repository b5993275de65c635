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
TUESDAY = 1
# An edition is made so long after its slot: longer than any transaction may live, so that
# whatever was published before the slot has been committed.
SETTLED = timedelta(minutes=1)
CLOSING_SOON = timedelta(days=7)

DAILY = Consultation.Cadence.DAILY
WEEKLY = Consultation.Cadence.WEEKLY
WHILE_OPEN = Consultation.AnswersShown.WHILE_OPEN


@dataclass(frozen=True)
class Due:
    """A consultation that waits for an edition on `[start, slot)`."""

    consultation_id: int
    start: datetime
    slot: datetime


def newest_slot(cadence: str, at: datetime) -> datetime:
    """Return the last slot at or before `at`, in UTC."""
    day = at.astimezone(LONDON).date()
    while not _is_slot_day(cadence, day) or _slot_on(day) > at:
        day -= timedelta(days=1)
    return _slot_on(day)


def next_slot(cadence: str, at: datetime) -> datetime:
    """Return the first slot after `at`, in UTC."""
    day = at.astimezone(LONDON).date()
    while not _is_slot_day(cadence, day) or _slot_on(day) <= at:
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
        return next_slot(consultation.cadence, max(at, first))
    except OverflowError:  # in the last days of the year 9999, when calendars end
        return None


def due_editions(at: datetime) -> list[Due]:
    """Return what waits for an edition at the database's instant `at` (one query).

    Of several slots that were missed only the newest is due, and one before which nothing new
    was published is not. Where answers are shown after the close, slots begin with the close.
    """
    slots = {cadence: newest_slot(cadence, at - SETTLED) for cadence in (DAILY, WEEKLY)}
    daily = When(cadence=DAILY, then=Value(slots[DAILY], DateTimeField()))
    rows = (
        Consultation.objects.filter(state=Consultation.State.PUBLISHED, opens_at__lte=at)
        .filter(digests_held_at__isnull=True)
        .annotate(
            slot=Case(daily, default=Value(slots[WEEKLY], DateTimeField())),
            start=Coalesce(_last_told(), F("opens_at")),
        )
        .filter(Q(answers_shown=WHILE_OPEN) | Q(closes_at__lte=F("slot")), start__lt=F("slot"))
        .filter(Exists(_first_published()))
        .order_by("slot", "pk")
    )
    return [Due(*row) for row in rows.values_list("pk", "start", "slot")]


def told_until(consultation: Consultation) -> datetime | None:
    """Return the end of the last edition's period, else the opening: where the next begins."""
    last = consultation.editions.order_by("-slot", "pk").values_list("period", flat=True).first()
    return last.upper if last else consultation.opens_at


def _more_to_tell(consultation: Consultation, at: datetime, told: datetime | None) -> bool:
    """Whether a comment waits for a moderator, or was first published since the last edition."""
    here = {"recommendation__consultation": consultation}
    if Tally.objects.filter(waiting__gt=0, **here).exists():
        return True
    start = told or told_until(consultation)
    return start is not None and Comment.objects.news(start, at).filter(**here).exists()


def _last_told() -> Subquery:
    """The end of the last edition's period."""
    editions = Edition.objects.filter(consultation=OuterRef("pk")).order_by("-slot", "pk")
    upper = Func(F("period"), function="upper", output_field=DateTimeField())
    return Subquery(editions.annotate(until=upper).values("until")[:1])


def _first_published() -> QuerySet[Comment]:
    """What was first published in the period, and stands."""
    news = Comment.objects.news(OuterRef("start"), OuterRef("slot"))
    return news.filter(recommendation__consultation=OuterRef("pk"))


def _is_slot_day(cadence: str, day: date) -> bool:
    return cadence == DAILY or day.weekday() == TUESDAY


def _slot_on(day: date) -> datetime:
    """07:00 in London, an hour that no clock change repeats or skips."""
    return datetime.combine(day, HOUR, LONDON).astimezone(UTC)
