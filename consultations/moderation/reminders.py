"""Reminding those who decide that something waits longer than the target: one mail a day at most,
and only where something has grown late since the last one, so that nobody is told the same twice.

Asked at every tick: what is due is in the database, so a missed run is made good the same day, and
two at once queue one mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations import policy
from consultations.mail import outbox
from consultations.mail.blocks import Action, Block, Items, Letter, Paragraph
from consultations.models import Case, Consultation, Message, Role, User
from consultations.models.clock import LONDON

# Every day at this hour in London, which no clock change repeats or skips.
HOUR = time(8)
DAY = timedelta(days=1)
REMINDER = "backlog:"
# One run writes at most so many; the next tick goes on.
A_RUN = 500


class HourOfItsDay(Func):
    """The day's hour in London, on the day of an instant."""

    template = (
        "((%(expressions)s AT TIME ZONE 'Europe/London')::date + TIME '%(hour)s')"
        " AT TIME ZONE 'Europe/London'"
    )
    output_field = DateTimeField()


@dataclass(frozen=True)
class Backlog:
    """What waits too long in one consultation: how many, and since when the oldest."""

    consultation: Consultation
    late: int
    since: datetime

    def told(self, at: datetime) -> str:
        """Return it as a line of the mail."""
        days = (at - self.since).days
        said = ngettext(
            "%(title)s: %(n)s waits longer than the target of %(target)s, the oldest for %(days)s.",
            "%(title)s: %(n)s wait longer than the target of %(target)s, the oldest for %(days)s.",
            self.late,
        )
        target = self.consultation.target_days
        return said % {
            "title": self.consultation.title,
            "n": f"{self.late:,}",
            "target": ngettext("%(n)s day", "%(n)s days", target) % {"n": target},
            "days": ngettext("%(n)s day", "%(n)s days", days) % {"n": days},
        }


def slot(at: datetime) -> datetime | None:
    """Return the hour of the day of `at` at which reminders are due, None before it has come."""
    due = datetime.combine(at.astimezone(LONDON).date(), HOUR, LONDON)
    return due if due <= at else None


def remind(at: datetime) -> int:
    """Queue the reminders that are due at `at`; return how many.

    Told is what waited too long at the day's hour and waits still, to those who decided there then
    and do so still; one mail a person and day, whatever else grows late that day. One query where
    nobody is to be reminded.
    """
    due = slot(at)
    if due is None:
        return 0
    people = list(_unreminded(due)[:A_RUN])
    if not people:
        return 0
    backlogs = _backlogs(due)
    decides = _decides(people, due)
    queued = 0
    for person in people:
        mine = [one for one in backlogs if one.consultation.pk in decides.get(person.pk, set())]
        if mine:
            queued += _write(person, mine, due, at)
    return queued


def _write(person: User, mine: list[Backlog], due: datetime, at: datetime) -> bool:
    only = mine[0].consultation if len(mine) == 1 else None
    with transaction.atomic():
        return outbox.queue(
            stream=Message.Stream.TRANSACTION,
            key=f"{_key(due)}{person.pk}",
            to=person.email,
            letter=_letter(mine, due),
            at=at,
            user=person,
            consultation=only,
        )


def _key(due: datetime) -> str:
    return f"{REMINDER}{due:%Y%m%d}:"


def _late(due: datetime) -> QuerySet[Case]:
    """What waits and had waited longer than the target at that hour."""
    return Case.objects.waiting().filter(since__lte=_by(Value(due)))


def _by(instant: Combinable) -> Combinable:
    """Return since when a case must have waited to be late at an instant."""
    target = F("consultation__target_days") * Value(DAY)
    return ExpressionWrapper(instant - target, DateTimeField())


def _unreminded(due: datetime) -> QuerySet[User]:
    """Who decides where something has grown late since their last reminder, of an earlier day."""
    sent = Message.objects.filter(user=OuterRef("user"), dedupe_key__startswith=REMINDER)
    last = sent.order_by("-queued_at").values(hour=HourOfItsDay("queued_at", hour=f"{HOUR:%H:%M}"))
    late = _late(due).filter(consultation=OuterRef("consultation"))
    roles = _roles(due).annotate(last=Subquery(last[:1]))
    news = Exists(late.filter(since__gt=_by(OuterRef("last"))))
    mine = roles.filter(Q(last__isnull=True) & Exists(late) | Q(last__lt=due) & news)
    people = User.objects.filter(Exists(mine.filter(user=OuterRef("pk"))))
    return people.filter(is_active=True).order_by("pk")


def _roles(due: datetime) -> QuerySet[Role]:
    """The rights to decide that were held at that hour, and are still."""
    return Role.objects.filter(right__in=policy.DECIDES, starts_at__lte=due, ends_at__isnull=True)


def _decides(people: Iterable[User], due: datetime) -> dict[int, set[int]]:
    """Return in which consultations each of these people decides (one query)."""
    found: dict[int, set[int]] = {}
    rows = _roles(due).filter(user__in=people).values_list("user_id", "consultation_id")
    for user_id, consultation_id in rows:
        found.setdefault(user_id, set()).add(consultation_id)
    return found


def _backlogs(due: datetime) -> list[Backlog]:
    """Return what is late, by consultation, the oldest first (two queries)."""
    rows = _late(due).order_by().values_list("consultation")
    counted = list(rows.annotate(n=Count("pk"), since=Min("since")))
    known = Consultation.objects.in_bulk([row[0] for row in counted])
    found = [Backlog(known[number], late, since) for number, late, since in counted]
    return sorted(found, key=lambda one: (one.since, one.consultation.pk))


def _letter(mine: list[Backlog], due: datetime) -> Letter:
    late = sum(one.late for one in mine)
    path = reverse("admin:consultations_case_changelist")
    blocks: tuple[Block, ...] = (
        Paragraph(_("These wait for a decision longer than they should:")),
        Items(tuple(one.told(due) for one in mine)),
        Action(_("Decide what waits"), f"{settings.SITE_URL}{path}"),
        Paragraph(_("You get this because you decide there, when more has grown late.")),
    )
    subject = ngettext("%(n)s decision is late", "%(n)s decisions are late", late) % {
        "n": f"{late:,}"
    }
    return Letter(subject=subject, blocks=blocks)
