"""Reference data that the law dates, and the reasons for rejecting: officers keep them."""

from typing import Any

from django.contrib import admin

from consultations.admin import rights
from consultations.admin.base import PolicyAdmin, ReadOnlyAdmin
from consultations.models import Industry, OrganisationKind, Reason, Region, SizeBand


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


@admin.register(Reason)
class ReasonAdmin(PolicyAdmin[Reason]):
    """Why a comment may be rejected; the text is sent to its author."""

    consultation = ""
    readers = rights.DECIDE
    writers = rights.OFFICER
    adders = rights.OFFICER
    list_display = ("name", "code", "still_counts", "retired")
    sortable_by = ()
    fields = ("name", "code", "text", "still_counts", "order", "retired")

    def get_readonly_fields(self, request: Any, obj: Reason | None = None) -> tuple[str, ...]:
        """Keep a reason's code as it is: the ledger names it."""
        return ("code",) if obj else ()
