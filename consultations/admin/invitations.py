"""Invitations: how far each has come; reminded once, and taken back.

Inviting from a file is in `inviting`.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations import invitations
from consultations.admin import confirming, rights
from consultations.admin.base import ReadOnlyAdmin
from consultations.admin.filters import ConsultationFilter
from consultations.invitations import InvitationError
from consultations.models import Consultation, Invitation, database_now

Standing = Invitation.Standing


class StandingFilter(admin.SimpleListFilter):
    """By how far the invitation has come."""

    title = gettext_lazy("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the standings."""
        return Standing.choices

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Invitation]
    ) -> QuerySet[Invitation]:
        """Keep those that have come so far."""
        if self.value() not in Standing.values:
            return queryset
        rows: Any = queryset
        kept: QuerySet[Invitation] = rows.filter(standing=self.value())
        return kept


def remind_and_tell(
    request: HttpRequest, consultation: Consultation, only: list[int] | None = None
) -> None:
    """Remind all of a consultation's, or these; say how many were, and why others were not."""
    try:
        done, reasons = invitations.remind(
            consultation=consultation, only=only, by=rights.person(request), at=database_now()
        )
    except InvitationError as error:
        messages.error(request, f"{consultation}: {error}")
        return
    said = ngettext("%(n)s reminder is on its way.", "%(n)s reminders are on their way.", done)
    if done:
        messages.success(request, said % {"n": done})
    for reason, many in sorted(reasons.items()):
        line = _("Not reminded: %(n)s. %(why)s") % {"n": many, "why": reason}
        messages.warning(request, line)
    if not done and not reasons:
        messages.info(request, _("Nobody is invited."))


@admin.action(description=gettext_lazy("Remind, once…"), permissions=["act"])
@confirming.confirmed(
    title=gettext_lazy("Remind these"),
    sentence=gettext_lazy(
        "Each gets one mail, unless they were reminded, have answered or declined."
    ),
)
def remind(page: "InvitationAdmin", request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
    """Remind the chosen, each once, where that is confirmed."""
    by_consultation: dict[Consultation, list[int]] = {}
    for invitation in chosen.select_related("consultation"):
        by_consultation.setdefault(invitation.consultation, []).append(invitation.pk)
    for consultation, ids in by_consultation.items():
        remind_and_tell(request, consultation, ids)


@admin.action(description=gettext_lazy("Take back…"), permissions=["act"])
@confirming.confirmed(
    title=gettext_lazy("Take these invitations back"),
    sentence=gettext_lazy("Their links end at once. What the invited have sent stays."),
)
def withdraw(page: "InvitationAdmin", request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
    """Take the chosen back, once confirmed: their links end."""
    done = 0
    for invitation in chosen.order_by("pk"):
        try:
            invitations.withdraw(
                invitation=invitation, by=rights.person(request), at=database_now()
            )
            done += 1
        except InvitationError as error:
            messages.error(request, f"{invitation}: {error}")
    if done:
        said = ngettext("%(n)s invitation taken back.", "%(n)s invitations taken back.", done)
        messages.success(request, said % {"n": done})


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin[Invitation]):
    """The invitations of the officer's consultations; never the links in them."""

    readers = rights.OFFICER
    list_display = ("organisation", "stands", "name", "email", "invited_at", "reminded_at")
    list_select_related = ("organisation", "consultation")
    list_filter = (StandingFilter, ConsultationFilter)
    search_fields = ("organisation__name", "name", "=email")
    search_help_text = gettext_lazy("An organisation, a contact, or a whole e-mail address.")
    sortable_by = ()
    actions = (remind, withdraw)
    fields = (
        "consultation",
        "organisation",
        "name",
        "email",
        "stands",
        "invited_at",
        "invited_by",
        "opened_at",
        "accepted_by",
        "reminded_at",
        "declined_at",
        "withdrawn_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """Return the user's consultations' invitations, with how far each has come."""
        return invitations.with_standing(super().get_queryset(request))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, which does more than reading."""
        return super().changelist_view(request, {"title": _("Invitations")} | (extra_context or {}))

    @admin.display(description=gettext_lazy("Standing"))
    def stands(self, invitation: Invitation) -> str:
        """Say how far it has come."""
        return str(Standing(invitation.standing).label)  # type: ignore[attr-defined]

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the user may remind and take back: the list holds nothing else of others'."""
        return bool(rights.where(request, rights.OFFICER))
