"""The moderator's queue: what waits in the consultations where the user decides, oldest first."""

from datetime import datetime

from django.db.models import Prefetch, Q

from consultations import policy
from consultations.models import Case, Document, Report, User
from consultations.models.cases import CaseQuerySet

# All that a row of the queue and the head of a review page show, in one statement.
RELATED = (
    "consultation",
    "comment__response__region",
    "comment__response__organisation_kind",
    "comment__response__typed_by",
    "comment__response__checked_by",
    "comment__response__membership__organisation",
    "comment__response__membership__user",
    "comment__recommendation__current",
    "comment__submitted_version__likeness__campaign",
    "comment__region",
    "comment__reason",
    "membership__user__region",
    "membership__organisation__kind",
    "membership__organisation__region",
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


def cases_of(user: User) -> CaseQuerySet:
    """Return every case, decided or not, of the consultations where the user decides."""
    return in_consultations(policy.consultations_where(user, *policy.DECIDES))


def in_consultations(ids: list[int]) -> CaseQuerySet:
    """Return every case of these consultations with all that a row shows, oldest first."""
    found = Case.objects.filter(consultation_id__in=ids)
    # The stems that are searched are left in the database: no moderator reads them.
    reports = Report.objects.select_related(*REPORTED).defer("comment__search")
    documents = Document.objects.select_related(*ATTACHED)
    return (
        found.select_related(*RELATED)
        .defer("comment__search")
        .prefetch_related(Prefetch("report", reports), Prefetch("document", documents))
        .order_by("since", "pk")
    )


def next_after(user: User, case: Case) -> Case | None:
    """Return the case that waits behind `case`, or else the oldest that waits at all."""
    waiting = cases_of(user).waiting()
    behind = Q(since__gt=case.since) | Q(since=case.since, pk__gt=case.pk)
    return waiting.filter(behind).first() or waiting.exclude(pk=case.pk).first()


def days_waiting(case: Case, at: datetime) -> int:
    """Return how many whole days the case waits, or waited until it was decided."""
    return max(((case.closed_at or at) - case.since).days, 0)


def overdue(case: Case, at: datetime) -> bool:
    """Whether the case waits longer than the consultation's target."""
    return case.closed_at is None and days_waiting(case, at) >= case.consultation.target_days
