"""What an organisation's people say at their desk: signing off, inviting, notes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.forms.fields import TidyField
from consultations.models import Membership, SignOff
from consultations.participation import MOST_BODY, MOST_STATED, Statement, TakenBack

Choices = Sequence[tuple[int | str, str]]


class SignOffForm(forms.Form):
    """Whom an organisation represents and consulted, and whether what it sends is final."""

    represents = TidyField(
        label=gettext_lazy("Whom do you represent?"),
        limit=MOST_STATED,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-limit": MOST_STATED}),
    )
    consulted = TidyField(
        label=gettext_lazy("Whom did you consult before you answered?"),
        limit=MOST_STATED,
        lines=True,
        required=False,
        help_text=gettext_lazy(
            "For example members, residents or committees. You may leave it empty."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "data-limit": MOST_STATED}),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Is your response final?"),
        choices=[
            (value, SignOff.Outcome(value).label)
            for value in (SignOff.Outcome.FINAL, SignOff.Outcome.SUBJECT)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether your response is final.")},
    )
    body = TidyField(
        label=gettext_lazy("Who approves it?"),
        limit=MOST_BODY,
        required=False,
        help_text=gettext_lazy("Only if it is subject to approval. For example: Cabinet."),
    )
    expected_on = forms.DateField(
        label=gettext_lazy("When do you expect the approval?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"],
        error_messages={"invalid": gettext_lazy("Write a day, for example 2026-12-04.")},
    )

    def __init__(self, *args: Any, representative: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["represents"]
        field.required = representative
        field.error_messages["required"] = _("Say whom you represent.")
        field.help_text = (
            _("For example how many members you have, and of which kinds.")
            if representative
            else _("You may leave it empty.")
        )

    def clean(self) -> dict[str, Any]:
        """Ask who approves it and when, where it is not final."""
        said = self.cleaned_data
        if said.get("outcome") == SignOff.Outcome.SUBJECT:
            if not said.get("body") and "body" not in self.errors:
                self.add_error("body", _("Say who approves your response."))
            if not said.get("expected_on") and "expected_on" not in self.errors:
                self.add_error("expected_on", _("Say when you expect the approval."))
        return said

    def statement(self) -> Statement:
        """Return what a valid form says; who approves is left out where it is final."""
        said = self.cleaned_data
        if said["outcome"] == SignOff.Outcome.FINAL:
            return Statement(said["represents"], said["consulted"])
        return Statement(said["represents"], said["consulted"], said["body"], said["expected_on"])


class ApprovalForm(forms.Form):
    """That the body has approved the response, and what is taken back for it.

    Each group is asked about only where the response has something to take back.
    """

    withdrawn = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Take back answers to recommendations"),
        coerce=int,
        required=False,
        help_text=gettext_lazy("Choose those that were not approved. If all were, choose none."),
        widget=forms.CheckboxSelectMultiple,
    )
    answers = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Take back answers to the organisers’ questions"),
        coerce=int,
        required=False,
        help_text=gettext_lazy("Choose those that were not approved. If all were, choose none."),
        widget=forms.CheckboxSelectMultiple,
    )
    documents = forms.MultipleChoiceField(
        label=gettext_lazy("Take back the document"),
        required=False,
        help_text=gettext_lazy("Our copy of the file is deleted. Its title stays here for you."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, standing: Mapping[str, Choices], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in [*self.fields]:
            if standing[name]:
                self.fields[name].choices = standing[name]  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def taken_back(self) -> TakenBack:
        """Return what a valid form takes back."""
        said = self.cleaned_data
        named = (said.get(name, ()) for name in ("withdrawn", "answers", "documents"))
        return TakenBack(*named)


class InviteForm(forms.Form):
    """A colleague's address, and what they are to be."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of your colleague"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Write an e-mail address."),
            "invalid": gettext_lazy("Write an e-mail address, for example name@council.gov.uk."),
        },
    )
    role = forms.ChoiceField(
        label=gettext_lazy("What may they do?"),
        choices=[
            (Membership.Right.CONTRIBUTOR, gettext_lazy("Contributor: write and save answers")),
            (Membership.Right.LEAD, gettext_lazy("Lead: also send them, and decide who joins")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what they may do.")},
    )

    def __init__(self, *args: Any, by_a_lead: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not by_a_lead:
            del self.fields["role"]


class NoteForm(forms.Form):
    """A note to colleagues."""

    text = TidyField(
        label=gettext_lazy("Write a note to your colleagues"),
        limit=MOST_STATED,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 4, "data-limit": MOST_STATED}),
        error_messages={"required": gettext_lazy("Write something before you save the note.")},
    )
