"""What officers type of the official response."""

from django import forms
from django.utils.translation import gettext_lazy

from consultations.forms import TidyField
from consultations.models import OfficialAnswer
from consultations.publishing.official import LONGEST_REASON

MOST_CHARACTERS = 20_000
FIELDS = ("status", "asked", "said", "will", "progress")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "cols": 80})


class AnswerForm(forms.Form):
    """What is answered on one recommendation."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=[("", gettext_lazy("Choose a status")), *OfficialAnswer.Status.choices],
        error_messages={"required": gettext_lazy("Choose a status.")},
    )
    asked = TidyField(
        label=gettext_lazy("We asked"),
        limit=MOST_CHARACTERS,
        lines=True,
        widget=_area(4),
        help_text=gettext_lazy("Markdown, as in the texts below."),
        error_messages={"required": gettext_lazy("Say what was asked.")},
    )
    said = TidyField(
        label=gettext_lazy("You said"),
        limit=MOST_CHARACTERS,
        lines=True,
        widget=_area(8),
        help_text=gettext_lazy(
            "Cite a comment by its reference, as [[ABCD2345]], and a digest’s sentence on this "
            "recommendation as [[digest 3.2]]: whoever is cited is told that it is answered."
        ),
        error_messages={"required": gettext_lazy("Say what people said.")},
    )
    will = TidyField(
        label=gettext_lazy("We will"),
        limit=MOST_CHARACTERS,
        lines=True,
        widget=_area(8),
        error_messages={"required": gettext_lazy("Say what will be done, or why nothing will.")},
    )
    progress = TidyField(
        label=gettext_lazy("What has happened since"),
        limit=MOST_CHARACTERS,
        lines=True,
        required=False,
        widget=_area(6),
        help_text=gettext_lazy("Leave it empty the first time."),
    )
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class DelayForm(forms.Form):
    """Why the official response is late."""

    reason = TidyField(
        label=gettext_lazy("Why it is late"),
        limit=LONGEST_REASON,
        required=False,
        widget=forms.TextInput,
        help_text=gettext_lazy("Everybody reads it beside the day on which it was due."),
    )
