"""What came in bulk, or before there were marks, is looked at here by a worker, lot by lot."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from consultations.models import Case, Comment, CommentVersion, Likeness
from consultations.screening.arrivals import screen
from consultations.screening.finding import hold
from consultations.screening.marks import Mark

LOT = 200
CURRENT = Q(comment__submitted_version=F("pk")) | Q(comment__public_version=F("pk"))
GONE = (Comment.State.WITHDRAWN, Comment.State.ERASED)


@transaction.atomic
def catch_up(at: datetime, limit: int = LOT) -> int:
    """Look at the versions that nobody has looked at, the oldest first; return how many.

    Of versions that stand no longer nothing is remembered. Run again it goes on where it stopped.
    """
    rows = CommentVersion.objects.filter(screened=False).order_by("pk")
    found = dict(rows.values_list("pk", "comment__recommendation")[:limit])
    # Before the versions, as who erases their words has it.
    hold(found.values())
    lot = rows.filter(pk__in=found).select_for_update(of=("self",), skip_locked=True, no_key=True)
    keys = list(lot.values_list("pk", flat=True))
    standing = CommentVersion.objects.filter(CURRENT, pk__in=keys, erased_at__isnull=True)
    by_consultation: dict[int, list[CommentVersion]] = defaultdict(list)
    for version in (
        standing.exclude(comment__state__in=GONE)
        .select_related("comment__recommendation__consultation")
        .order_by("pk")
    ):
        by_consultation[version.comment.recommendation.consultation_id].append(version)
    for versions in by_consultation.values():
        language = versions[0].comment.recommendation.consultation.language
        _mark(versions, screen(versions, language=language, sender=None, at=at))
    CommentVersion.objects.filter(pk__in=keys).update(screened=True)
    return len(keys)


@transaction.atomic
def forget_earlier() -> int:
    """Delete what is remembered of versions that are neither public nor the newest any more.

    Nobody finds, makes or leaves campaigns there meanwhile.
    """
    earlier = Likeness.objects.filter(latest=False).exclude(
        version__comment__public_version=F("version")
    )
    hold(earlier.order_by().values_list("recommendation", flat=True).distinct())
    return earlier.delete()[0]


def _mark(versions: list[CommentVersion], marks: dict[int, list[Mark]]) -> None:
    """Write the marks on the cases that wait for these versions."""
    newest = {version.comment_id: version.pk for version in versions}
    cases = list(Case.objects.waiting().filter(comment__in=newest).order_by("pk"))
    for case in cases:
        case.marks = marks[newest[case.comment_id]] if case.comment_id else []
    Case.objects.bulk_update(cases, ["marks"])
