"""Answering one of the owner's questions: chosen, placed on a scale, or written."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from consultations.forms.fields import TidyField
from consultations.models import Question
from consultations.participation import MOST_CHARACTERS, UnsentAnswer

MOST_SHORT_CHARACTERS = 200
MOST_WHY_CHARACTERS = 2_000


class QuestionForm(forms.Form):
    """What is said to one question; it is only ever saved here, and sent with all the rest."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10_000)
    draft = forms.UUIDField(widget=forms.HiddenInput, required=False)
    # In whose name the form was opened: it may be another's by the time that it is saved.
    whose = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)

    def __init__(
        self, *args: Any, question: Question, organisation: bool = False, **options: Any
    ) -> None:
        """Ask what the question asks; an organisation may write more than a person."""
        super().__init__(*args, **options)
        self.question, self.organisation = question, organisation
        self.first = "text" if question.is_text else "chosen"
        self.fields[self.first] = self._first_field()
        if question.asks_why:
            self.fields["why"] = _written(_("Why do you say so?"), MOST_WHY_CHARACTERS, rows=4)
        self.order_fields([self.first, "why", "based_on", "draft", "whose"])

    def _first_field(self) -> forms.Field:
        match self.question.kind:
            case Question.Kind.SHORT:
                return _written(_("Your answer"), MOST_SHORT_CHARACTERS, rows=1)
            case Question.Kind.LONG:
                return _written(_("Your answer"), MOST_CHARACTERS[self.organisation], rows=8)
            case Question.Kind.SEVERAL:
                return forms.TypedMultipleChoiceField(
                    label=_("Your answer"),
                    help_text=_("Choose all that apply."),
                    widget=forms.CheckboxSelectMultiple,
                    **self._offered(),
                )
            case _:
                return forms.TypedChoiceField(
                    label=_("Your answer"), widget=forms.RadioSelect, **self._offered()
                )

    def _offered(self) -> dict[str, Any]:
        return {
            "choices": self.question.choices(),
            "coerce": int,
            "empty_value": None,
            "required": False,
            "error_messages": {"invalid_choice": _("Choose from the list.")},
        }

    def clean(self) -> dict[str, Any]:
        """Refuse to save a form in which nothing was said."""
        said = self.cleaned_data
        if not self.errors and not (said.get(self.first) or said.get("why")):
            sentence = _("Write your answer before you save.")
            if not self.question.is_text:
                sentence = _("Choose an answer before you save.")
            self.add_error(self.first, sentence)
        return said

    def unsent(self) -> UnsentAnswer:
        """Return what a valid form says."""
        said = self.cleaned_data
        chosen = said.get("chosen") or []
        return UnsentAnswer(
            chosen=tuple(chosen) if isinstance(chosen, list) else (chosen,),
            text=said.get("text", ""),
            why=said.get("why", ""),
            based_on=said["based_on"],
            over=said["draft"],
        )


def initial_of(
    question: Question, *, chosen: Sequence[object], text: str, why: str
) -> dict[str, object]:
    """Return what a form for the question begins with, from what was said before."""
    several = question.kind == Question.Kind.SEVERAL
    first: object = list(chosen) if several else next(iter(chosen), "")
    return {"chosen": first, "text": text, "why": why}


def _written(label: str, limit: int, *, rows: int) -> TidyField:
    """Return a field for a text: of one line where it has one row."""
    lines = rows > 1
    size: dict[str, object] = {"rows": rows, "data-limit": limit} if lines else {}
    widget = forms.Textarea(attrs=size) if lines else forms.TextInput()
    return TidyField(
        label=label,
        limit=limit,
        lines=lines,
        required=False,
        help_text=_("Up to %(limit)s characters.") % {"limit": f"{limit:,}"},
        widget=widget,
    )
