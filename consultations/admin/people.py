"""People, their rights, organisations, and claims to speak for them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations import roles
from consultations.admin import rights
from consultations.admin.base import PolicyAdmin, ReadOnlyAdmin
from consultations.models import (
    Consultation,
    Membership,
    Organisation,
    Role,
    User,
    database_now,
)
from consultations.roles import RoleError


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    """Who has an account. Secrets are not shown, and nothing is changed here."""

    consultation = ""
    readers = rights.OFFICER
    list_display = ("email", "name", "kind", "organisation", "is_staff", "is_active")
    list_select_related = ("organisation",)
    list_filter = ("kind", "is_staff", "is_active", "is_sample")
    search_fields = ("email", "name")
    sortable_by = ()
    fields = (
        "email",
        "name",
        "kind",
        "acting_for",
        "organisation",
        "region",
        "is_staff",
        "is_active",
        "is_sample",
        "date_joined",
        "last_login",
    )
    readonly_fields = fields


class RoleForm(forms.ModelForm[Role]):
    """A right for one person, found by e-mail address."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The person needs an account on this site first."),
    )

    class Meta:
        model = Role
        fields = ("consultation", "right")

    def clean_email(self) -> str:
        """Find the person."""
        self.person = User.objects.filter(
            email__iexact=self.cleaned_data["email"], is_active=True
        ).first()
        if self.person is None:
            raise forms.ValidationError(_("Nobody with this address has an account."))
        return str(self.cleaned_data["email"])


@admin.action(description=gettext_lazy("End these rights now"), permissions=["add"])
def end_roles(page: "RoleAdmin", request: HttpRequest, chosen: QuerySet[Role]) -> None:
    """End each right; the last officer of a consultation keeps theirs."""
    ended = 0
    for role in chosen.order_by("pk"):
        try:
            roles.end(role=role, by=rights.person(request), at=database_now())
            ended += 1
        except RoleError as error:
            messages.error(request, f"{role}: {error}")
    if ended:
        said = ngettext("%(n)s right ended.", "%(n)s rights ended.", ended)
        messages.success(request, said % {"n": ended})


@admin.register(Role)
class RoleAdmin(PolicyAdmin[Role]):
    """Who may do what in a consultation; given and ended, never edited."""

    readers = rights.OFFICER
    adders = rights.OFFICER
    form = RoleForm
    list_display = ("user", "right", "consultation", "starts_at", "ends_at", "given_by")
    list_select_related = ("user", "consultation", "given_by")
    list_filter = ("right",)
    search_fields = ("user__email", "user__name")
    sortable_by = ()
    actions = (end_roles,)

    def get_fields(self, request: HttpRequest, obj: Role | None = None) -> tuple[str, ...]:
        """Ask for the address when giving; show what was given afterwards."""
        if obj is None:
            return ("consultation", "email", "right")
        return ("consultation", "user", "right", "starts_at", "ends_at", "given_by")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only the consultations where the user is an officer."""
        if db_field.name == "consultation":
            mine = Consultation.objects.filter(pk__in=rights.where(request, rights.OFFICER))
            kwargs["queryset"] = mine
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        """Give the right by its verb."""
        given = roles.give(
            user=form.person,
            consultation=obj.consultation,
            right=obj.right,
            by=rights.person(request),
            at=database_now(),
        )
        obj.pk, obj.user = given.pk, given.user


@admin.register(Organisation)
class OrganisationAdmin(PolicyAdmin[Organisation]):
    """Bodies that respond; officers keep their kind, dates, successors and e-mail domains."""

    consultation = ""
    readers = rights.DECIDE
    writers = rights.OFFICER
    adders = rights.OFFICER
    list_display = ("name", "kind", "region", "starts", "ends", "merged_into")
    list_select_related = ("kind", "region", "merged_into")
    list_filter = ("kind",)
    search_fields = ("name",)
    sortable_by = ()
    raw_id_fields = ("successor", "merged_into")
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


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin[Membership]):
    """Claims to speak for organisations; they are decided in the queue."""

    consultation = ""
    readers = rights.DECIDE
    list_display = ("user", "organisation", "claim", "role", "claimed_at", "decided_by")
    list_select_related = ("user", "organisation", "decided_by")
    list_filter = ("claim",)
    search_fields = ("organisation__name", "user__email")
    sortable_by = ()
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
