"""What the owner asks, and where the visitor stands with it: for lists, and for the way onward."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from consultations.models import (
    Consultation,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    QuestionDraft,
    Response,
)

# Questions on the consultation as a whole come after all recommendations.
LAST = 1_000_000


@dataclass(frozen=True)
class Step:
    """A question, and whether the visitor has sent or saved an answer."""

    question: Question
    answered: bool
    saved: bool

    @property
    def done(self) -> bool:
        """Whether there is nothing to do here."""
        return self.answered or self.saved

    @property
    def owed(self) -> bool:
        """Whether nothing can be sent before it: required, and no answer was sent."""
        return self.question.required and not self.answered


@dataclass(frozen=True)
class Row:
    """A question, with the answer that was sent, and the one that is saved and not sent."""

    question: Question
    answer: QuestionAnswer | None
    draft: QuestionDraft | None
    earlier: tuple[QuestionAnswerVersion, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether an answer was sent that stands."""
        return self.answer is not None and self.answer.stands

    @property
    def missing(self) -> str:
        """What keeps the draft from being sent, in a sentence; "" where nothing does."""
        if self.draft is None or self.draft.complete:
            return ""
        return _("Give an answer, not only the reason for it.")

    @property
    def owed(self) -> bool:
        """Whether it has to be answered, and nothing is sent or saved."""
        return self.question.required and not self.answered and self.draft is None


def place(question: Question) -> tuple[int, int]:
    """Return where a question stands among the recommendations, which come at (number, 0)."""
    about = question.recommendation
    return (about.number if about else LAST, question.number)


def steps(consultation: Consultation, response: Response | None) -> list[Step]:
    """Return every question of a consultation, and where a response stands with it (one query)."""
    mine = {"response": response, "question": OuterRef("pk")}
    sent = QuestionAnswer.objects.filter(**mine, state=QuestionAnswer.State.SUBMITTED)
    rows = Question.objects.filter(consultation=consultation).select_related("recommendation")
    if response is not None:
        rows = rows.annotate(
            answered=Exists(sent), saved=Exists(QuestionDraft.objects.filter(**mine))
        )
    return [
        Step(row, getattr(row, "answered", False), getattr(row, "saved", False))
        for row in rows.order_by("number", "pk")
    ]


def rows(consultation: Consultation, response: Response | None) -> list[Row]:
    """Return every question with all that a response says to it (up to three queries)."""
    found = Question.objects.filter(consultation=consultation).select_related("recommendation")
    asked = list(found.order_by("number", "pk"))
    if response is None or not asked:
        return [Row(question, None, None) for question in asked]
    sent: dict[int, list[QuestionAnswerVersion]] = defaultdict(list)
    versions = QuestionAnswerVersion.objects.filter(response=response).select_related(
        "answer", "written_by", "drafted_by"
    )
    for version in versions.order_by("-number", "pk"):
        sent[version.question_id].append(version)
    saved = QuestionDraft.objects.filter(response=response).select_related("written_by")
    drafts = {row.question_id: row for row in saved.order_by("pk")}
    return [_row(each, sent[each.pk], drafts.get(each.pk)) for each in asked]


def _row(
    question: Question, versions: Sequence[QuestionAnswerVersion], draft: QuestionDraft | None
) -> Row:
    """Return a row of a question, its versions (the newest first) and its draft."""
    if draft is not None:
        draft.question = question
    for version in versions:
        version.question = question
    if not versions:
        return Row(question, None, draft)
    answer = versions[0].answer
    answer.current = versions[0]
    return Row(question, answer, draft, tuple(versions[1:]))
