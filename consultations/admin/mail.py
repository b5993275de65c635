"""Deliveries by state, the settling of those in doubt, and suppressed addresses."""

from collections import Counter

from django.contrib import admin, messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.admin import confirming, reach, rights
from consultations.admin.base import PolicyAdmin, ReadOnlyAdmin
from consultations.mail import outbox
from consultations.mail.outbox import OutboxError
from consultations.models import Message, Suppression, User, database_now
from consultations.moderation import upkeep


def _unknown(n: int) -> str:
    return ngettext(
        "%(n)s mail may or may not have arrived: settle it.",
        "%(n)s mails may or may not have arrived: settle them.",
        n,
    )


def _failed(n: int) -> str:
    return ngettext("%(n)s mail failed.", "%(n)s mails failed.", n)


def _elsewhere(n: int) -> str:
    said = ngettext(
        "%(n)s mail of other consultations is in doubt or failed: its officer looks after it.",
        "%(n)s mails of other consultations are in doubt or failed: their officers look after "
        "them.",
        n,
    )
    return said % {"n": n}


DOUBTS = {Message.State.UNKNOWN: _unknown, Message.State.FAILED: _failed}


def _named(message: Message) -> str:
    return f"{message.to}, {message.get_stream_display()}"


def _settle(request: HttpRequest, chosen: QuerySet[Message], *, as_sent: bool) -> None:
    """Settle each mail in doubt or failed, and say which were neither."""
    by, at = rights.person(request), database_now()
    done = 0
    for message in chosen.order_by("pk"):
        try:
            upkeep.settle(message=message, as_sent=as_sent, by=by, at=at)
            done += 1
        except OutboxError as error:
            said = _("To %(to)s: %(why)s.") % {"to": message.to, "why": error}
            messages.warning(request, said)
    if done:
        said = ngettext("%(n)s delivery settled.", "%(n)s deliveries settled.", done)
        messages.success(request, said % {"n": done})


@admin.action(
    description=gettext_lazy("Settle: it arrived, or nothing is left to do…"),
    permissions=["settle"],
)
@confirming.confirmed(
    title=gettext_lazy("Settle these mails"),
    sentence=gettext_lazy("They count as arrived, or as seen to. They are not sent again."),
    label=_named,
)
def settle_as_sent(page: "MessageAdmin", request: HttpRequest, chosen: QuerySet[Message]) -> None:
    """Settle, once confirmed: it did arrive, or failed and has been seen to."""
    _settle(request, chosen, as_sent=True)


@admin.action(description=gettext_lazy("Send again…"), permissions=["settle"])
@confirming.confirmed(
    title=gettext_lazy("Send these mails again"),
    sentence=gettext_lazy("Each goes out once more. A reader whose mail did arrive gets it twice."),
    label=_named,
)
def settle_as_not_sent(
    page: "MessageAdmin", request: HttpRequest, chosen: QuerySet[Message]
) -> None:
    """Settle, once confirmed: it did not arrive, and goes out once more."""
    _settle(request, chosen, as_sent=False)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin[Message]):
    """The mails of the officer's consultations; never what stands in them."""

    readers = rights.OFFICER
    list_display = ("queued_at", "to", "stream", "edition", "state", "attempts", "done_at")
    list_display_links = ("queued_at",)
    list_select_related = ("edition",)
    list_filter = ("state", "stream")
    search_fields = ("=to",)
    search_help_text = gettext_lazy("A whole e-mail address.")
    sortable_by = ()
    actions = (settle_as_sent, settle_as_not_sent)
    fields = (
        "to",
        "stream",
        "consultation",
        "edition",
        "state",
        "queued_at",
        "not_before",
        "attempts",
        "message_id",
        "reply",
        "done_at",
        "settled_by",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Return the user's consultations' mails; site administrators have those of none."""
        found = Q(consultation__in=rights.where(request, self.readers))
        if rights.administers(request):
            found |= Q(consultation__isnull=True)
        return Message.objects.filter(found)

    def has_view_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """Whether the user may read here: codes belong to the site."""
        if obj is not None and obj.consultation_id is None:
            return rights.administers(request)
        seen = super().has_view_permission(request, obj)
        return seen or (obj is None and rights.administers(request))

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Whether the user may settle what is in doubt."""
        return self.has_view_permission(request)


def doubts(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what waits to be looked after, in a sentence, with the list that shows it or "".

    Officers are told of their consultations' mails, site administrators of all others as well,
    which they do not read.
    """
    page = admin.site.get_model_admin(Message)
    if not page.has_view_permission(request):
        return []
    mine = page.get_queryset(request).filter(outbox.TO_LOOK_AFTER).order_by()
    counted = Counter(dict(mine.values_list("state").annotate(n=Count("pk"))))
    listed = reverse("admin:consultations_message_changelist")
    said = [
        (say(counted[state]) % {"n": counted[state]}, f"{listed}?state__exact={state.value}")
        for state, say in DOUBTS.items()
        if counted[state]
    ]
    others = outbox.doubtful() - counted if rights.administers(request) else Counter()
    return [*said, (_elsewhere(others.total()), "")] if others else said


@admin.register(Suppression)
class SuppressionAdmin(PolicyAdmin[Suppression]):
    """Addresses that nothing is sent to; site administrators let mail go there again."""

    consultation = ""
    readers = rights.OFFICER
    deleters = rights.SITE
    list_display = ("address", "reason", "since")
    search_fields = ("=address",)
    sortable_by = ()
    fields = ("address", "reason", "since")
    readonly_fields = fields

    def within(
        self, rows: QuerySet[Suppression], consultations: list[int]
    ) -> QuerySet[Suppression]:
        """Keep the addresses of people who answer or have a right in these consultations."""
        known = User.objects.annotate(address=Lower("email")).filter(
            reach.people(consultations), address=OuterRef("address")
        )
        return rows.filter(Exists(known))

    def delete_model(self, request: HttpRequest, obj: Suppression) -> None:
        """Lift it by its verb."""
        upkeep.lift_suppression(suppression=obj, by=rights.person(request), at=database_now())
