"""A comment that gives a telephone number away, and the moderator who removes it."""

from typing import Any

from django.utils import timezone

from consultations.analysis.masks import occurrences
from consultations.models import Comment, Decision, Redaction
from consultations.moderation import redact
from tests.factories import make_reason, make_staff

TEXT = "Ring Bob on 0161 496 0000. It would help firms like ours. Bob agrees."
HIDDEN = "[removed: personal data]"


def remove(
    comment: Comment, words: str = "0161 496 0000", number: int = 1, **more: Any
) -> Decision:
    """Remove every occurrence of these words from a version."""
    text = comment.versions.get(number=number).text
    said = {
        "reason": make_reason("personal_data", name="Tells something private"),
        "by": more.pop("by", None) or make_staff(comment.recommendation.consultation),
        "at": timezone.now(),
        "spans": list(occurrences(text, words)),
        **more,
    }
    verb = redact.redact_and_publish if said.pop("publish", False) else redact.redact
    return verb(comment=comment, version_number=number, **said)


def put_back(comment: Comment, **more: Any) -> Decision:
    """Put back what was removed first."""
    row = Redaction.objects.filter(version__comment=comment).order_by("pk")[0]
    by, at = make_staff(comment.recommendation.consultation), more.pop("at", timezone.now())
    return redact.unredact(comment=comment, redaction=row, by=by, at=at, **more)
