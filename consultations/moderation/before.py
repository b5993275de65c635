"""How a comment stood before a decision: kept with the decision, without any words, and put back.

What the public sees is made anew from the versions, so a claim, a redaction or an erasure that came
in between holds.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from consultations.models import Case, Comment

INSTANTS = ("first_published_at", "counted_since")
PLAIN = ("state", "public_version_id", "stance", "reason_id", "counted", "waiting", "reviewed")


def stood(comment: Comment, case: Case | None) -> dict[str, Any]:
    """Return how the comment stands: its columns, what was sent last, and whether `case` waits."""
    found: dict[str, Any] = {name: getattr(comment, name) for name in PLAIN}
    for name in INSTANTS:
        instant: datetime | None = getattr(comment, name)
        found[name] = instant.isoformat() if instant else None
    found["sent"] = comment.submitted_version_id
    found["waited"] = case is not None and case.closed_at is None
    return found


def put_back(comment: Comment, kept: Mapping[str, Any]) -> None:
    """Set the comment as it stood (not saved); words that are erased since do not come back.

    What is public then is the newest that there is, and stays the public version.
    """
    shown = comment.public_version
    for name in PLAIN:
        setattr(comment, name, kept[name])
    before = comment.public_version
    if shown is not None and (shown if before is None else before).erased_at:
        comment.public_version, comment.stance = shown, shown.stance
    for name in INSTANTS:
        written = kept[name]
        setattr(comment, name, datetime.fromisoformat(written) if written else None)
    if comment.state == Comment.State.PUBLISHED:
        comment.show()
        return
    comment.conceal()


def told_otherwise(comment: Comment, kept: Mapping[str, Any]) -> bool:
    """Whether an edition would tell of the comment other than it did before the decision."""
    published = Comment.State.PUBLISHED
    now = (comment.counted, comment.stance, comment.state == published)
    then = (kept["counted"], kept["stance"], kept["state"] == published)
    shown_anew = published in {comment.state, kept["state"]} and (
        comment.public_version_id != kept["public_version_id"]
    )
    return now != then or shown_anew
