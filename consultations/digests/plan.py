"""Who is written to: one statement for each edition or milestone, whatever the number of readers.

Rows alone are written here; what a digest says is rendered when it is sent.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from consultations.digests.due import CLOSING_SOON
from consultations.digests.render import address
from consultations.digests.wording import one_line
from consultations.mail.letter import Action, Letter, Paragraph
from consultations.models import Consultation, Edition, Message, Subscription
from consultations.models.clock import moment

log = structlog.get_logger(__name__)
# A milestone that no run has told for so long is old news.
CATCH_UP = timedelta(days=30)

# Whoever may no longer read a consultation by invitation is told nothing of it: as `open_to` asks,
# and roles let in.
MAY_READ = """
       held.visibility = 'public'
    OR EXISTS (SELECT FROM consultations_role AS role
                WHERE role.consultation_id = held.id AND role.user_id = person.id
                  AND role.ends_at IS NULL)
    OR EXISTS (SELECT FROM consultations_invitation AS asked
                WHERE asked.consultation_id = held.id AND asked.withdrawn_at IS NULL
                  AND (asked.email IN (
                          SELECT lower(owned.email) FROM account_emailaddress AS owned
                           WHERE owned.user_id = person.id AND owned.verified)
                       OR asked.organisation_id IN (
                          SELECT organisation_id FROM consultations_membership AS member
                           WHERE member.user_id = person.id AND member.claim = 'confirmed'
                             AND member.ended_at IS NULL)))
"""
# `first` begins the keys of everybody's row: where one stands, all were written.
PLAN = """
INSERT INTO consultations_message (
    stream, dedupe_key, "to", user_id, consultation_id, edition_id, letter, state, queued_at,
    not_before, attempts, doubts, message_id, reply)
SELECT %(stream)s, %(first)s || person.id, person.email, person.id, %(consultation)s,
       %(edition)s, %(letter)s, 'queued', %(at)s, %(at)s, 0, 0,
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
""".replace("{may_read}", MAY_READ)
EVERY = [Subscription.Choice.EVERY.value]
EVERY_OR_MILESTONES = [*EVERY, Subscription.Choice.MILESTONES.value]


def plan_edition(edition: Edition, *, at: datetime) -> int:
    """Queue one message for each reader of every edition; return how many (one statement)."""
    return _plan(
        f"digest:{edition.pk}:",
        consultation_id=edition.consultation_id,
        edition_id=edition.pk,
        letter={},
        choices=EVERY,
        at=at,
    )


def plan_milestones(at: datetime) -> int:
    """Queue "closes soon" and "has closed" where they are due at `at`; return how many.

    Each is told once for each closing time, to those who had chosen it when it came: whoever
    chooses later hears of the next one, whether or not anybody was told. A run that was missed is
    made good, but nobody hears "soon" after the close. One query where nothing is near. A
    milestone that cannot be written is left to the log, and stops no other.
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
        .filter(closes_at__gt=at - CATCH_UP, closes_at__lte=at + CLOSING_SOON)
        .annotate(corrected_at=Max("corrections__made_at", filter=closing_time))
        .order_by("closes_at", "pk")
    )


def _came_at(consultation: Consultation, closes_at: datetime, *, closed: bool) -> datetime:
    """When the milestone came: "soon" can come late, with the opening or with a correction."""
    if closed:
        return closes_at
    corrected_at: datetime | None = consultation.corrected_at  # type: ignore[attr-defined]
    others = (consultation.opens_at, consultation.published_at, corrected_at)
    return max(closes_at - CLOSING_SOON, *(each for each in others if each))


def _plan_milestone(consultation: Consultation, at: datetime) -> int:
    closes_at = consultation.closes_at
    if closes_at is None:
        return 0
    closed = closes_at <= at
    name = "closed" if closed else "closing"
    letter = _closed(consultation) if closed else _closing(consultation, closes_at)
    with transaction.atomic():
        return _plan(
            f"milestone:{name}:{consultation.pk}:{closes_at:%Y%m%dT%H%M%S}:",
            consultation_id=consultation.pk,
            edition_id=None,
            letter=letter.to_json(),
            choices=EVERY_OR_MILESTONES,
            at=at,
            by=_came_at(consultation, closes_at, closed=closed),
        )


def _plan(
    first: str,
    *,
    consultation_id: int,
    edition_id: int | None,
    letter: dict[str, object],
    choices: list[str],
    at: datetime,
    by: datetime | None = None,
) -> int:
    """Write the rows of those who had chosen by `by`, if it is given."""
    values: dict[str, Any] = {
        "stream": Message.Stream.DIGEST.value,
        "first": first,
        "like": first.replace("_", r"\_") + "%",
        "consultation": consultation_id,
        "edition": edition_id,
        "letter": Jsonb(letter),
        "choices": choices,
        "at": at,
        "by": by,
        "domain": settings.MAIL_DOMAIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(PLAN, values)
        return int(cursor.rowcount)


def _closing(consultation: Consultation, closes_at: datetime) -> Letter:
    said = _(
        "“%(title)s” closes at %(moment)s. Until then you can comment, or change what you said."
    )
    return Letter(
        subject=_("Closing soon: %(title)s") % {"title": one_line(consultation.title)},
        blocks=(
            Paragraph(said % {"title": consultation.title, "moment": moment(closes_at)}),
            Action(_("Read the recommendations"), _page(consultation)),
        ),
    )


def _closed(consultation: Consultation) -> Letter:
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


def _page(consultation: Consultation) -> str:
    return address(reverse("consultations.show", args=[consultation.slug]))
