"""The forms in which an officer types what a paper says to the owner's questions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from consultations.forms import TidyField
from consultations.models import (
    Consultation,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    Response,
)
from consultations.participation import MOST_ON_PAPER, Reply


class ReplyForm(forms.Form):
    """What it says to one question; nothing may be said."""

    def __init__(
        self, data: Any = None, *, question: Question, version: QuestionAnswerVersion | None
    ) -> None:
        """Ask what the question asks, beginning with what was typed before."""
        prefix = f"q{question.number}"
        super().__init__(data, prefix=prefix, label_suffix="", initial=_begun(question, version))
        self.question = question
        self.first = "text" if question.is_text else "chosen"
        self.fields[self.first] = _first(question)
        if question.asks_why:
            self.fields["why"] = _written(_("Why: what it says"), lines=True)

    @property
    def several(self) -> bool:
        """Whether its choices stand in a group."""
        return self.question.kind == Question.Kind.SEVERAL

    def clean(self) -> dict[str, Any]:
        """Ask for the answer beside the reason."""
        said = self.cleaned_data
        if said.get("why") and not said.get(self.first) and self.first not in self.errors:
            self.add_error(self.first, _("Choose the answer for which it gives this reason."))
        return said

    def reply(self) -> Reply | None:
        """Return what a valid form says, or None for nothing."""
        said = self.cleaned_data
        if not said.get(self.first):
            return None
        chosen = said.get("chosen") or []
        numbers = tuple(chosen) if isinstance(chosen, list) else (chosen,)
        return Reply(self.question, numbers, said.get("text", ""), said.get("why", ""))


def forms_for(data: Any, consultation: Consultation, response: Response | None) -> list[ReplyForm]:
    """Return a form for each question, as it was sent or begins (two queries at most)."""
    asked = Question.objects.filter(consultation=consultation).order_by("number", "pk")
    typed = {row.question_id: row.current for row in said_in(response)} if response else {}
    return [ReplyForm(data, question=one, version=typed.get(one.pk)) for one in asked]


def said_in(response: Response) -> list[QuestionAnswer]:
    """Return the answers of a response that stand, in order (one query)."""
    rows = response.question_answers.filter(state=QuestionAnswer.State.SUBMITTED)
    related = rows.select_related("question", "current__question")
    return list(related.order_by("question__number", "pk"))


def replies_in(forms: Sequence[ReplyForm]) -> list[Reply]:
    """Return what valid forms say."""
    return [reply for form in forms if (reply := form.reply()) is not None]


def _begun(question: Question, version: QuestionAnswerVersion | None) -> dict[str, Any]:
    if version is None:
        return {}
    several = question.kind == Question.Kind.SEVERAL
    chosen = version.chosen if several else next(iter(version.chosen), "")
    return {"chosen": chosen, "text": version.text, "why": version.why}


def _first(question: Question) -> forms.Field:
    common: Any = {"label": _("Answer"), "coerce": int, "required": False, "empty_value": None}
    match question.kind:
        case Question.Kind.SHORT | Question.Kind.LONG:
            return _written(_("Answer"), lines=question.kind == Question.Kind.LONG)
        case Question.Kind.SEVERAL:
            return forms.TypedMultipleChoiceField(
                **common, choices=question.choices(), widget=forms.CheckboxSelectMultiple
            )
        case _:
            nothing = ("", _("Says nothing on this"))
            return forms.TypedChoiceField(**common, choices=[nothing, *question.choices()])


def _written(label: str, *, lines: bool) -> TidyField:
    """Return a field for words, which on paper are as long as they are."""
    widget = forms.Textarea(attrs={"rows": 4}) if lines else forms.TextInput()
    return TidyField(label=label, limit=MOST_ON_PAPER, lines=lines, required=False, widget=widget)
