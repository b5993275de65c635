"""What came on paper says to the owner's questions: typed, put right, taken back.

A paper answers what it answers: none of the questions is required here. Such answers are counted
and read by the owner as all are; they are never published, so no moderator reads them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from consultations.models import Question, QuestionAnswer, QuestionAnswerVersion, Response, User
from consultations.participation import questions
from consultations.participation.answers import ParticipationError


@dataclass(frozen=True)
class Reply:
    """What it says to one question: the numbers of the choices, or a text; and why."""

    question: Question
    chosen: tuple[int, ...]
    text: str
    why: str

    def same_as(self, version: QuestionAnswerVersion | None) -> bool:
        """Whether a version says exactly this."""
        mine = ([*self.chosen], self.text, self.why)
        return version is not None and mine == (version.chosen, version.text, version.why)


def refuse_unoffered(replies: Sequence[Reply]) -> None:
    """Raise ParticipationError for an answer that its question does not take."""
    for reply in replies:
        if not reply.question.takes(reply.chosen, reply.text, reply.why):
            raise ParticipationError(
                _("Question %(number)s does not take such an answer.")
                % {"number": reply.question.number}
            )


def standing(response: Response) -> dict[int, QuestionAnswer]:
    """Return the answers of a response by question, those that were taken back too (one query)."""
    rows = QuestionAnswer.objects.filter(response=response).select_related("current", "question")
    return {row.question_id: row for row in rows.order_by("question__number", "pk")}


def new(there: dict[int, QuestionAnswer], replies: Sequence[Reply]) -> list[Reply]:
    """Return the replies that do not stand there already."""
    return [one for one in replies if not _stands(there.get(one.question.pk), one)]


def gone(there: dict[int, QuestionAnswer], replies: Sequence[Reply]) -> list[QuestionAnswer]:
    """Return the answers that the officer emptied."""
    stay = {one.question.pk for one in replies}
    return [answer for key, answer in there.items() if key not in stay and answer.stands]


def write(
    replies: Sequence[Reply],
    response: Response,
    there: dict[int, QuestionAnswer],
    *,
    key: UUID,
    by: User,
    at: datetime,
) -> list[QuestionAnswerVersion]:
    """Store each reply as its answer's next version; `questions.record` puts them on the ledger."""
    written = [_version(one, response, there.get(one.question.pk), key, by, at) for one in replies]
    if written:
        questions.store(written, at)
    return written


def take_back(answers: Sequence[QuestionAnswer]) -> None:
    """Take back what should not have been typed; its versions are kept."""
    if answers:
        rows = QuestionAnswer.objects.filter(pk__in=[answer.pk for answer in answers])
        rows.update(state=QuestionAnswer.State.WITHDRAWN)


def key_of(key: UUID, reply: Reply) -> UUID:
    """Return the key of one answer's version, made from the form's."""
    return uuid5(key, f"q{reply.question.number}")


def _stands(answer: QuestionAnswer | None, reply: Reply) -> bool:
    return answer is not None and answer.stands and reply.same_as(answer.current)


def _version(
    reply: Reply,
    response: Response,
    answer: QuestionAnswer | None,
    key: UUID,
    by: User,
    at: datetime,
) -> QuestionAnswerVersion:
    """Return the next version of an answer (None: of a new one), neither of them saved."""
    latest = answer.current if answer else None
    return QuestionAnswerVersion(
        answer=answer
        or QuestionAnswer(response=response, question=reply.question, submitted_at=at),
        response=response,
        question=reply.question,
        number=latest.number + 1 if latest else 1,
        chosen=[*reply.chosen],
        text=reply.text,
        why=reply.why,
        written_by=by,
        written_at=at,
        key=key_of(key, reply),
    )
