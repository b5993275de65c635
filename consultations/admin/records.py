"""What stands for good: the ledger, readings, editions and corrections, to be looked at."""

import json
from typing import Any

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import publishing
from consultations.admin import chains, decision_filters, rights
from consultations.admin.base import ReadOnlyAdmin
from consultations.admin.places import PlacedList
from consultations.models import Correction, Edition, LedgerEntry, Reading


class AuditedFilter(decision_filters.ConsultationFilter):
    """By consultation, among those whose ledger the user may read."""

    readers = rights.AUDIT
    path = "consultation"


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin[LedgerEntry]):
    """The hash-chained record; `manage.py verify_ledger`, or its page, proves that it is whole."""

    readers = rights.AUDIT
    list_display = ("sequence", "consultation", "act", "at", "content", "short_hash")
    list_select_related = ("consultation", "payload")
    list_filter = (AuditedFilter, "act")
    ordering = ("-at", "-pk")
    sortable_by = ()
    fields = (
        "consultation",
        "sequence",
        "act",
        "at",
        "content",
        "format",
        "payload_hash",
        "previous_hash",
        "hash",
    )
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[PlacedList]:
        """Return the list that counts nothing."""
        return PlacedList

    def get_urls(self) -> list[URLPattern]:
        """Add the page that shows the heads, and verifies."""
        door = self.admin_site.admin_view(self.chains_view)
        return [
            path("chains/", door, name="consultations_ledgerentry_chains"),
            *super().get_urls(),
        ]

    def chains_view(self, request: HttpRequest) -> HttpResponse:
        """Show the heads, and verify."""
        return chains.page(self, request)

    @admin.display(description=gettext_lazy("What"))
    def content(self, entry: LedgerEntry) -> str:
        """Give the payload, or say that it was erased."""
        try:
            payload = entry.payload
        except ObjectDoesNotExist:
            return _("erased")
        return json.dumps(payload.content, sort_keys=True, ensure_ascii=False)

    @admin.display(description=gettext_lazy("Hash"))
    def short_hash(self, entry: LedgerEntry) -> str:
        """Give the beginning of the hash."""
        return entry.hash[:12]


@admin.register(Reading)
class ReadingAdmin(ReadOnlyAdmin[Reading]):
    """Who opened a text that is not public, where their right is to read and not to decide."""

    readers = rights.AUDIT
    list_display = ("read_at", "read_by", "what", "reference", "version", "consultation")
    list_select_related = ("read_by", "consultation")
    list_filter = (AuditedFilter, "what")
    search_fields = ("=reference", "=read_by__email")
    search_help_text = gettext_lazy("A reference, or the reader’s e-mail address.")
    sortable_by = ()
    fields = list_display
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[PlacedList]:
        """Return the list that counts nothing."""
        return PlacedList


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin[Edition]):
    """The numbered summaries, frozen when made."""

    readers = rights.READ
    list_display = (
        *("number", "final", "consultation", "slot", "built_at"),
        *("state", "readers", "public_page"),
    )
    list_select_related = ("consultation",)
    sortable_by = ()
    fields = (
        "consultation",
        "number",
        "slot",
        "period",
        "built_at",
        "method",
        "hash",
        "state",
        "readers",
    )
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Page"))
    def public_page(self, edition: Edition) -> SafeString:
        """Link to the edition on the site, unless it was discarded."""
        if edition.state == Edition.State.DISCARDED:
            return SafeString("")
        link = reverse("digests.show", args=[edition.consultation.slug, edition.number])
        return format_html('<a href="{}">{}</a>', link, _("See it on the site"))


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin[Correction]):
    """What was changed after opening, and why."""

    readers = rights.ANY
    list_display = ("number", "consultation", "made_at", "made_by", "reason")
    list_select_related = ("consultation", "made_by")
    sortable_by = ()
    fields = ("consultation", "number", "made_at", "made_by", "reason", "what")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("What changed"))
    def what(self, correction: Correction) -> str:
        """Name each thing that was changed."""
        return "; ".join(change.what for change in publishing.told(correction.changes))
