"""Organisations, and claims to speak for them: ended and revoked here, decided in the queue."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import confirming, reach, rights
from consultations.admin.base import PolicyAdmin, ReadOnlyAdmin
from consultations.admin.confirming import CountForm
from consultations.forms import TidyField
from consultations.models import Membership, Organisation, database_now
from consultations.moderation import memberships, upkeep
from consultations.moderation.record import DecisionRefused


class OrganisationForm(forms.ModelForm[Organisation]):
    """A body that responds, its name made tidy."""

    name = TidyField(
        label=gettext_lazy("Name"), limit=200, widget=forms.TextInput(attrs={"size": 80})
    )
    domains = SimpleArrayField(
        TidyField(limit=253),
        label=gettext_lazy("E-mail domains"),
        required=False,
        help_text=gettext_lazy(
            "Parted by commas; a claimant whose address matches is shown as such."
        ),
    )

    class Meta:
        model = Organisation
        fields = (
            "name",
            "kind",
            "size_band",
            "industry",
            "region",
            "domains",
            "starts",
            "ends",
            "successor",
            "merged_into",
        )

    def clean(self) -> dict[str, Any] | None:
        """Refuse a successor, or an entry to merge into, that leads back to this one."""
        cleaned = super().clean()
        for name in ("successor", "merged_into"):
            setattr(self.instance, name, self.cleaned_data.get(name))
        if self.instance.pk is not None and self.instance.leads_back():
            raise forms.ValidationError(
                _("Successors and merged entries must not lead back to this organisation.")
            )
        return cleaned


@admin.register(Organisation)
class OrganisationAdmin(PolicyAdmin[Organisation]):
    """Bodies that respond; site administrators keep their kind, dates, successors and domains."""

    consultation = ""
    readers = rights.DECIDE
    writers = rights.SITE
    adders = rights.SITE
    form = OrganisationForm
    list_display = ("name", "kind", "region", "starts", "ends", "merged_into")
    list_select_related = ("kind", "region", "merged_into")
    list_filter = ("kind",)
    search_fields = ("name",)
    sortable_by = ()
    raw_id_fields = ("successor", "merged_into")
    fields = OrganisationForm.Meta.fields

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        """Store it by its verb."""
        upkeep.keep_organisation(
            organisation=obj,
            changed=form.changed_data,
            by=rights.person(request),
            at=database_now(),
        )


def _named(membership: Membership) -> str:
    return f"{membership.user.email}, {membership.organisation}"


def _each(
    request: HttpRequest,
    chosen: QuerySet[Membership],
    verb: Callable[..., Any],
    sentence: str,
) -> None:
    """Call the verb for each membership, and say what became of it."""
    for membership in chosen.order_by("pk"):
        name = _named(membership)
        try:
            kept = verb(membership=membership, by=rights.person(request), at=database_now())
        except DecisionRefused as refusal:
            messages.error(request, f"{name}: {refusal}")
            continue
        messages.success(request, f"{name}: {sentence}")
        for response in kept or ():
            said = _(
                "Response %(reference)s still carries the organisation's name, because the person "
                "has another of their own there: hide its comments."
            )
            messages.warning(request, said % {"reference": response.reference})


@admin.action(description=gettext_lazy("End these memberships…"), permissions=["end"])
@confirming.confirmed(
    title=gettext_lazy("End these memberships"),
    sentence=gettext_lazy("They no longer act for the organisation, which keeps its responses."),
    label=_named,
)
def end(page: "MembershipAdmin", request: HttpRequest, chosen: QuerySet[Membership]) -> None:
    """End each membership, once confirmed; the organisation keeps its responses."""
    _each(request, chosen, memberships.end, _("the membership has ended."))


class WhyForm(forms.Form):
    """Why a confirmation is revoked."""

    why = TidyField(
        label=gettext_lazy("Why, as each person is told"),
        limit=1_000,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )


class RevokeForm(CountForm, WhyForm):
    """The reason, and how many it is for."""


@admin.action(
    description=gettext_lazy("Revoke: they never spoke for the organisation…"), permissions=["end"]
)
@confirming.confirmed(
    title=gettext_lazy("Revoke these confirmations"),
    sentence=gettext_lazy(
        "They never spoke for the organisation: its name goes from what they wrote."
    ),
    label=_named,
    form_class=RevokeForm,
)
def revoke(page: "MembershipAdmin", request: HttpRequest, chosen: QuerySet[Membership]) -> None:
    """End each membership, once confirmed; what the person wrote loses the organisation's name."""
    said = WhyForm(request.POST)
    said.full_clean()
    verb = partial(memberships.revoke, why=said.cleaned_data["why"])
    _each(request, chosen, verb, _("the confirmation is revoked, and the person told why."))


@admin.action(description=gettext_lazy("Make them leads…"), permissions=["end"])
@confirming.confirmed(
    title=gettext_lazy("Make them leads"),
    sentence=gettext_lazy(
        "They may send what their organisation answers, and decide who joins it."
    ),
    label=_named,
)
def make_leads(page: "MembershipAdmin", request: HttpRequest, chosen: QuerySet[Membership]) -> None:
    """Make each confirmed member a lead, once confirmed: where nobody leads the organisation."""
    verb = partial(memberships.appoint, role=Membership.Right.LEAD)
    _each(request, chosen, verb, _("they are a lead now."))


class LedFilter(admin.SimpleListFilter):
    """Members of organisations that nobody leads: an officer names a lead for them."""

    title = gettext_lazy("lead")
    parameter_name = "led"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice."""
        return [("no", gettext_lazy("Their organisation has no lead"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Membership]) -> QuerySet[Membership]:
        """Keep confirmed, current members whose organisation nobody leads."""
        if self.value() != "no":
            return rows
        current = Membership.objects.filter(claim="confirmed", ended_at__isnull=True)
        leads = current.filter(role="lead", organisation=OuterRef("organisation"))
        return rows.filter(~Exists(leads), claim="confirmed", ended_at__isnull=True)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin[Membership]):
    """Claims to speak for organisations; they are decided in the queue, and ended here."""

    consultation = ""
    readers = rights.DECIDE
    list_display = ("user", "organisation", "claim", "role", "claimed_at", "decided_by", "ended_at")
    list_select_related = ("user", "organisation", "decided_by")
    list_filter = ("claim", LedFilter)
    search_fields = ("organisation__name", "user__email")
    sortable_by = ()
    actions = (end, revoke, make_leads)
    fields = (
        "user",
        "organisation",
        "claim",
        "role",
        "claimed_at",
        "decided_at",
        "decided_by",
        "ended_at",
    )
    readonly_fields = fields

    def within(self, rows: QuerySet[Membership], consultations: list[int]) -> QuerySet[Membership]:
        """Keep the claims that wait in these consultations, or reach into them."""
        return rows.filter(reach.memberships(consultations))

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whether the user may end a membership somewhere; the verb asks where."""
        return bool(rights.where(request, rights.OFFICER)) or rights.administers(request)
