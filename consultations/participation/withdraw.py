"""Taking back before the close: a comment, and an answer to one of the owner's questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.mail import outbox
from consultations.models import (
    Appeal,
    Case,
    Comment,
    Decision,
    Question,
    QuestionAnswer,
    Recommendation,
    Response,
    User,
    transitions,
)
from consultations.participation import voiding
from consultations.participation.answers import ClosedError
from consultations.participation.locking import OPEN_NOW


@dataclass(frozen=True)
class Taken:
    """A comment that was taken back, by its recommendation's number, and the appeals it ended."""

    number: int
    ended: Sequence[Appeal] = ()


@transaction.atomic
def withdraw(*, comment: Comment, user: User, at: datetime) -> None:
    """Take a comment back before the close; its versions stay with its author."""
    response = _lock(comment.response_id)
    if response is None:
        raise ClosedError(_("This consultation has closed: comments can no longer be withdrawn."))
    taken = take_back(comment, at=at)
    if taken is not None:
        record(response, taken, user=user, at=at)


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


def take_back(comment: Comment, *, at: datetime) -> Taken | None:
    """Take a comment from the public and from the figures; None where it stood no longer.

    Called once its response is locked; `record` puts it on the ledger, last of all. Letters that
    wait to say what was decided on it are never sent.
    """
    comment.refresh_from_db()
    if transitions.refusal(transitions.TAKEN_BACK, comment.state, Comment.State.WITHDRAWN):
        return None
    Comment.objects.hold_regions(comment)
    contested = comment.reason_id is not None or comment.redacted
    comment.unpublish(Comment.State.WITHDRAWN, None, at=at)
    comment.save()
    Case.objects.waiting().filter(comment=comment).update(closed_at=at)
    ended = Appeal.objects.overtake(comment, at) if contested else ()
    decided = Decision.objects.filter(case__comment=comment)
    outbox.overtake([decision.letter_key for decision in decided], at=at)
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id,
        kind=comment.kind,
        region_id=comment.region_id,
    )
    number = Recommendation.objects.values_list("number", flat=True).get(
        pk=comment.recommendation_id
    )
    return Taken(number, ended)


def record(response: Response, taken: Taken, *, user: User, at: datetime) -> None:
    """Put on the ledger that a comment was taken back, and then the appeals that this ended."""
    ledger.append(
        consultation_id=response.consultation_id,
        act="comment_withdrawn",
        at=at,
        payload={
            "recommendation": taken.number,
            "response": response.reference,
            "by": user.pk,
        },
    )
    voiding.record(taken.ended, response, taken.number, user=user, at=at)


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
