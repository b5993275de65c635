"""Trusted organisations: named by officers, for one consultation; ended, never edited."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.admin import confirming, rights
from consultations.admin.base import PolicyAdmin
from consultations.models import Consultation, Organisation, TrustedOrganisation, database_now
from consultations.moderation import trust
from consultations.moderation.trust import TrustRefused


class TrustForm(forms.ModelForm[TrustedOrganisation]):
    """Trust in one organisation, found by its name or its reference."""

    name = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy(
            "Its name as it stands on this site, or its reference. What its confirmed members send "
            "to this consultation is then published at once, and waits in the queue to be read."
        ),
    )

    class Meta:
        model = TrustedOrganisation
        fields = ("consultation",)

    def clean_name(self) -> str:
        """Find the one organisation."""
        name = str(self.cleaned_data["name"])
        found = Organisation.objects.filter(Q(name__iexact=name) | Q(reference=name))
        here = list(found.filter(merged_into__isnull=True)[:2])
        if not here:
            raise forms.ValidationError(_("No organisation here has this name or reference."))
        if len(here) > 1:
            raise forms.ValidationError(
                _("Several organisations have this name. Give the reference of the one you mean.")
            )
        self.organisation = here[0]
        return name


@admin.action(description=gettext_lazy("End this trust…"), permissions=["add"])
@confirming.confirmed(
    title=gettext_lazy("End this trust"),
    sentence=gettext_lazy(
        "What these send from now on waits until it is read. What is public stays public."
    ),
)
def end_trust(
    page: "TrustedOrganisationAdmin", request: HttpRequest, chosen: QuerySet[TrustedOrganisation]
) -> None:
    """End each, once confirmed; what is public stays so."""
    ended = 0
    for one in chosen.order_by("pk"):
        try:
            trust.end(trust=one, by=rights.person(request), at=database_now())
            ended += 1
        except TrustRefused as refusal:
            messages.error(request, f"{one}: {refusal}")
    if ended:
        said = ngettext(
            "%(n)s organisation is no longer trusted.",
            "%(n)s organisations are no longer trusted.",
            ended,
        )
        messages.success(request, said % {"n": ended})


@admin.register(TrustedOrganisation)
class TrustedOrganisationAdmin(PolicyAdmin[TrustedOrganisation]):
    """Whose responses are published before they are read, and by whose word."""

    readers = rights.DECIDE
    adders = rights.OFFICER
    form = TrustForm
    list_display = ("organisation", "consultation", "starts_at", "ends_at", "given_by")
    list_select_related = ("organisation", "consultation", "given_by")
    search_fields = ("organisation__name",)
    sortable_by = ()
    actions = (end_trust,)

    def get_fields(
        self, request: HttpRequest, obj: TrustedOrganisation | None = None
    ) -> tuple[str, ...]:
        """Ask for the name when giving; show what was given afterwards."""
        if obj is None:
            return ("consultation", "name")
        return ("consultation", "organisation", "starts_at", "ends_at", "given_by")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer no pencil, plus or eye beside the choice: each needs a window and JavaScript."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            field.widget = getattr(field.widget, "widget", field.widget)  # what was wrapped
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only the consultations where the user is an officer."""
        if db_field.name == "consultation":
            mine = Consultation.objects.filter(pk__in=rights.where(request, rights.OFFICER))
            kwargs["queryset"] = mine
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrustedOrganisation]:
        """Return the rows that the user may read; for an action, those that they may end."""
        rows = super().get_queryset(request)
        if request.method == "POST" and "action" in request.POST:
            return rows.filter(consultation__in=rights.where(request, rights.OFFICER))
        return rows

    def save_model(
        self, request: HttpRequest, obj: TrustedOrganisation, form: Any, change: bool
    ) -> None:
        """Give it by its verb."""
        given = trust.give(
            organisation=form.organisation,
            consultation=obj.consultation,
            by=rights.person(request),
            at=database_now(),
        )
        obj.pk, obj.organisation = given.pk, given.organisation
