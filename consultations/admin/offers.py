"""What a list offers to download: of which rows, to whom, and in which sorts of file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from consultations.exchange import streams, themefinder
from consultations.exchange.extracts import Extract
from consultations.exchange.themefinder import Layout

WORKBOOK = "xlsx"
CONTENT_TYPES = {
    **{form.ending: form.content_type for form in streams.FORMS.values()},
    themefinder.ENDING: themefinder.CONTENT_TYPE,
    WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILES = (
    (streams.CSV.ending, gettext_lazy("Download CSV")),
    (streams.LINES.ending, gettext_lazy("Download JSON Lines")),
    (WORKBOOK, gettext_lazy("Have an XLSX built")),
)
FOR_THEMEFINDER = (themefinder.ENDING, gettext_lazy("Download for ThemeFinder"))


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of file that a list offers: to whom, and with which of the list's rows."""

    extract: Extract
    label: str | Promise
    hint: str | Promise
    readers: Collection[str]
    only: Mapping[str, Any] = field(default_factory=dict)
    # How ThemeFinder reads them, where they are comments.
    layout: Layout | None = None


class DownloadForm(forms.Form):
    """What is to be in the file, and of which sort it is."""

    extract = forms.ChoiceField(
        label=gettext_lazy("What is in it"),
        error_messages={"required": gettext_lazy("Choose what is to be in the file.")},
    )
    file = forms.ChoiceField()

    def __init__(self, data: Any, offers: list[Offer]) -> None:
        super().__init__(data, label_suffix="")
        chosen: Any = self.fields["extract"]
        chosen.choices = [(offer.extract.name, offer.label) for offer in offers]
        file: Any = self.fields["file"]
        file.choices = self.sorts = [
            *FILES,
            *([FOR_THEMEFINDER] if all(offer.layout for offer in offers) else []),
        ]
