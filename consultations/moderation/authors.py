"""What stands beside a comment that waits: its author's record, and who sent the same words.

Only what the moderator may read: the consultations where they decide are passed in.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q, Value
from django.db.models.functions import MD5
from django.utils.translation import gettext as _

from consultations.models import Comment, CommentVersion, Response

# So much of one author is looked at, the newest first; so many with the same words are shown.
MOST_OF_AUTHOR, MOST_ALIKE = 200, 5


@dataclass(frozen=True)
class Record:
    """What became of an author's other comments, and those of the same response."""

    here: list[tuple[str, int]] = field(default_factory=list)
    elsewhere: list[tuple[str, int]] = field(default_factory=list)
    beside: list[Comment] = field(default_factory=list)


def record_of(comment: Comment, consultations: Collection[int]) -> Record:
    """Return the record of a comment's author in these consultations, this comment aside."""
    response = comment.response
    of_author = Q(pk=response.pk)
    if response.respondent_id is not None:
        of_author |= Q(respondent=response.respondent_id)
    # Responses first: asked of each comment, either of the two would be asked of all of them.
    found = Comment.objects.filter(
        response__in=Response.objects.filter(of_author).order_by().values("pk"),
        recommendation__consultation__in=consultations,
        submitted_version__isnull=False,
    ).exclude(pk=comment.pk)
    shown = found.select_related("recommendation__current", "submitted_version", "reason")
    rows = list(shown.order_by("-submitted_at", "-pk")[:MOST_OF_AUTHOR])
    here = [row for row in rows if row.recommendation.consultation_id == response.consultation_id]
    beside = [row for row in here if row.response_id == response.pk]
    return Record(
        here=_counted(here),
        elsewhere=_counted(row for row in rows if row not in here),
        beside=sorted(beside, key=lambda row: row.recommendation.number),
    )


def _counted(comments: Iterable[Comment]) -> list[tuple[str, int]]:
    """Return how many stand in each state, those kept from the public by their reasons."""
    return sorted(Counter(map(_became, comments)).items(), key=lambda pair: (-pair[1], pair[0]))


def _became(comment: Comment) -> str:
    state = str(comment.get_state_display())
    if comment.reason is None:
        return state
    return _("%(state)s (%(reason)s)") % {"state": state, "reason": comment.reason}


def with_the_same_words(version: CommentVersion, consultations: Collection[int]) -> list[Comment]:
    """Return other responses' comments that say the very same, at most `MOST_ALIKE` (one query)."""
    if not version.text:
        return []
    alike = CommentVersion.objects.alias(hashed=MD5("text")).filter(
        hashed=MD5(Value(version.text)), text=version.text
    )
    found = Comment.objects.filter(
        submitted_version__in=alike.values("pk"), recommendation__consultation__in=consultations
    ).exclude(response=version.response_id)
    shown = found.select_related("recommendation__current", "response", "submitted_version")
    return list(shown.order_by("-submitted_at", "-pk")[:MOST_ALIKE])
