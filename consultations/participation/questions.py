"""Answering the owner's questions: saved one by one, sent with the whole response."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import (
    Consultation,
    Membership,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    QuestionDraft,
    Response,
    User,
)
from consultations.participation.answers import (
    ConflictError,
    ParticipationError,
    UnreadyError,
)
from consultations.participation.draft import saved_since
from consultations.participation.opening import open_response

State = QuestionAnswer.State


@dataclass(frozen=True)
class UnsentAnswer:
    """What a form says to a question; saved, and not sent.

    `chosen` are the numbers of the choices; `based_on` is the number of the version that the form
    was opened on, 0 for none, and `over` the stamp of the draft, None for none.
    """

    chosen: tuple[int, ...]
    text: str
    why: str
    based_on: int
    over: UUID | None

    def same_as(self, draft: QuestionDraft) -> bool:
        """Whether a draft says exactly this, on the same version."""
        mine = ([*self.chosen], self.text, self.why, self.based_on)
        return mine == (draft.chosen, draft.text, draft.why, draft.based_on)


def save_answer(
    *,
    user: User,
    membership: Membership | None,
    question: Question,
    said: UnsentAnswer,
    at: datetime,
) -> QuestionDraft:
    """Save an answer in the user's response, which is begun where there is none; nothing is sent.

    Raises ClosedError after the deadline, ConflictError where a colleague saved or sent another
    answer since the form was opened, ParticipationError for a choice that is not offered.
    """
    arguments = (user, membership, question, said, at)
    try:
        return _save(*arguments)
    except IntegrityError:
        # Two first saves at once: the other made the response; now it is there.
        return _save(*arguments)


def drafts_of(response: Response, consultation: Consultation) -> list[QuestionDraft]:
    """Return the answers of a response that are not sent yet, in the order of their questions."""
    rows = QuestionDraft.objects.filter(response=response).select_related("question")
    found = list(rows.order_by("question__number", "pk"))
    for draft in found:
        draft.response, draft.question.consultation = response, consultation
    return found


def send(
    drafts: Sequence[QuestionDraft], response: Response, *, user: User, at: datetime
) -> list[QuestionAnswerVersion]:
    """Make each draft its answer's next version (a few statements in all).

    `record` puts them on the ledger. Raises UnreadyError where one says nothing, or was answered
    again since it was begun.
    """
    if not drafts:
        return []
    rows = QuestionAnswer.objects.filter(response=response).select_related("current")
    there = {answer.question_id: answer for answer in rows}
    written = [_version(draft, there.get(draft.question_id), user, at) for draft in drafts]
    store(written, at)
    QuestionDraft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    return written


def store(written: Sequence[QuestionAnswerVersion], at: datetime) -> None:
    """Write versions, and the answers that they are of where these are new (three statements)."""
    answers = [version.answer for version in written]
    QuestionAnswer.objects.bulk_create([answer for answer in answers if answer.pk is None])
    for version, answer in zip(written, answers, strict=True):
        version.answer = answer
    QuestionAnswerVersion.objects.bulk_create(written)
    for version, answer in zip(written, answers, strict=True):
        answer.current, answer.state, answer.submitted_at = version, State.SUBMITTED, at
    QuestionAnswer.objects.bulk_update(answers, ["current", "state", "submitted_at"])


def record(written: Sequence[QuestionAnswerVersion], at: datetime) -> None:
    """Append what was sent to the consultation's ledger, as one entry."""
    if not written:
        return
    first = written[0]
    ledger.append(
        consultation_id=first.question.consultation_id,
        act="answers_submitted",
        at=at,
        payload={
            "response": first.response.reference,
            "by": first.written_by_id,
            "answers": [
                {
                    "question": each.question.number,
                    "version": each.number,
                    "words": ledger.seal(each),
                }
                for each in written
            ],
        },
    )


def refuse_owing(response: Response) -> None:
    """Raise UnreadyError that names the first required question without an answer that stands."""
    answered = QuestionAnswer.objects.filter(response=response, state=State.SUBMITTED)
    owed = Question.objects.filter(consultation_id=response.consultation_id, required=True)
    left = owed.exclude(pk__in=answered.values("question")).order_by("number", "pk").first()
    if left is not None:
        raise UnreadyError(
            _("Question %(number)s has to be answered before anything is sent: “%(words)s”")
            % {"number": left.number, "words": left.words}
        )


@transaction.atomic
def _save(
    user: User,
    membership: Membership | None,
    question: Question,
    said: UnsentAnswer,
    at: datetime,
) -> QuestionDraft:
    _refuse_unoffered(question, said)
    consultation = question.consultation
    opened = open_response(user, membership, consultation, permission="", notices=None, at=at)
    draft = QuestionDraft(response=opened.response, question=question)
    if not opened.begun_now:
        draft = _draft_on(question, opened.response, said.based_on)
    if draft.pk and said.same_as(draft):
        return draft
    if draft.pk and draft.stamp != said.over:
        raise saved_since(draft, user)
    draft.stamp = uuid4()
    draft.chosen, draft.text, draft.why = [*said.chosen], said.text, said.why
    draft.based_on = said.based_on
    draft.written_by, draft.written_at = user, at
    draft.begun_at = draft.begun_at or at
    draft.save()
    return draft


def _refuse_unoffered(question: Question, said: UnsentAnswer) -> None:
    if not question.takes(said.chosen, said.text, said.why):
        raise ParticipationError(_("This question does not take such an answer. Open it again."))


def _draft_on(question: Question, response: Response, based_on: int) -> QuestionDraft:
    """Return the draft, or a new one (not saved); raise ConflictError where it was sent since."""
    rows = QuestionDraft.objects.filter(response=response, question=question)
    draft = rows.select_related("written_by").first()
    sent = QuestionAnswer.objects.filter(response=response, question=question)
    answer = sent.select_related("current__written_by").first()
    latest = answer.current if answer else None
    for row in (draft, latest):
        if row is not None:
            row.question = question
    if latest is not None and latest.number != based_on:
        raise ConflictError(_("This answer was sent since you opened this page."), latest)
    return draft or QuestionDraft(response=response, question=question)


def _version(
    draft: QuestionDraft, answer: QuestionAnswer | None, user: User, at: datetime
) -> QuestionAnswerVersion:
    """Return the next version of an answer (None: of a new one), neither of them saved."""
    latest = answer.current if answer else None
    number = {"number": draft.question.number}
    if not draft.complete:
        raise UnreadyError(_("Your answer to question %(number)s is not finished.") % number)
    if (latest.number if latest else 0) != draft.based_on:
        raise UnreadyError(
            _("Question %(number)s was answered again since this draft was begun.") % number
        )
    return QuestionAnswerVersion(
        answer=answer
        or QuestionAnswer(response=draft.response, question=draft.question, submitted_at=at),
        response=draft.response,
        question=draft.question,
        number=latest.number + 1 if latest else 1,
        chosen=draft.chosen,
        text=draft.text,
        why=draft.why,
        written_by=user,
        drafted_by_id=None if draft.written_by_id == user.pk else draft.written_by_id,
        written_at=at,
        key=draft.stamp,
    )
