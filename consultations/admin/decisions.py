"""The decision log: who decided what, when, why and on which text; it filters and downloads."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import decision_filters as log
from consultations.admin import rights
from consultations.admin.downloads import DownloadingAdmin
from consultations.admin.offers import Offer
from consultations.admin.places import WideList
from consultations.exchange import extracts
from consultations.models import Case, Decision

# Where a decision's case leads to the response that it is about.
REFERENCES = (
    "comment__reference",
    "comment__response__reference",
    "report__comment__reference",
    "report__comment__response__reference",
    "appeal__decision__case__comment__response__reference",
    "document__reference",
    "document__response__reference",
)
# A reference is eight characters; no more of them are looked up than anybody types.
MOST_SEARCHED = 5
WORDS = ("words", "public_words")


@admin.register(Decision)
class DecisionAdmin(DownloadingAdmin[Decision]):
    """Who decided what, when, why and on which version."""

    consultation = "case__consultation_id"
    readers = rights.READ_DECISIONS
    offers = (
        Offer(
            extracts.DECISIONS,
            gettext_lazy("Decisions"),
            gettext_lazy("Who decided what, when and why; texts by their references alone."),
            rights.READ_DECISIONS,
        ),
        Offer(
            extracts.DECISIONS_WHOLE,
            gettext_lazy("Decisions with the words decided on"),
            gettext_lazy("The words of each version too, with what the public reads now."),
            rights.DECIDE,
        ),
    )
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
    list_filter = (
        log.ConsultationFilter,
        log.DaysFilter,
        "verb",
        "reason",
        log.SubjectFilter,
        log.WhoFilter,
    )
    search_fields = ("=case__comment__reference",)  # see `get_search_results`
    search_help_text = gettext_lazy("The reference of a comment, a response or a document.")
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
    readonly_fields = (*fields, *WORDS)

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[WideList]:
        """Return the list that counts nothing."""
        return WideList

    def get_fields(self, request: HttpRequest, obj: Decision | None = None) -> tuple[str, ...]:
        """Add the words decided on for those who decide there."""
        here = obj.case.consultation_id if obj else None
        return (*self.fields, *WORDS) if rights.holds(request, rights.DECIDE, here) else self.fields

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let the two days through as well."""
        days = lookup in log.DaysFilter.parameters
        return days or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the cases by the references, each in its own index, before the decisions."""
        found = Case.objects.none().values_list("pk")
        for reference in search_term.upper().split()[:MOST_SEARCHED]:
            asked = [Case.objects.filter(**{name: reference}) for name in REFERENCES]
            found = found.union(*(cases.order_by().values_list("pk") for cases in asked))
        if not search_term.split():
            return queryset, False
        return queryset.filter(case__in=[pk for (pk,) in found]), False

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

    @admin.display(description=gettext_lazy("Words decided on"))
    def words(self, decision: Decision) -> str:
        """Give the words of the version as they were sent."""
        return decision.version.text if decision.version else "–"

    @admin.display(description=gettext_lazy("What the public reads now"))
    def public_words(self, decision: Decision) -> str:
        """Give the comment's public text, which is empty where it is not shown."""
        version = decision.version
        return (version.comment.public_text if version else "") or "–"
