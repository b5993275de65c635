"""The page about a person without an account who answered on paper, by e-mail or in a file.

A copy of what is held about them, and their erasure: the same as `accounts` offers of an account.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import accounts
from consultations.admin import rights
from consultations.admin.accounts import prove
from consultations.admin.review import errors_of
from consultations.models import Response, database_now

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin


class ReferenceForm(forms.Form):
    """The reference of the response from which a person is erased for good."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the response"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 12}),
        error_messages={"required": gettext_lazy("Type the reference of the response.")},
    )

    def __init__(self, *args: Any, reference: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.expected = reference
        self.fields["reference"].help_text = _("Type %(reference)s to confirm.") % {
            "reference": reference
        }

    def clean_reference(self) -> str:
        """Refuse the reference of any other response."""
        typed = str(self.cleaned_data["reference"]).strip().upper()
        if typed != self.expected.upper():
            raise forms.ValidationError(_("This is not the reference of this response."))
        return typed


def page(
    model_admin: "PolicyAdmin[Response]", request: HttpRequest, response: Response
) -> HttpResponse:
    """Hand out the copy, or erase the person once it is confirmed by typing."""
    asked: dict[str, Any] = {"response": response, "by": rights.person(request)}
    if request.method == "POST" and "copy" in request.POST:
        return HttpResponse(
            accounts.copy_of_response(**asked, at=database_now()),
            content_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{response.reference}.zip"'},
        )
    prove(request)
    posted = request.POST if request.method == "POST" else None
    form = ReferenceForm(posted, reference=response.reference, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            accounts.erase_from(**asked, at=database_now())
        except accounts.ErasureRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Erased. The response stays without a name."))
            return HttpResponseRedirect(_of(response))
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Error: erase this person") if form.errors else _("Copy or erase this person"),
        "response": response,
        "form": form,
        "errors": errors_of(form),
        "back": _of(response),
        "back_title": str(response),
    }
    return TemplateResponse(request, "admin/consultations/response/person.html", context)


def _of(response: Response) -> str:
    return reverse("admin:consultations_response_change", args=[response.pk])
