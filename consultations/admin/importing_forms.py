"""The forms of an import: the file, what holds for all its rows, and what its columns mean."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from consultations.admin import importing_values
from consultations.exchange import imports
from consultations.forms import TidyField
from consultations.models import Question, Response

CHANNELS = (
    *(Response.Channel.EMAIL, Response.Channel.POST),
    *(Response.Channel.MEETING, Response.Channel.ELSEWHERE),
)
MEANINGS = {
    "reference": gettext_lazy("Reference"),
    "received_on": gettext_lazy("Day received"),
    "channel": gettext_lazy("How it came"),
    "late_reason": gettext_lazy("Late, accepted: why"),
    "name": gettext_lazy("Name of the person"),
    "responding_as": gettext_lazy("Person or organisation"),
    "organisation": gettext_lazy("Organisation"),
    "organisation_kind": gettext_lazy("Kind of organisation"),
    "size_band": gettext_lazy("Size of the organisation"),
    "kind": gettext_lazy("Kind of respondent"),
    "region": gettext_lazy("Region"),
    "permission": gettext_lazy("May it be published?"),
}
PARTS = {
    "stance": gettext_lazy("Recommendation %(n)s: view"),
    "text": gettext_lazy("Recommendation %(n)s: comment"),
    "permission": gettext_lazy("Recommendation %(n)s: may it be published?"),
}
ASKED = {
    "answer": gettext_lazy("Question %(n)s: answer"),
    "why": gettext_lazy("Question %(n)s: why"),
}
# What several columns may say together.
SEVERAL = (".text", ".answer")
# More columns than these no page offers one by one: the command reads a mapping of any length.
MOST_COLUMNS = 200


class OrderForm(forms.Form):
    """What holds for all rows."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How did they come?"),
        required=False,
        choices=[
            ("", gettext_lazy("A column says it")),
            *((one.value, capfirst(one.label)) for one in CHANNELS),
        ],
    )
    received_on = forms.DateField(
        label=gettext_lazy("When were they received?"),
        required=False,
        help_text=gettext_lazy("Leave it empty where a column says it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Give a day, like 2026-11-30.")},
    )
    late_reason = TidyField(
        label=gettext_lazy("Late ones are accepted: why"),
        limit=500,
        required=False,
        help_text=gettext_lazy("Only for those that came after the close. They are marked late."),
        widget=forms.TextInput,
    )
    published = forms.BooleanField(
        label=gettext_lazy("They were published elsewhere: no moderation here"), required=False
    )

    def order(self) -> dict[str, Any]:
        """Return what a valid form says, to be tried first."""
        said = self.cleaned_data
        day = said["received_on"]
        return {
            "channel": said["channel"],
            "received_on": day.isoformat() if day else "",
            "late_reason": said["late_reason"],
            "published": said["published"],
            "dry_run": True,
            "skip_bad_rows": False,
        }


class FileForm(OrderForm):
    """The file, and what holds for all its rows."""

    file = forms.FileField(
        label=gettext_lazy("File of responses"),
        help_text=gettext_lazy("CSV or XLSX, at most 20 MB. You see first what it would do."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    field_order = ("file",)

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is larger than a page takes; the command takes any."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > imports.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB: part it."))
        return file


class ColumnsForm(OrderForm):
    """What each column means, beginning with what was recognised, and what its words stand for."""

    def __init__(
        self,
        *args: Any,
        columns: list[list[str]],
        numbers: list[int],
        questions: Sequence[Question] = (),
        words: Sequence[tuple[str, str]] = (),
        **more: Any,
    ):
        """Offer a field for each column, and for each of the `words`, with what its column says."""
        super().__init__(*args, **more)
        asked = [*_asked(numbers, PARTS), *_of_questions(questions)]
        choices = [("", _("Not used")), *MEANINGS.items(), *asked]
        self.words = importing_values.add(self, words, questions)
        self.places: list[str] = []
        for place, (heading, meaning) in enumerate(columns[:MOST_COLUMNS], start=1):
            name = f"column{place}"
            label = _("Column %(n)s: %(heading)s") % {"n": place, "heading": heading or "–"}
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
            self.initial.setdefault(name, meaning)
            self.places.append(name)

    def clean(self) -> dict[str, Any]:
        """Refuse two columns for one fact; a comment may be put together from several."""
        said = self.cleaned_data
        first: dict[str, str] = {}
        for name in self.places:
            meaning = said.get(name, "")
            if (
                meaning
                and not meaning.endswith(SEVERAL)
                and first.setdefault(meaning, name) != name
            ):
                self.add_error(name, _("Another column means this already."))
        return said

    def order(self) -> dict[str, Any]:
        """Return what the columns mean with all else."""
        meanings = {
            name.removeprefix("column"): self.cleaned_data[name]
            for name in self.places
            if self.cleaned_data[name]
        }
        values = importing_values.said(self.words, self.cleaned_data)
        return super().order() | {"meanings": meanings, "values": values}

    def columns(self) -> list[forms.BoundField]:
        """Return the fields of the columns."""
        return [self[name] for name in self.places]

    def values(self) -> list[forms.BoundField]:
        """Return the fields of the words."""
        return [self[name] for name in self.words]

    def others(self) -> list[forms.BoundField]:
        """Return the fields of what holds for all rows."""
        return [self[name] for name in OrderForm.base_fields if name != "published"]


def _asked(numbers: Iterable[int], parts: Mapping[str, StrPromise]) -> list[tuple[str, str]]:
    return [
        (f"{number}.{part}", str(label) % {"n": number})
        for number in numbers
        for part, label in parts.items()
    ]


def _of_questions(questions: Sequence[Question]) -> list[tuple[str, str]]:
    """Return what a column can mean of the owner's questions."""
    return [
        (f"q{meaning}", label)
        for question in questions
        for meaning, label in _asked([question.number], ASKED)
        if question.asks_why or not meaning.endswith(".why")
    ]
