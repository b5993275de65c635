"""People, their accounts, and their rights. Organisations and claims are in `organisations`."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations import roles
from consultations.admin import accounts, confirming, reach, rights
from consultations.admin.base import PolicyAdmin, ReadOnlyAdmin
from consultations.models import Consultation, Role, User, database_now
from consultations.roles import RoleError

Page: TypeAlias = "Callable[[PolicyAdmin[User], HttpRequest, User], HttpResponse]"


def _named(user: User) -> str:
    return ", ".join(filter(None, (user.name, user.email)))


def _each_account(
    request: HttpRequest, chosen: QuerySet[User], verb: Callable[..., None], sentence: str
) -> None:
    """Call the verb for each account, and say what became of it."""
    for user in chosen.order_by("pk"):
        try:
            verb(user=user, by=rights.person(request), at=database_now())
        except RoleError as error:
            messages.error(request, f"{user.email}: {error}")
        else:
            messages.success(request, f"{user.email}: {sentence}")


@admin.action(description=gettext_lazy("Close these accounts…"), permissions=["close"])
@confirming.confirmed(
    title=gettext_lazy("Close these accounts"),
    sentence=gettext_lazy(
        "These people are logged out by their next request and cannot log in. What they sent "
        "stays as it is."
    ),
    label=_named,
)
def close_accounts(page: "UserAdmin", request: HttpRequest, chosen: QuerySet[User]) -> None:
    """Close each account, once confirmed; its next request is anonymous."""
    _each_account(request, chosen, roles.close_account, _("the account is closed."))


@admin.action(description=gettext_lazy("Open these accounts again…"), permissions=["close"])
@confirming.confirmed(
    title=gettext_lazy("Open these accounts again"),
    sentence=gettext_lazy("These people can log in again. Rights that ended stay ended."),
    label=_named,
)
def reopen_accounts(page: "UserAdmin", request: HttpRequest, chosen: QuerySet[User]) -> None:
    """Open each account again, once confirmed."""
    _each_account(request, chosen, roles.reopen_account, _("the account is open again."))


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    """Who has an account. Secrets are not shown; site administrators close accounts."""

    consultation = ""
    readers = rights.OFFICER
    list_display = ("email", "name", "kind", "organisation", "is_staff", "is_active")
    list_select_related = ("organisation",)
    list_filter = ("kind", "is_staff", "is_active", "is_sample")
    search_fields = ("email", "name")
    sortable_by = ()
    actions = (close_accounts, reopen_accounts)
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
        "erased_at",
        "act",
    )
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Leave out what is to do about a person whose account the reader may not touch."""
        mine = obj is None or obj.pk == rights.person(request).pk
        if obj is not None and not mine and accounts.may_keep(request, obj):
            return self.fields
        return tuple(name for name in self.fields if name != "act")

    @admin.display(description=gettext_lazy("To do"))
    def act(self, person: User) -> SafeString:
        """Link to the copy of what is held about them, and to their erasure."""
        pages = [
            reverse(f"admin:consultations_user_{name}", args=[person.pk])
            for name in ("copy", "erase")
        ]
        labels = _("Copy what is held about them…"), _("Erase this person…")
        return format_html_join(" · ", '<a href="{}">{}</a>', zip(pages, labels, strict=True))

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that copy what is held about a person, hand it out, and erase them."""
        pages = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(partial(self._page, shown)),
                name=f"consultations_user_{name}",
            )
            for name, shown in (
                ("copy", accounts.copy_page),
                ("fetch", accounts.fetch_page),
                ("erase", accounts.erase_page),
            )
        ]
        return [*pages, *super().get_urls()]

    def _page(self, shown: Page, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show one of these pages about a person whom the user may see."""
        return shown(self, request, self.fetch(request, str(object_id)))

    def within(self, rows: QuerySet[User], consultations: list[int]) -> QuerySet[User]:
        """Keep those who answer, claim or have a right in these consultations."""
        return rows.filter(reach.people(consultations))

    def has_close_permission(self, request: HttpRequest) -> bool:
        """Whether the user closes accounts and opens them again."""
        return rights.administers(request)


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


@admin.action(description=gettext_lazy("End these rights…"), permissions=["add"])
@confirming.confirmed(
    title=gettext_lazy("End these rights"),
    sentence=gettext_lazy(
        "These people lose the right by their next request. Their decisions stand."
    ),
)
def end_roles(page: "RoleAdmin", request: HttpRequest, chosen: QuerySet[Role]) -> None:
    """End each right, once confirmed; the last officer of a consultation keeps theirs."""
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
