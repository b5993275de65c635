"""Confirming that an account is to be deleted: its own address, typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class EraseForm(forms.Form):
    """The address of the account that is deleted for good."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address of the account"),
        max_length=254,
        help_text=gettext_lazy("Type it in full, to show that this is the account you mean."),
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the e-mail address of the account.")},
    )

    def __init__(self, *args: Any, address: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.address = address

    def clean_email(self) -> str:
        """Refuse any other address, in whatever case of letters."""
        typed = str(self.cleaned_data["email"]).strip()
        if typed.lower() != self.address.lower():
            raise forms.ValidationError(_("This is not the e-mail address of the account."))
        return typed
