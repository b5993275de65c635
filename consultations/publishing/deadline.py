"""When an official response is due where the owner's legal kind runs a clock, and reminders of it.

Twelve weeks after the close (Cabinet Office Consultation Principles 2018, paragraph J).
"""

from datetime import date, datetime, time, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.dateformat import format as in_words
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.blocks import Action, Letter, Paragraph
from consultations.mail.outbox import OutboxError
from consultations.models import Consultation, Message, OfficialAnswer, Recommendation, Role, User
from consultations.models.clock import LONDON

log = structlog.get_logger(__name__)
WEEK = timedelta(days=7)
TWELVE_WEEKS = 12 * WEEK
# How long before the day, the nearest first: what the next has overtaken is told no more.
REMINDERS = {"day": timedelta(0), "week": WEEK, "month": 4 * WEEK}
# In London, an hour that no clock change repeats or skips.
HOUR = time(8)


def due_on(consultation: Consultation) -> date | None:
    """Return the day (in London) by which the official response is due, None without a clock."""
    if not consultation.response_clock or consultation.closes_at is None:
        return None
    return consultation.closes_at.astimezone(LONDON).date() + TWELVE_WEEKS


def is_late(consultation: Consultation, at: datetime) -> bool:
    """Whether the day has passed, whatever was published."""
    due = due_on(consultation)
    return due is not None and at.astimezone(LONDON).date() > due


def complete() -> Exists:
    """Return the condition that a consultation's recommendations are all answered."""
    here = Recommendation.objects.filter(consultation=OuterRef("pk"))
    answered = OfficialAnswer.objects.published().filter(recommendation=OuterRef("pk"))
    return Exists(here) & ~Exists(here.filter(~Exists(answered)))  # type: ignore[return-value]


def remind(at: datetime) -> int:
    """Queue the reminders to officers that are due at `at`; return how many.

    Each comes once, to every officer, at eight in London: four weeks and one week before the day,
    and on the day. A run that was missed is made good for as long as the response is not complete.
    One query where no clock runs. A reminder that cannot be queued is left to the log, and stops
    no other.
    """
    running = Consultation.objects.filter(
        ~complete(),
        state=Consultation.State.PUBLISHED,
        response_clock=True,
        closes_at__lte=at - TWELVE_WEEKS + REMINDERS["month"] + timedelta(days=1),
    )
    return sum(_remind(each, at) for each in running.order_by("closes_at", "pk"))


def _remind(consultation: Consultation, at: datetime) -> int:
    due = due_on(consultation)
    if due is None:
        return 0
    came = (name for name, before in REMINDERS.items() if _comes_at(due - before) <= at)
    name = next(came, None)
    if name is None:
        return 0
    key = f"official-due:{consultation.pk}:{due:%Y%m%d}:{name}:"
    queued = 0
    for person in _unreminded(consultation, key):
        try:
            queued += _tell(person, f"{key}{person.pk}", consultation, due, at)
        except (OutboxError, DatabaseError):
            log.exception("reminder_not_queued", consultation=consultation.pk, user=person.pk)
    return queued


@transaction.atomic
def _tell(person: User, key: str, consultation: Consultation, due: date, at: datetime) -> bool:
    return outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=key,
        to=person.email,
        letter=_letter(consultation, due, at),
        at=at,
        user=person,
        consultation=consultation,
    )


def _unreminded(consultation: Consultation, key: str) -> QuerySet[User]:
    """Return the officers who have not had this reminder."""
    officers = Role.objects.filter(
        consultation=consultation,
        user=OuterRef("pk"),
        right=Role.Right.OFFICER,
        ends_at__isnull=True,
    )
    told = Message.objects.filter(dedupe_key__startswith=key, user=OuterRef("pk"))
    return User.objects.filter(Exists(officers), ~Exists(told), is_active=True).order_by("pk")


def _comes_at(day: date) -> datetime:
    return datetime.combine(day, HOUR, LONDON)


def _letter(consultation: Consultation, due: date, at: datetime) -> Letter:
    day = str(in_words(due, "j F Y"))
    late = is_late(consultation, at)
    said = _(
        "The official response to “%(title)s” is due by %(day)s, twelve weeks after it closed."
    )
    subject = _("Official response due by %(day)s")
    if late:
        said = _("The official response to “%(title)s” was due by %(day)s and is not complete.")
        subject = _("Official response late: it was due by %(day)s")
    path = reverse("admin:consultations_consultation_official", args=[consultation.pk])
    return Letter(
        subject=subject % {"day": day},
        blocks=(
            Paragraph(said % {"title": consultation.title, "day": day}),
            Paragraph(_("If it comes later, say why in public: the page shows your reason.")),
            Action(_("Write the official response"), f"{settings.SITE_URL}{path}"),
        ),
    )
