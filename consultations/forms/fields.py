"""Fields that refuse what `text.tidy` refuses, beside themselves."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from consultations import text


def as_typed(form: forms.BaseForm) -> dict[str, Any]:
    """Return what stands in each field of a form as it was typed, for one that judges nothing."""
    return {each.name: each.value() for each in form}


class TidyField(forms.CharField):
    """Text made tidy by `text.tidy`; what that refuses is an error beside the field."""

    def __init__(self, *, limit: int, lines: bool = False, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.limit, self.lines = limit, lines

    def to_python(self, value: object) -> str:
        """Return the tidied text; raise ValidationError with a sentence."""
        try:
            return text.tidy(str(value or ""), limit=self.limit, lines=self.lines)
        except text.TextError as error:
            raise ValidationError(error.told(gettext), code=error.code) from error

    def run_validators(self, value: object) -> None:
        """Skip Django's own check of null characters: `tidy` has made it, with a line."""
