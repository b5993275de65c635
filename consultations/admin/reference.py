"""Reference data that the law dates, and the reasons for rejecting, kept by site administrators."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from consultations.admin import rights
from consultations.admin.base import PolicyAdmin, ReadOnlyAdmin
from consultations.forms import TidyField
from consultations.models import (
    Industry,
    OrganisationKind,
    Reason,
    Region,
    SizeBand,
    database_now,
)
from consultations.moderation import upkeep


@admin.register(Region, SizeBand, Industry)
class ReferenceAdmin(ReadOnlyAdmin[Any]):
    """Dated lists, loaded by `load_reference_data`."""

    consultation = ""
    list_display = ("name", "code", "edition", "starts", "ends")
    sortable_by = ()
    fields = ("code", "edition", "name", "order", "starts", "ends")


@admin.register(OrganisationKind)
class OrganisationKindAdmin(ReadOnlyAdmin[OrganisationKind]):
    """What an organisation may be."""

    consultation = ""
    list_display = ("name", "stakeholder_kind", "code", "edition", "starts", "ends")
    sortable_by = ()
    fields = (*ReferenceAdmin.fields, "stakeholder_kind")


class ReasonForm(forms.ModelForm[Reason]):
    """A reason, its words made tidy: they go into mails."""

    name = TidyField(
        label=gettext_lazy("Name"), limit=120, widget=forms.TextInput(attrs={"size": 80})
    )
    text = TidyField(
        label=gettext_lazy("What the author is told"),
        limit=2_000,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
    )
    rule = TidyField(
        label=gettext_lazy("The rule it rests on"),
        help_text=gettext_lazy("Told with the reason, in one sentence."),
        limit=300,
        required=False,
        widget=forms.TextInput(attrs={"size": 80}),
    )
    remedy = TidyField(
        label=gettext_lazy("What the author can do"),
        help_text=gettext_lazy("Told only while the consultation is open."),
        limit=2_000,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )

    class Meta:
        model = Reason
        fields = ("name", "code", "text", "rule", "remedy", "still_counts", "order", "retired")


@admin.register(Reason)
class ReasonAdmin(PolicyAdmin[Reason]):
    """Why a comment may be rejected; the text is sent to its author."""

    consultation = ""
    readers = rights.DECIDE
    writers = rights.SITE
    adders = rights.SITE
    form = ReasonForm
    list_display = ("name", "code", "still_counts", "retired")
    sortable_by = ()
    fields = ReasonForm.Meta.fields

    def save_model(self, request: HttpRequest, obj: Reason, form: Any, change: bool) -> None:
        """Store it by its verb."""
        upkeep.keep_reason(
            reason=obj, changed=form.changed_data, by=rights.person(request), at=database_now()
        )

    def get_readonly_fields(self, request: Any, obj: Reason | None = None) -> tuple[str, ...]:
        """Keep a reason's code as it is: the ledger names it."""
        return ("code",) if obj else ()
