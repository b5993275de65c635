"""What the admin asks before it withdraws, hides or restores a document."""

from django import forms
from django.utils.translation import gettext_lazy

from consultations.forms import TidyField
from consultations.models import Reason


class WithdrawForm(forms.Form):
    """Why a document is no longer handed out."""

    why = TidyField(
        label=gettext_lazy("Why?"),
        limit=500,
        help_text=gettext_lazy("These words stay on the page, with the title and the date."),
        widget=forms.TextInput,
        error_messages={"required": gettext_lazy("Say why: readers may have relied on it.")},
    )


class NoteForm(forms.Form):
    """What colleagues should know about a decision."""

    note = TidyField(
        limit=2_000,
        lines=True,
        required=False,
        label=gettext_lazy("Note for colleagues"),
        help_text=gettext_lazy("Only colleagues see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HideForm(NoteForm):
    """Why a respondent's document is no longer shown."""

    reason = forms.ModelChoiceField(
        Reason.objects.filter(retired=False),
        label=gettext_lazy("Reason"),
        empty_label=gettext_lazy("Choose a reason"),
        help_text=gettext_lazy("Whoever sent it receives the text of the reason."),
        error_messages={"required": gettext_lazy("Choose the reason that they are told.")},
    )
    field_order = ("reason", "note")
