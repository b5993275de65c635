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
from consultations.participation import receipt
from consultations.participation.answers import Answer, ConflictError, ParticipationError
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
    response = open_response(user, membership, recommendation.consultation, answer, at)
    comment = (
        Comment.objects.select_related("submitted_version", "public_version")
        .filter(response=response, recommendation=recommendation)
        .first()
    )
    if comment is None:
        comment = _new_comment(response, recommendation, answer)
    latest = comment.submitted_version
    if latest is not None and latest.number != answer.based_on:
        _refuse_other_words(comment, latest, answer)
        return comment
    comment.response = response
    version = _add_version(comment, recommendation, answer, user, at)
    _submit(comment, version, recommendation, at)
    _record(comment, version, recommendation, at)
    receipt.send(comment, version, recommendation, user, at)
    return comment


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


def _add_version(
    comment: Comment, recommendation: Recommendation, answer: Answer, user: User, at: datetime
) -> CommentVersion:
    latest = comment.submitted_version
    if recommendation.current is None:
        raise ParticipationError(_("This recommendation has no text yet."))
    if comment.pk is None:
        comment.save()
    return CommentVersion.objects.create(
        comment=comment,
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
    only_permission = shown is not None and (
        (shown.stance, shown.text) == (version.stance, version.text)
    )
    if after or only_permission:
        # The words were seen already, or are looked at afterwards: the choice holds at once.
        comment.publish(version, at)
    elif shown is None:
        comment.unpublish(Comment.State.SUBMITTED, None)
        comment.stance, comment.waiting = version.stance, True
    if not only_permission:
        comment.reviewed, comment.reason = False, None
    comment.save()
    if after or only_permission:
        Comment.objects.share_regions(
            recommendation_id=comment.recommendation_id,
            kind=comment.kind,
            region_id=comment.region_id,
        )
    if not only_permission:
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
        },
    )
