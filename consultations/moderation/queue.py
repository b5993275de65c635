"""The moderator's queue: what waits in the consultations where the user decides, oldest first.

Who reads which case just now, and which is the next, stands in `turns`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, Prefetch, Subquery

from consultations import policy
from consultations.models import (
    Appeal,
    Case,
    Consultation,
    Document,
    Report,
    StatementTimestamp,
    User,
    database_now,
)
from consultations.models.cases import CaseQuerySet
from consultations.models.joining import joined_as_named
from consultations.moderation import turns

# Beyond so many, what waits in a consultation is not counted.
MOST_COUNTED = 1_000
# By consultation, and there the oldest first: the order of the queue, and of an index.
ORDER = ("consultation_id", "since", "pk")

# All that a row of the queue shows, in one statement: each table more costs it time to be planned.
LISTED = (
    "consultation",
    "claimed_by",
    "comment__response__membership",
    "comment__response__region",
    "comment__recommendation__current",
    "comment__submitted_version__likeness__campaign",
    "comment__public_version",
    "comment__region",
    "comment__reason",
    "membership__user",
    "membership__organisation__kind",
    "membership__organisation__region",
)
# And what the head of a review page shows besides.
REVIEWED = (
    "comment__response__respondent",
    "comment__response__sign_off",
    "comment__response__organisation_kind",
    "comment__response__typed_by",
    "comment__response__checked_by",
    "comment__response__membership__organisation",
    "comment__response__membership__user",
    "comment__public_version__likeness__campaign",
    "membership__user__region",
)
# The same of a reader's report, in a statement of its own: most pages hold none.
REPORTED = (
    "reporter",
    "version",
    "comment__region",
    "comment__response__membership",
    "comment__recommendation__current",
)
# And of a respondent's document, whose bytes no list reads.
ATTACHED = (
    "response__region",
    "response__organisation_kind",
    "response__membership__organisation",
    "response__membership__user",
    "reason",
)
# And of an appeal, with the decision that it is against.
APPEALED = (
    "decision__decided_by",
    "decision__reason",
    "decision__version",
    "decision__case__comment__response__membership",
    "decision__case__comment__region",
    "decision__case__comment__recommendation__current",
    "decision__case__document__response__region",
)


def cases_of(user: User) -> CaseQuerySet:
    """Return every case, decided or not, of the consultations where the user decides."""
    return in_consultations(policy.consultations_where(user, *policy.DECIDES))


def in_consultations(ids: Iterable[int]) -> CaseQuerySet:
    """Return every case of these consultations with all that a row shows, in the queue's order.

    Each says as `read_at` at which instant of the database it was read.
    """
    found = Case.objects.filter(consultation_id__in=ids)
    # The stems that are searched are left in the database: no moderator reads them.
    reports = Report.objects.select_related(*REPORTED).defer("comment__search")
    documents = Document.objects.select_related(*ATTACHED)
    appeals = Appeal.objects.select_related(*APPEALED).defer("decision__case__comment__search")
    return (
        found.select_related(*LISTED)
        .defer("comment__search")
        .annotate(read_at=StatementTimestamp())
        .prefetch_related(
            Prefetch("report", reports),
            Prefetch("document", documents),
            Prefetch("appeal", appeals),
        )
        .order_by(*ORDER)
    )


def reviewed(cases: CaseQuerySet, pk: int) -> Case | None:
    """Return one of these cases, if it is among them, with all that its review page shows."""
    with joined_as_named():
        return cases.select_related(*REVIEWED).filter(pk=pk).first()


@dataclass(frozen=True)
class Backlog:
    """What waits in one consultation: how much, since when, and how long it should at most."""

    consultation: int
    title: str
    target_days: int
    waiting: int
    oldest_days: int
    is_late: bool

    @property
    def is_capped(self) -> bool:
        """Whether more waits than was counted."""
        return self.waiting > MOST_COUNTED

    @property
    def counted(self) -> int:
        """Return how many wait, as far as they were counted."""
        return min(self.waiting, MOST_COUNTED)


def backlogs(ids: Iterable[int]) -> list[Backlog]:
    """Return what waits in each of these consultations, the oldest first (one query).

    An index is read, and of it no more than `MOST_COUNTED` rows a consultation.
    """
    waiting = Case.objects.waiting().filter(consultation=OuterRef("pk")).order_by()
    oldest = waiting.order_by("since", "pk").values("since")[:1]
    keys = ArraySubquery(waiting.values("pk")[: MOST_COUNTED + 1])
    found = Consultation.objects.filter(pk__in=ids).annotate(
        oldest=Subquery(oldest),
        amount=Func(keys, function="cardinality", output_field=IntegerField()),
        read_at=StatementTimestamp(),
    )
    shown = found.exclude(oldest=None).order_by("oldest", "pk")
    rows = shown.values_list("pk", "title", "target_days", "amount", "oldest", "read_at")
    return [
        Backlog(pk, title, target, amount, (at - since).days, (at - since).days >= target)
        for pk, title, target, amount, since, at in rows
    ]


def next_after(user: User, case: Case) -> Case | None:
    """Give `user` the case behind `case`, wherever they decide, as `turns.take_next` does."""
    mine = policy.consultations_where(user, *policy.DECIDES)
    return turns.take_next(consultations=mine, by=user, at=database_now(), after=case)


def days_waiting(case: Case, at: datetime) -> int:
    """Return how many whole days the case waits, or waited until it was decided."""
    return max(((case.closed_at or at) - case.since).days, 0)


def overdue(case: Case, at: datetime) -> bool:
    """Whether the case waits longer than the consultation's target."""
    return case.closed_at is None and days_waiting(case, at) >= case.consultation.target_days
