"""Confirming, after the close, that a body has approved what a lead sent subject to approval."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import (
    Comment,
    Consultation,
    Document,
    QuestionAnswer,
    Response,
    SignOff,
    StatementTimestamp,
    User,
)
from consultations.models.clock import day_of
from consultations.participation import documents, withdraw
from consultations.participation.answers import UnreadyError

# A body that meets after the close has so long to approve what was sent before it.
APPROVED_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class TakenBack:
    """What was not approved: recommendations and questions by number, documents by reference."""

    recommendations: Collection[int] = ()
    questions: Collection[int] = ()
    documents: Collection[str] = ()


def last_day(consultation: Consultation) -> datetime | None:
    """Return the instant until which an approval may be confirmed; None where no close is set."""
    return consultation.closes_at and consultation.closes_at + APPROVED_WITHIN


@transaction.atomic
def approve(*, response: Response, withdrawn: TakenBack, user: User, at: datetime) -> None:
    """Confirm once, after the close, that the body has approved what was sent.

    What `withdrawn` names is taken back; what was sent stays as it was sent otherwise. Raises
    UnreadyError before the close, too long after it, and for a response that waits for no approval.
    """
    locked = (
        Response.objects.select_for_update(of=("self",), no_key=True)
        .select_related("sign_off", "consultation")
        .annotate(now=StatementTimestamp())
        .get(pk=response.pk)
    )
    _confirm(locked, _awaited(locked, locked.now), user, at)
    comments = [
        taken
        for comment in _comments(locked, withdrawn.recommendations)
        if (taken := withdraw.take_back(comment, at=at))
    ]
    answers = [
        answer.question.number
        for answer in _answers(locked, withdrawn.questions)
        if withdraw.take_back_answer(answer)
    ]
    files = [each for each in _files(locked, withdrawn) if documents.take_back(each, at)]
    for taken in comments:
        withdraw.record(locked, taken, user=user, at=at)
    for number in answers:
        withdraw.record_answer(locked, number, user=user, at=at)
    for each in files:
        documents.record_taken_back(each, user, at)
    ledger.append(
        consultation_id=locked.consultation_id,
        act="response_approved",
        at=at,
        payload={
            "response": locked.reference,
            "withdrawn": [taken.number for taken in comments],
            "questions_withdrawn": [*answers],
            "documents_withdrawn": [each.reference for each in files],
            "by": user.pk,
        },
    )


def _confirm(response: Response, signed: SignOff, user: User, at: datetime) -> None:
    """Sign a locked response off as approved; what was signed before it is kept."""
    response.sign_off = SignOff.objects.create(
        response=response,
        represents=signed.represents,
        consulted=signed.consulted,
        outcome=SignOff.Outcome.APPROVED,
        body=signed.body,
        expected_on=signed.expected_on,
        signed_by=user,
        signed_at=at,
    )
    if response.shown_sign_off_id == signed.pk:
        response.shown_sign_off = response.sign_off
    response.save(update_fields=["sign_off", "shown_sign_off"])


def _awaited(response: Response, now: datetime) -> SignOff:
    """Return the sign-off that waits for an approval; raise UnreadyError where none may come."""
    signed, closes_at = response.sign_off, response.consultation.closes_at
    until = last_day(response.consultation)
    if response.submitted_at is None or signed is None or not signed.subject:
        raise UnreadyError(_("Nothing here waits for an approval."))
    if closes_at is None or until is None or now < closes_at:
        raise UnreadyError(
            _("Until the consultation closes you can still change what you sent, or sign off anew.")
        )
    if now >= until:
        raise UnreadyError(
            _("An approval could be confirmed until %(day)s.") % {"day": day_of(until)}
        )
    return signed


def _comments(response: Response, numbers: Collection[int]) -> list[Comment]:
    rows = Comment.objects.filter(response=response, recommendation__number__in=numbers)
    return list(rows.select_related("recommendation").order_by("recommendation__number", "pk"))


def _answers(response: Response, numbers: Collection[int]) -> list[QuestionAnswer]:
    rows = QuestionAnswer.objects.filter(response=response, question__number__in=numbers)
    return list(rows.select_related("question").order_by("question__number", "pk"))


def _files(response: Response, withdrawn: TakenBack) -> list[Document]:
    """Return the documents that are named, each with the response that is locked."""
    rows = response.documents.filter(reference__in=withdrawn.documents)
    return list(rows.order_by("pk"))
