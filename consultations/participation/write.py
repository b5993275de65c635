"""A comment's next version: written, put before a moderator or the public, and on the record.

`post` sends one answer so, `submit` a whole response.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consultations import ledger, screening
from consultations.limits import Sender
from consultations.models import (
    Appeal,
    Case,
    Comment,
    CommentVersion,
    Decision,
    Recommendation,
    Redaction,
    Response,
    Stance,
    User,
    transitions,
)
from consultations.models.response import narrower
from consultations.participation import voiding
from consultations.participation.answers import ParticipationError


@dataclass(frozen=True)
class Words:
    """What is said: `key` is the form's own, taken once in a response.

    `drafted_by` is whose draft it was, by number.
    """

    stance: str
    text: str
    permission: str
    key: UUID
    drafted_by: int | None = None


@dataclass(frozen=True)
class Written:
    """A version that was just written, and what follows from it.

    That is the case that asks a moderator to look at it, if any, and the appeals that it ended.
    """

    version: CommentVersion
    case: Case | None
    ended: Sequence[Appeal] = ()


def comment_on(recommendation: Recommendation, response: Response, *, is_new: bool) -> Comment:
    """Return the response's comment on a recommendation, or a new one (not saved).

    A response that `is_new` has none yet, and costs no query.
    """
    found = None
    if not is_new:
        rows = Comment.objects.select_related("submitted_version", "public_version")
        found = rows.filter(response=response, recommendation=recommendation).first()
    comment = found or Comment(
        recommendation=recommendation, kind=response.kind, region_id=response.region_id
    )
    comment.response, comment.recommendation = response, recommendation
    return comment


def version(
    version_id: int, comment: Comment, said: Words, *, user: User, at: datetime, at_once: bool
) -> Written:
    """Write what is said as the comment's next version, with all that follows from it.

    It is public `at_once` where nobody reads before, unless a moderator has taken the comment
    down. `record` puts its case into the queue, and it on the ledger. Raises ParticipationError
    for a comment that was erased.
    """
    if comment.state == Comment.State.ERASED:
        sentence = transitions.refusal(transitions.SENT, comment.state, Comment.State.SUBMITTED)
        raise ParticipationError(sentence)
    latest = comment.submitted_version
    written = CommentVersion(
        pk=version_id,
        response_id=comment.response_id,
        number=latest.number + 1 if latest else 1,
        answered=comment.recommendation.current,
        stance=said.stance,
        text=said.text,
        permission=said.permission,
        written_by=user,
        drafted_by_id=None if said.drafted_by == user.pk else said.drafted_by,
        written_at=at,
        key=said.key,
        screened=True,
    )
    refused = comment.reason_id is not None
    case = _put_forward(comment, written, at, at_once=at_once)
    # An appeal that waits is about words that are the last no longer.
    ended = Appeal.objects.overtake(comment, at) if refused and case else ()
    return Written(written, case, ended)


def record(
    written: Sequence[Written], claim: Case | None, at: datetime, *, sender: Sender | None = None
) -> None:
    """Put what was written before a moderator, and on the consultation's ledger, in its order.

    `claim` is the case of the claim that it was sent under, where that waits; `sender` is who has
    sent it, for the marks. The ledger comes last of all, since its lock is everybody's.
    """
    _mark(written, sender, at)
    cases = [case for case in (claim, *(each.case for each in written)) if case]
    # A case may wait already: the moderator then finds the newer version in it.
    Case.objects.bulk_create(cases, ignore_conflicts=True)
    for each in written:
        if each.case and each.version.number > 1:
            waiting = Case.objects.waiting().filter(comment_id=each.version.comment_id)
            waiting.update(marks=each.case.marks)
    for each in written:
        _record(each.version.comment, each.version, at)
        _record_ended(each, at)


def _mark(written: Sequence[Written], sender: Sender | None, at: datetime) -> None:
    """Look for campaigns, and put the marks on the cases (not saved)."""
    if not written:
        return
    consultation = written[0].version.comment.recommendation.consultation
    marks = screening.screen(
        [each.version for each in written], language=consultation.language, sender=sender, at=at
    )
    for each in written:
        if each.case:
            each.case.marks = marks[each.version.pk]


def _put_forward(
    comment: Comment, version: CommentVersion, at: datetime, *, at_once: bool
) -> Case | None:
    """Put the version before the public where that needs no moderator; else return its case."""
    consultation = comment.recommendation.consultation
    shown = comment.public_version if comment.state == Comment.State.PUBLISHED else None
    comment.submitted_version = version
    comment.submitted_at = at
    unread = _unread(comment, version)
    at_once = at_once and not unread and (shown is not None or not _taken_down(comment))
    # Words that were seen already, with a choice to show less of them, wait for nobody.
    seen = shown is not None and (
        (shown.stance, shown.text, narrower(shown.permission, version.permission))
        == (version.stance, version.text, version.permission)
    )
    if shown or at_once:
        Comment.objects.hold_regions(comment)
    if at_once or seen:
        comment.publish(version, at)
    elif shown:
        comment.show()
    else:
        comment.unpublish(Comment.State.SUBMITTED, None)
        comment.stance, comment.waiting = Stance(version.stance), True
    if not seen:
        comment.reviewed, comment.reason = False, None
    comment.save()
    version.comment = comment
    version.save(force_insert=True)
    if shown or at_once:
        Comment.objects.share_regions(
            recommendation_id=comment.recommendation_id,
            kind=comment.kind,
            region_id=comment.region_id,
        )
    return None if seen else Case(comment=comment, consultation=consultation, since=at, marks=[])


def _taken_down(comment: Comment) -> bool:
    """Whether a moderator held it, refused it or took it down: what is sent then waits for one.

    So it does while a reader's report of it waits: reports take words down without a decision.
    Otherwise whoever is refused would send the same words once more, and find them public.
    """
    if comment.pk is None:
        return False
    if transitions.refusal(transitions.SENT, comment.state, Comment.State.PUBLISHED):
        return True
    if Case.objects.waiting().filter(report__comment=comment).exists():
        return True
    decided = Decision.objects.filter(case__comment=comment).order_by("-pk")
    return decided.values_list("state_after", flat=True).first() not in {
        None,
        Comment.State.PUBLISHED,
    }


def _unread(comment: Comment, version: CommentVersion) -> bool:
    """Whether the version waits for a moderator because words were removed from an earlier one.

    The same text takes the removals along; another might say the removed words again.
    """
    return comment.redacted and not Redaction.objects.carry(comment, version)


def _record_ended(written: Written, at: datetime) -> None:
    version, comment = written.version, written.version.comment
    if written.ended and version.written_by is not None:
        number = comment.recommendation.number
        voiding.record(written.ended, comment.response, number, user=version.written_by, at=at)


def _record(comment: Comment, version: CommentVersion, at: datetime) -> None:
    recommendation = comment.recommendation
    ledger.append(
        consultation_id=recommendation.consultation_id,
        act="comment_submitted",
        at=at,
        payload={
            "recommendation": recommendation.number,
            "response": comment.response.reference,
            "version": version.number,
            "permission": version.permission,
            "by": version.written_by_id,
            "words": ledger.seal(version),
            "public": comment.public_version_id == version.pk,
            **ledger.carried(comment, version),
        },
    )
