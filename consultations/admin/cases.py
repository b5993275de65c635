"""The moderator's queue as a changelist; the page of one case is in `review`, actions in `bulk`."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.admin import bulk, filters, marking, review, rights, told
from consultations.admin.base import PolicyAdmin
from consultations.models import Case
from consultations.moderation import queue

EXCERPT = 160


@admin.register(Case)
class CaseAdmin(PolicyAdmin[Case]):
    """What waits, oldest first."""

    readers = rights.DECIDE
    writers = rights.DECIDE
    list_display = ("subject", "about", "who", "stance", "excerpt", "waiting", "marked")
    list_display_links = ("subject",)
    list_select_related = queue.RELATED
    list_filter = (
        filters.QueueStateFilter,
        filters.ConsultationFilter,
        filters.RecommendationFilter,
        filters.KindFilter,
        filters.RegionFilter,
        filters.AgeFilter,
    )
    search_fields = (
        "comment__submitted_version__text",
        "comment__response__organisation_name",
        "comment__response__name",
        "=comment__reference",
        "=comment__response__reference",
        "membership__organisation__name",
        "=report__comment__reference",
        "report__words",
        "document__title",
        "document__response__organisation_name",
        "document__response__name",
        "=document__response__reference",
    )
    search_help_text = gettext_lazy("Words of the comment, a name, an organisation or a reference.")
    sortable_by = ("waiting",)
    ordering = ("since", "pk")
    actions = (bulk.publish, bulk.reject, bulk.hold, bulk.confirm_claim)
    list_per_page = 25

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """Return the cases of the consultations where the user decides."""
        return queue.in_consultations(rights.where(request, rights.DECIDE))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What waits, oldest first; what was decided, newest first."""
        decided = request.GET.get("state") == "decided"
        return ("-closed_at", "-pk") if decided else self.ordering

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the queue."""
        title = {"title": _("What waits for a decision")}
        return super().changelist_view(request, title | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one case, and take the decision."""
        return review.page(self, request, self.fetch(request, object_id))

    @admin.display(description=gettext_lazy("What"))
    def subject(self, case: Case) -> str:
        """Name what is decided."""
        comment = case.comment
        if case.report is not None:
            return _("Report: %(why)s") % {"why": case.report.get_why_display()}
        if case.document is not None:
            return _("Document (%(kind)s)") % {"kind": case.document.get_kind_display()}
        if comment is None:
            return _("Claim to speak for an organisation")
        if comment.public_version_id and comment.state == comment.State.PUBLISHED:
            same = comment.public_version_id == comment.submitted_version_id
            return _("Published, not yet read") if same else _("Change to a published comment")
        return _("Comment, held") if comment.state == comment.State.HELD else _("Comment")

    @admin.display(description=gettext_lazy("About"))
    def about(self, case: Case) -> str:
        """Name the recommendation and the consultation."""
        comment = told.commented(case)
        if comment is None:
            return case.consultation.title
        recommendation = comment.recommendation
        return f"{recommendation.number}. {recommendation.current} ({case.consultation.title})"

    @admin.display(description=gettext_lazy("Who"))
    def who(self, case: Case) -> str:
        """Name the respondent, their kind and region, and the organisation's claim."""
        return " · ".join(told.who(case))

    @admin.display(description=gettext_lazy("View"))
    def stance(self, case: Case) -> str:
        """Give the stance that waits, or was reported."""
        version = told.version(case)
        return version.get_stance_display() if version else "–"

    @admin.display(description=gettext_lazy("Text"))
    def excerpt(self, case: Case) -> str:
        """Give the beginning of the text that waits, or was reported; a document's title."""
        if case.document is not None:
            return case.document.title
        version = told.version(case)
        return Truncator(version.text).chars(EXCERPT) if version and version.text else "–"

    @admin.display(description=gettext_lazy("Waiting"), ordering="since")
    def waiting(self, case: Case) -> SafeString:
        """Give the age, marked where it is beyond the consultation's target."""
        now = timezone.now()
        days = queue.days_waiting(case, now)
        age = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
        since = timezone.localtime(case.since)
        late = _("(late)") if queue.overdue(case, now) else ""
        return format_html(
            '<time datetime="{}">{}</time> <strong class="late">{}</strong>',
            since.isoformat(timespec="minutes"),
            age if days else since.strftime("%H:%M"),
            late,
        )

    @admin.display(description=gettext_lazy("Marks"))
    def marked(self, case: Case) -> SafeString | str:
        """Say what was found on arrival, and lead to the campaign that it stands in."""
        said = " ".join(marking.sentences(case))
        campaign = marking.campaign_of(case)
        if campaign is None:
            return said or "–"
        page, label = marking.page_of(campaign), marking.how_many(campaign)
        return format_html('<a href="{}">{}</a> {}', page, label, said)
