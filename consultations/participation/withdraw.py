"""Taking back before the close: a comment, and an answer to one of the owner's questions."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import (
    Appeal,
    Case,
    Comment,
    Question,
    QuestionAnswer,
    Recommendation,
    Response,
    User,
    transitions,
)
from consultations.participation.answers import ClosedError
from consultations.participation.locking import OPEN_NOW


@transaction.atomic
def withdraw(*, comment: Comment, user: User, at: datetime) -> None:
    """Take a comment back before the close; its versions stay with its author."""
    response = _lock(comment.response_id)
    if response is None:
        raise ClosedError(_("This consultation has closed: comments can no longer be withdrawn."))
    if not take_back(comment, at=at):
        return
    number = Recommendation.objects.values_list("number", flat=True).get(
        pk=comment.recommendation_id
    )
    record(response, number, user=user, at=at)


@transaction.atomic
def withdraw_answer(*, answer: QuestionAnswer, user: User, at: datetime) -> None:
    """Take an answer back before the close; its versions stay with its author."""
    response = _lock(answer.response_id)
    if response is None:
        raise ClosedError(_("This consultation has closed: answers can no longer be withdrawn."))
    if not take_back_answer(answer):
        return
    number = Question.objects.values_list("number", flat=True).get(pk=answer.question_id)
    record_answer(response, number, user=user, at=at)


def take_back(comment: Comment, *, at: datetime) -> bool:
    """Take a comment from the public and from the figures; whether it still stood.

    Called once its response is locked; `record` puts it on the ledger, last of all.
    """
    comment.refresh_from_db()
    if transitions.refusal(transitions.TAKEN_BACK, comment.state, Comment.State.WITHDRAWN):
        return False
    Comment.objects.hold_regions(comment)
    refused = comment.reason_id is not None
    comment.unpublish(Comment.State.WITHDRAWN, None, at=at)
    comment.save()
    Case.objects.waiting().filter(comment=comment).update(closed_at=at)
    if refused:
        Appeal.objects.overtake(comment, at)
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id,
        kind=comment.kind,
        region_id=comment.region_id,
    )
    return True


def record(response: Response, number: int, *, user: User, at: datetime) -> None:
    """Put on the ledger that the answer to recommendation `number` was taken back."""
    ledger.append(
        consultation_id=response.consultation_id,
        act="comment_withdrawn",
        at=at,
        payload={
            "recommendation": number,
            "response": response.reference,
            "by": user.pk,
        },
    )


def take_back_answer(answer: QuestionAnswer) -> bool:
    """Take an answer to a question from the figures; whether it still stood.

    Called once its response is locked; `record_answer` puts it on the ledger, last of all.
    """
    answer.refresh_from_db(fields=["state"])
    if not answer.stands:
        return False
    answer.state = QuestionAnswer.State.WITHDRAWN
    answer.save(update_fields=["state"])
    return True


def record_answer(response: Response, number: int, *, user: User, at: datetime) -> None:
    """Put on the ledger that the answer to question `number` was taken back."""
    ledger.append(
        consultation_id=response.consultation_id,
        act="answer_withdrawn",
        at=at,
        payload={"question": number, "response": response.reference, "by": user.pk},
    )


def _lock(response_id: int) -> Response | None:
    """Lock a response and return it, None outside its consultation's time."""
    rows = Response.objects.select_for_update(of=("self",), no_key=True)
    response = rows.annotate(open_now=OPEN_NOW).get(pk=response_id)
    return response if response.open_now else None
