"""What a removal of words, or their return, leaves behind: the public text, and the record.

Which words, and who is told, is next door in `redact`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from consultations import ledger
from consultations.mail import outbox
from consultations.models import Case, Comment, CommentVersion, Decision, Quote
from consultations.moderation import quoted, record
from consultations.moderation.record import Verdict


@dataclass(frozen=True)
class Settled:
    """What was removed or put back, and in which versions, before the ledger says so."""

    verdict: Verdict
    comment: Comment
    version: CommentVersion
    touched: Sequence[CommentVersion]
    decision: Decision
    # How many quotations gave way to notes, and came back, by edition.
    lost: Mapping[int, int]
    found: Mapping[int, int]

    @property
    def public(self) -> bool:
        """Whether the public reads this version."""
        return self.comment.listed and self.comment.public_version_id == self.version.pk


def settle(
    verdict: Verdict,
    comment: Comment,
    version: CommentVersion,
    touched: Sequence[CommentVersion],
    undoes: Decision | None = None,
) -> Settled:
    """Write what the public reads now, and the record of why; the ledger comes last."""
    if comment.state == Comment.State.PUBLISHED:
        comment.show()
    comment.save(update_fields=["redacted", "public_text"])
    lost = Quote.objects.date_removed(verdict.at, comment=comment)
    found = Quote.objects.undate(comment=comment)
    decision = record.write(
        verdict,
        case=_case(comment, version, verdict.at),
        version=version,
        before=comment.state,
        after=comment.state,
        undoes=undoes,
    )
    return Settled(verdict, comment, version, touched, decision, lost, found)


def overtake_published(comment: Comment, version: CommentVersion, at: datetime) -> None:
    """Suppress a letter, still queued, that quotes as published what is removed now."""
    said = Decision.objects.filter(
        case__comment=comment, version=version, verb=Decision.Verb.PUBLISH
    )
    outbox.overtake([decision.letter_key for decision in said], at=at)


def _case(comment: Comment, version: CommentVersion, at: datetime) -> Case:
    """Return the case in which the version waits, or one of its own, closed."""
    waiting = None
    if comment.asked is not None and comment.asked.pk == version.pk:
        waiting = Case.objects.waiting().filter(comment=comment).first()
    consultation_id = comment.recommendation.consultation_id
    return waiting or Case.objects.create(
        consultation_id=consultation_id, comment=comment, since=at, closed_at=at
    )


def chain(settled: Settled) -> None:
    """Append to the ledger what was removed or put back: seals, and none of the words."""
    verdict, comment = settled.verdict, settled.comment
    removed = verdict.verb == Decision.Verb.REDACT
    ledger.append(
        consultation_id=settled.decision.case.consultation_id,
        act="comment_redacted" if removed else "comment_unredacted",
        at=verdict.at,
        payload={
            "recommendation": comment.recommendation.number,
            "response": comment.response.reference,
            "reason": verdict.reason.code if verdict.reason else "",
            "by": verdict.by.pk,
            "decided": [ledger.seal_decision(settled.decision, comment.reference)],
            "redactions": [ledger.seal_redactions(version) for version in settled.touched],
        },
    )
    quoted.record(settled.lost, change="removed", at=verdict.at)
    quoted.record(settled.found, change="restored", at=verdict.at)
