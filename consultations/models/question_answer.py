"""Answers to the owner's questions: what was sent, in immutable versions, and what is only saved.

They are counted and read by the owner, and never published.
"""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models.appendonly import only_erased
from consultations.models.draft import Saved, joined
from consultations.models.people import User
from consultations.models.question import Question
from consultations.models.response import Response


class Said(models.Model):
    """What is said to a question: the numbers of the choices, or a text; and why."""

    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("response"),
    )
    question = models.ForeignKey(
        Question,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("question"),
    )
    chosen = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("chosen")
    )
    text = models.TextField(_("answer"), blank=True)
    why = models.TextField(_("why"), blank=True)

    class Meta:
        abstract = True

    def labels(self) -> list[str]:
        """Return in words what was chosen."""
        return self.question.labels(self.chosen)


class QuestionAnswer(models.Model):
    """That a response answers a question, and the version that stands."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")
        # The organisation had answered already: neither counted nor read for it.
        SET_ASIDE = "set_aside", _("set aside")

    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="question_answers",
        verbose_name=_("response"),
    )
    question = models.ForeignKey(
        Question,
        on_delete=models.PROTECT,
        related_name="answers",
        verbose_name=_("question"),
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.SUBMITTED)
    current = models.ForeignKey(
        "QuestionAnswerVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("current"),
    )
    submitted_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("answer to a question")
        verbose_name_plural = _("answers to questions")
        ordering = ["question__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"], name="question_answer_once_a_question"
            )
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def stands(self) -> bool:
        """Whether it was sent, and has not been taken back."""
        return self.state == self.State.SUBMITTED

    def standing(self) -> str:
        """Say to its author where the answer is."""
        return str(STANDINGS[self.State(self.state)])


STANDINGS = {
    QuestionAnswer.State.SUBMITTED: _("Sent. It counts."),
    QuestionAnswer.State.WITHDRAWN: _("Withdrawn by you."),
    QuestionAnswer.State.SET_ASIDE: _(
        "Not counted: your organisation had answered already, and counts once."
    ),
}


class QuestionAnswerVersion(Said):
    """An answer as sent at one instant; never changed, only erased."""

    answer = models.ForeignKey(
        QuestionAnswer,
        on_delete=models.CASCADE,
        related_name="versions",
        verbose_name=_("answer"),
    )
    number = models.PositiveSmallIntegerField(_("version"))
    written_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    # Who wrote the draft that another has sent.
    drafted_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("drafted by"),
    )
    written_at = models.DateTimeField(_("written"))
    key = models.UUIDField(_("stamp of the draft"))
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of an answer")
        verbose_name_plural = _("versions of answers")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="question_version_number"),
            models.UniqueConstraint(fields=["response", "key"], name="question_version_key"),
        ]
        triggers = only_erased(
            fixed=["number", "answer", "response", "question", "chosen", "written_at"],
            words=["text", "why"],
            names=("answers_never_change", "answers_never_deleted"),
            sentences=(
                "an answer that was sent is never changed, only erased",
                "versions of answers are never deleted, only erased",
            ),
        )

    def __str__(self) -> str:
        return str(_("version %(number)s") % {"number": self.number})


class QuestionDraftQuerySet(models.QuerySet["QuestionDraft"]):
    """What is done to all drafts of a response."""

    def move(self, response: Response, to: Response) -> None:
        """Bring a response's drafts into another; where that has one too, the words are joined.

        One choice cannot be two: the other's stands, and this one's is told in its reason, where
        the question asks for one.
        """
        there = {draft.question_id: draft for draft in self.model.objects.filter(response=to)}
        mine = self.filter(response=response).select_related("question")
        for draft in mine.order_by("pk"):
            other = there.get(draft.question_id)
            if other is None:
                draft.response, draft.based_on = to, 0
                draft.save(update_fields=["response", "based_on"])
                continue
            other.join(draft)
            other.save(update_fields=["chosen", "text", "why", "stamp"])
            draft.delete()


class QuestionDraft(Said, Saved):
    """An unsent answer to a question; never counted, and seen by its respondents alone.

    Colleagues share it as they share a `Draft`: each save gives it a new stamp.
    """

    objects = QuestionDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an answer")
        verbose_name_plural = _("drafts of answers")
        ordering = ["question__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"], name="question_draft_once_a_question"
            )
        ]

    def __str__(self) -> str:
        return str(_("draft of an answer"))

    @property
    def complete(self) -> bool:
        """Whether it answers: a reason alone does not."""
        return bool(self.chosen or self.text)

    def join(self, other: "QuestionDraft") -> None:
        """Take in what another draft of the same question says (not saved)."""
        self.stamp = uuid4()
        self.why = joined(self.why, other.why)
        if other.question.kind == Question.Kind.SHORT:
            self.text = joined(self.text, other.text, between=" / ")
        else:
            self.text = joined(self.text, other.text)
        if other.question.kind == Question.Kind.SEVERAL or not self.chosen:
            self.chosen = sorted({*self.chosen, *other.chosen})
        elif other.chosen != self.chosen and other.question.asks_why:
            self.why = joined(self.why, ", ".join(other.labels()))


def owes() -> models.Exists:
    """Of a response: whether a required question of its consultation has no answer that stands.

    It is asked with the response's own row, and costs no query.
    """
    answered = QuestionAnswer.objects.filter(
        response=models.OuterRef(models.OuterRef("pk")),
        question=models.OuterRef("pk"),
        state=QuestionAnswer.State.SUBMITTED,
    )
    required = Question.objects.filter(consultation=models.OuterRef("consultation"), required=True)
    return models.Exists(required.filter(~models.Exists(answered)))
