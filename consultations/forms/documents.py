"""Uploading: a file that is checked by its bytes, and a respondent's document with its title."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations import files
from consultations.forms.fields import TidyField
from consultations.models import Permission

MOST_TITLE = 200
ENDS = ",".join(f".{kind}" for kind in files.Kind)


class DocumentField(forms.FileField):
    """A file of one of the kinds that are taken; its cleaned value is a `files.File`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("File"),
            help_text=_("PDF, DOCX, ODT, XLSX or CSV, at most 10 MB."),
            widget=forms.FileInput(attrs={"accept": ENDS}),
            allow_empty_file=True,  # said by `files`, as all that is wrong with a file
            error_messages={"required": _("Choose a file.")},
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the checked file; raise ValidationError with the sentence of what is wrong."""
        upload = super().clean(data, initial)
        try:
            # What is over the limit was not kept as it came in (`portal.uploads`).
            if upload.size > files.MOST_BYTES:
                raise files.too_large(upload.size)
            return files.checked(upload.read(), upload.name)
        except files.FileError as error:
            raise ValidationError(error.told(gettext), code=error.code) from error


class EvidenceForm(forms.Form):
    """A respondent's document: its title, the file, and whether it may be published."""

    title = TidyField(
        label=_("What is it?"),
        limit=MOST_TITLE,
        help_text=_("A title that tells readers what is in it, such as “Survey of our members”."),
        widget=forms.TextInput,
        error_messages={"required": _("Give the document a title.")},
    )
    file = DocumentField()
    permission = forms.ChoiceField(
        label=_("May we publish this document?"),
        choices=Permission.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "If you choose “without my name”, see that neither the title nor the file says who "
            "you are: what is in a file is published as it is."
        ),
        error_messages={"required": _("Choose whether we may publish this document.")},
    )
    over = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
