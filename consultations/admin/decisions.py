"""Decisions, to be looked at."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import rights
from consultations.admin.base import ReadOnlyAdmin
from consultations.models import Decision


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin[Decision]):
    """Who decided what, when, why and on which version."""

    consultation = "case__consultation_id"
    readers = rights.READ_DECISIONS
    list_display = ("decided_at", "verb", "subject", "state_after", "reason", "decided_by")
    list_display_links = ("decided_at",)
    list_select_related = (
        "reason",
        "decided_by",
        "version",
        "case__consultation",
        "case__membership__organisation",
        "case__comment__response",
        "case__comment__recommendation",
        "case__report__comment__response",
        "case__report__comment__recommendation",
        "case__document__response",
        "case__appeal__decision__case__comment__response",
        "case__appeal__decision__case__comment__recommendation",
        "case__appeal__decision__case__document__response",
        "case__appeal__decision__case__report",
        "case__appeal__decision__case__membership",
    )
    list_filter = ("verb", "reason")
    search_fields = (
        "=case__comment__response__reference",
        "=case__report__comment__response__reference",
        "=case__document__response__reference",
        "=case__appeal__decision__case__comment__response__reference",
    )
    search_help_text = gettext_lazy("A response's reference.")
    sortable_by = ()
    fields = (
        "decided_at",
        "decided_by",
        "verb",
        "subject",
        "version",
        "state_before",
        "state_after",
        "reason",
        "note",
    )
    readonly_fields = fields

    @admin.display(description=gettext_lazy("On what"))
    def subject(self, decision: Decision) -> str:
        """Name the comment or the claim by its references."""
        case = decision.case.appeal.decision.case if decision.case.appeal else decision.case
        comment = case.report.comment if case.report else case.comment
        if comment is not None:
            return _("recommendation %(number)s, response %(reference)s, %(version)s") % {
                "number": comment.recommendation.number,
                "reference": comment.response.reference,
                "version": decision.version or "",
            }
        if case.document is not None:
            return _("document %(document)s, response %(reference)s") % {
                "document": case.document.reference,
                "reference": case.document.response or "",
            }
        return _("claim for %(name)s") % {
            "name": case.membership.organisation if case.membership else ""
        }
