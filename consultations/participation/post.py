"""Sending or amending a comment, in one transaction.

Who the respondent is comes from `organisations`; what becomes of a comment, in `moderation`.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations.limits import Sender
from consultations.models import Comment, CommentVersion, Membership, Recommendation, User
from consultations.participation import draft, questions, receipt, signing, write
from consultations.participation.answers import (
    Answer,
    ConflictError,
    CorrectedError,
    ParticipationError,
)
from consultations.participation.opening import open_response


def post(
    *,
    user: User,
    membership: Membership | None,
    recommendation: Recommendation,
    answer: Answer,
    at: datetime,
    address: str = "",
) -> Comment:
    """Send or amend the user's comment on a recommendation, and queue the receipt.

    `membership` is the user's standing claim, if they answer for an organisation; of the `address`
    that it came from only a rate is kept. The same form sent twice makes one comment. Raises
    ClosedError after the deadline, ConflictError where the comment has changed since, UnreadyError
    where a question has to be answered first, ParticipationError where the form was used for other
    words.
    """
    arguments = (user, membership, recommendation, answer, at, address)
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
    address: str,
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
    opened = open_response(
        user,
        membership,
        recommendation.consultation,
        permission=answer.default_permission,
        notices=answer.notices,
        at=at,
    )
    if opened.owes:
        questions.refuse_owing(opened.response)
    comment = write.comment_on(recommendation, opened.response, is_new=opened.begun_now)
    latest = comment.submitted_version
    if latest is not None and latest.number != answer.based_on:
        _refuse_other_words(comment, latest, answer)
        return comment
    drafted_by = None
    if not opened.begun_now:
        drafted_by = draft.take(recommendation, opened.response, answer.over, user)
    said = write.Words(answer.stance, answer.text, answer.permission, answer.key, drafted_by)
    written = write.version(
        opened.version_id, comment, said, user=user, at=at, at_once=opened.at_once
    )
    sender = Sender(user.pk, membership.organisation_id if membership else None, address)
    write.record([written], opened.case, at, sender=sender)
    signing.sent(opened, recommendation.consultation, user=user, at=at)
    receipt.send([written.version], user=user, at=at)
    return comment


def _refuse_other_words(comment: Comment, latest: CommentVersion, answer: Answer) -> None:
    """Raise ConflictError unless this very form was taken before, with these very words."""
    taken = CommentVersion.objects.filter(response_id=comment.response_id, key=answer.key).first()
    if taken is None:
        raise ConflictError(_("This comment was changed since you opened this page."), latest)
    if not answer.same_as(taken):
        raise ConflictError(_("This form was already sent once, with other words."), latest)
    if comment.state == Comment.State.WITHDRAWN:
        raise ConflictError(_("You sent this, and have withdrawn it since."), latest)
