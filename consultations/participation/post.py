"""Sending or amending a comment, in one transaction.

Who the respondent is comes from `organisations`; what becomes of a comment, in `moderation`.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Membership,
    Recommendation,
    Response,
    Stance,
    User,
)
from consultations.models.response import narrower
from consultations.participation import receipt
from consultations.participation.answers import (
    Answer,
    ConflictError,
    CorrectedError,
    ParticipationError,
)
from consultations.participation.responses import open_response


def post(
    *,
    user: User,
    membership: Membership | None,
    recommendation: Recommendation,
    answer: Answer,
    at: datetime,
) -> Comment:
    """Send or amend the user's comment on a recommendation, and queue the receipt.

    `membership` is the user's standing claim, if they answer for an organisation. The same form
    sent twice makes one comment. Raises ClosedError after the deadline, ConflictError where the
    comment has changed since, ParticipationError where the form was used for other words.
    """
    arguments = (user, membership, recommendation, answer, at)
    try:
        return _post(*arguments)
    except IntegrityError:
        # Two first posts at once: the other made the response or the comment; now it is there.
        pass
    try:
        return _post(*arguments)
    except IntegrityError as error:
        raise ParticipationError(
            _("This form was already used for another comment. Open the page again and resend.")
        ) from error


@transaction.atomic
def _post(
    user: User,
    membership: Membership | None,
    recommendation: Recommendation,
    answer: Answer,
    at: datetime,
) -> Comment:
    if recommendation.current is None:
        raise ParticipationError(_("This recommendation has no text yet."))
    if recommendation.current.number != answer.answering:
        raise CorrectedError(
            _("The recommendation was corrected while you wrote. Read it again, then send.")
        )
    if recommendation.consultation.notices() != answer.notices:
        raise CorrectedError(
            _("The notices below changed while you wrote. Read them again, then send.")
        )
    opened = open_response(user, membership, recommendation.consultation, answer, at)
    response = opened.response
    comment = None if opened.begun_now else _comment_on(recommendation, response)
    if comment is None:
        comment = _new_comment(response, recommendation, answer)
    latest = comment.submitted_version
    if latest is not None and latest.number != answer.based_on:
        _refuse_other_words(comment, latest, answer)
        return comment
    comment.response = response
    version = _new_version(opened.version_id, comment, recommendation, answer, user, at)
    _submit(comment, version, recommendation, at)
    _record(comment, version, recommendation, at)
    receipt.send(comment, version, recommendation, user, at)
    return comment


def _comment_on(recommendation: Recommendation, response: Response) -> Comment | None:
    return (
        Comment.objects.select_related("submitted_version", "public_version")
        .filter(response=response, recommendation=recommendation)
        .first()
    )


def _new_comment(response: Response, recommendation: Recommendation, answer: Answer) -> Comment:
    return Comment(
        response=response,
        recommendation=recommendation,
        stance=Stance(answer.stance),
        kind=response.kind,
        region_id=response.region_id,
    )


def _refuse_other_words(comment: Comment, latest: CommentVersion, answer: Answer) -> None:
    """Raise ConflictError unless this very form was taken before, with these very words."""
    taken = CommentVersion.objects.filter(response_id=comment.response_id, key=answer.key).first()
    if taken is None:
        raise ConflictError(_("This comment was changed since you opened this page."), latest)
    if not answer.same_as(taken):
        raise ConflictError(_("This form was already sent once, with other words."), latest)
    if comment.state == Comment.State.WITHDRAWN:
        raise ConflictError(_("You sent this, and have withdrawn it since."), latest)


def _new_version(
    version_id: int,
    comment: Comment,
    recommendation: Recommendation,
    answer: Answer,
    user: User,
    at: datetime,
) -> CommentVersion:
    """Return what the form says as the comment's next version (not saved)."""
    latest = comment.submitted_version
    return CommentVersion(
        pk=version_id,
        response_id=comment.response_id,
        number=latest.number + 1 if latest else 1,
        answered=recommendation.current,
        stance=answer.stance,
        text=answer.text,
        permission=answer.permission,
        written_by=user,
        written_at=at,
        key=answer.key,
    )


def _submit(
    comment: Comment, version: CommentVersion, recommendation: Recommendation, at: datetime
) -> None:
    """Put the version before a moderator, or before the public where that needs none."""
    shown = comment.public_version if comment.state == Comment.State.PUBLISHED else None
    comment.submitted_version = version
    comment.submitted_at = at
    after = recommendation.consultation.moderation == Consultation.Moderation.AFTER
    # Words that were seen already, with a choice to show less of them, wait for nobody.
    seen = shown is not None and (
        (shown.stance, shown.text, narrower(shown.permission, version.permission))
        == (version.stance, version.text, version.permission)
    )
    if shown or after:
        Comment.objects.hold_regions(comment)
    if after or seen:
        comment.publish(version, at)
    elif shown:
        comment.show()
    else:
        comment.unpublish(Comment.State.SUBMITTED, None)
        comment.stance, comment.waiting = version.stance, True
    if not seen:
        comment.reviewed, comment.reason = False, None
    comment.save()
    version.comment = comment
    version.save(force_insert=True)
    if shown or after:
        Comment.objects.share_regions(
            recommendation_id=comment.recommendation_id,
            kind=comment.kind,
            region_id=comment.region_id,
        )
    if not seen:
        # A case may wait already: the moderator then finds the newer version in it.
        case = Case(
            comment=comment, consultation_id=recommendation.consultation_id, since=at, marks=[]
        )
        Case.objects.bulk_create([case], ignore_conflicts=True)


def _record(
    comment: Comment, version: CommentVersion, recommendation: Recommendation, at: datetime
) -> None:
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
        },
    )
