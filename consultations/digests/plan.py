"""Who is written to: one statement for each edition or milestone, whatever the number of readers.

Rows alone are written here; what a digest says is rendered when it is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from consultations.digests.due import CATCH_UP, FORTNIGHT, HOUR
from consultations.digests.render import address
from consultations.digests.wording import one_line
from consultations.mail.letter import Action, Letter, Paragraph
from consultations.models import Consultation, Edition, Message, Subscription
from consultations.models.clock import LONDON, day_of, moment
from consultations.models.open_to import may_read

log = structlog.get_logger(__name__)
A_DAY = timedelta(days=1)

# `first` begins the keys of everybody's row: where one stands, all were written.
PLAN = """
INSERT INTO consultations_message (
    stream, dedupe_key, "to", user_id, consultation_id, edition_id, letter, state, queued_at,
    not_before, attempts, doubts, message_id, reply)
SELECT %(stream)s, %(first)s || person.id, person.email, person.id, %(consultation)s,
       %(edition)s,
       COALESCE(%(own)s -> person.id::text, %(letter)s),
       'queued', %(at)s, %(at)s, 0, 0,
       '<' || replace(gen_random_uuid()::text, '-', '') || '@' || %(domain)s || '>', ''
  FROM consultations_subscription AS chosen
  JOIN consultations_user AS person ON person.id = chosen.user_id
  JOIN consultations_consultation AS held ON held.id = chosen.consultation_id
 WHERE chosen.consultation_id = %(consultation)s AND chosen.choice = ANY(%(choices)s)
   AND (%(by)s::timestamptz IS NULL OR chosen.chosen_at <= %(by)s) AND person.is_active
   AND NOT EXISTS (SELECT FROM consultations_suppression WHERE address = lower(person.email))
   AND ({may_read})
   AND NOT EXISTS (SELECT FROM consultations_message WHERE dedupe_key LIKE %(like)s)
    ON CONFLICT (dedupe_key) DO NOTHING
""".replace("{may_read}", may_read(consultation="held", person="person"))
EVERY = [Subscription.Choice.EVERY.value]
EVERY_OR_MILESTONES = [*EVERY, Subscription.Choice.MILESTONES.value]


def plan_edition(edition: Edition, *, at: datetime) -> int:
    """Queue one message for each reader of every edition; return how many (one statement).

    A final summary goes to those of milestones too.
    """
    return write_rows(
        f"digest:{edition.pk}:",
        consultation_id=edition.consultation_id,
        edition_id=edition.pk,
        letter={},
        choices=EVERY_OR_MILESTONES if edition.final else EVERY,
        at=at,
    )


def plan_milestones(at: datetime) -> int:
    """Queue what is due at `at` of "two weeks left", "last day" and "closed"; return how many.

    Each is told once for each closing time, to those who had chosen it when it came: whoever
    chooses later hears of the next one, whether or not anybody was told. A run that was missed is
    made good, but what the next milestone has overtaken is not told any more. One query where
    nothing is near. A milestone that cannot be written is left to the log, and stops no other.
    """
    queued = 0
    for consultation in _near_their_close(at):
        try:
            queued += _plan_milestone(consultation, at)
        except (ValueError, OverflowError, DatabaseError):
            log.exception("milestone_not_planned", consultation=consultation.pk)
    return queued


def _near_their_close(at: datetime) -> QuerySet[Consultation]:
    """What is open and closes soon, or closed lately, with when its closing time was corrected."""
    closing_time = Q(corrections__changes__contains=[{"field": "closes_at"}])
    return (
        Consultation.objects.filter(state=Consultation.State.PUBLISHED, opens_at__lte=at)
        .filter(closes_at__gt=at - CATCH_UP, closes_at__lte=at + FORTNIGHT + A_DAY)
        .annotate(corrected_at=Max("corrections__made_at", filter=closing_time))
        .order_by("closes_at", "pk")
    )


def _came_at(milestone: "_Milestone", consultation: Consultation, closes_at: datetime) -> datetime:
    """When the milestone came: before the close, late with the opening or with a correction."""
    came = milestone.comes_at(closes_at)
    if milestone is CLOSED:
        return came
    corrected_at: datetime | None = consultation.corrected_at  # type: ignore[attr-defined]
    others = (consultation.opens_at, consultation.published_at, corrected_at)
    return max(came, *(each for each in others if each))


def _plan_milestone(consultation: Consultation, at: datetime) -> int:
    closes_at = consultation.closes_at
    if closes_at is None:
        return 0
    newest = next((each for each in NEWEST_FIRST if each.comes_at(closes_at) <= at), None)
    if newest is None:
        return 0
    with transaction.atomic():
        # what tells of another closing time than stands is not sent (`mail.leases`)
        return write_rows(
            f"milestone:{newest.name}:{consultation.pk}:{closes_at:%Y%m%dT%H%M%S}:",
            consultation_id=consultation.pk,
            edition_id=None,
            letter=newest.letter(consultation, closes_at).to_json(),
            choices=EVERY_OR_MILESTONES,
            at=at,
            by=_came_at(newest, consultation, closes_at),
        )


def write_rows(
    first: str,
    *,
    consultation_id: int,
    edition_id: int | None,
    letter: dict[str, object],
    choices: list[str],
    at: datetime,
    by: datetime | None = None,
    own: Mapping[int, dict[str, object]] | None = None,
) -> int:
    """Queue a mail for each who made one of these choices; return how many (one statement).

    `first` begins their keys; who chose after `by`, if it is given, is left out; the people in
    `own` (by id) get a letter of their own.
    """
    values: dict[str, Any] = {
        "stream": Message.Stream.DIGEST.value,
        "first": first,
        "like": first.replace("_", r"\_") + "%",
        "consultation": consultation_id,
        "edition": edition_id,
        "letter": Jsonb(letter),
        "own": Jsonb({str(person): letter for person, letter in (own or {}).items()}),
        "choices": choices,
        "at": at,
        "by": by,
        "domain": settings.MAIL_DOMAIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(PLAN, values)
        return int(cursor.rowcount)


def _two_weeks(consultation: Consultation, closes_at: datetime) -> Letter:
    subject = _("Closing on %(day)s: %(title)s")
    return _closing(subject, consultation, closes_at)


def _last_day(consultation: Consultation, closes_at: datetime) -> Letter:
    """By its date, and not as "tomorrow": the mail may be late, and is read when it is read."""
    subject = _("Last reminder, closing on %(day)s: %(title)s")
    return _closing(subject, consultation, closes_at)


def _closing(subject: str, consultation: Consultation, closes_at: datetime) -> Letter:
    said = _(
        "“%(title)s” closes at %(moment)s. Until then you can comment, or change what you said."
    )
    title = consultation.title
    last = closes_at - timedelta(microseconds=1)  # what closes at midnight ends with the day before
    return Letter(
        subject=subject % {"day": day_of(last), "title": one_line(title)},
        blocks=(
            Paragraph(said % {"title": title, "moment": moment(closes_at)}),
            Action(_("Read the recommendations"), _page(consultation)),
        ),
    )


def _closed(consultation: Consultation, closes_at: datetime) -> Letter:
    said = _("“%(title)s” has closed. Thank you for following it.")
    after = _("Comments that wait for a moderator may still be published in the coming days.")
    return Letter(
        subject=_("Closed: %(title)s") % {"title": one_line(consultation.title)},
        blocks=(
            Paragraph(said % {"title": consultation.title}),
            Paragraph(after),
            Action(_("See what people said"), _page(consultation)),
        ),
    )


def _morning(closes_at: datetime, *, days: int) -> datetime:
    """The hour of digests in London, so many days before the day of the close."""
    day = closes_at.astimezone(LONDON).date() - timedelta(days=days)
    return datetime.combine(day, HOUR, LONDON)


@dataclass(frozen=True)
class _Milestone:
    """What is told once in the life of a consultation: when, and in which words."""

    name: str
    comes_at: Callable[[datetime], datetime]
    letter: Callable[[Consultation, datetime], Letter]


TWO_WEEKS = _Milestone("fortnight", lambda closes_at: _morning(closes_at, days=14), _two_weeks)
LAST_DAY = _Milestone("last", lambda closes_at: _morning(closes_at, days=1), _last_day)
CLOSED = _Milestone("closed", lambda closes_at: closes_at, _closed)
NEWEST_FIRST = (CLOSED, LAST_DAY, TWO_WEEKS)


def _page(consultation: Consultation) -> str:
    return address(reverse("consultations.show", args=[consultation.slug]))
