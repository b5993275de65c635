"""What every decision in the admin asks besides itself: a note for colleagues, and a reason."""

from django import forms
from django.utils.translation import gettext_lazy

from consultations.forms import TidyField
from consultations.models import Reason


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


class ReasonForm(NoteForm):
    """Why something is not shown, which its author is told."""

    reason = forms.ModelChoiceField(
        Reason.objects.filter(retired=False),
        label=gettext_lazy("Reason"),
        empty_label=gettext_lazy("Choose a reason"),
        help_text=gettext_lazy("The author receives the text of the reason."),
        error_messages={"required": gettext_lazy("Choose the reason that the author is told.")},
    )
    field_order = ("reason", "note")
