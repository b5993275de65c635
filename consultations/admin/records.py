"""What stands for good: the ledger, editions and corrections, to be looked at."""

import json

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import publishing
from consultations.admin import rights
from consultations.admin.base import ReadOnlyAdmin
from consultations.models import Correction, Edition, LedgerEntry


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin[LedgerEntry]):
    """The hash-chained record; `manage.py verify_ledger` proves that it is whole."""

    readers = rights.AUDIT
    list_display = ("sequence", "consultation", "act", "at", "content", "short_hash")
    list_select_related = ("consultation", "payload")
    list_filter = ("act",)
    ordering = ("consultation", "-sequence", "pk")
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


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin[Edition]):
    """The numbered summaries, frozen when made."""

    readers = rights.READ
    list_display = ("number", "consultation", "slot", "built_at", "public_page")
    list_select_related = ("consultation",)
    sortable_by = ()
    fields = ("consultation", "number", "slot", "period", "built_at", "method", "hash")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Page"))
    def public_page(self, edition: Edition) -> SafeString:
        """Link to the edition on the site."""
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
