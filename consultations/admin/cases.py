"""The moderator's queue as a changelist; the page of one case is in `review`, actions in `bulk`."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.admin import (
    appeals,
    bulk,
    confirming,
    filters,
    marking,
    review,
    rights,
    told,
    undoing,
)
from consultations.admin.base import PolicyAdmin, is_key
from consultations.admin.places import WideList, beyond
from consultations.models import Case, database_now
from consultations.models.cases import CaseQuerySet
from consultations.moderation import finding, queue, turns

EXCERPT = 160


@admin.register(Case)
class CaseAdmin(PolicyAdmin[Case]):
    """What waits, by consultation, oldest first."""

    readers = rights.DECIDE
    writers = rights.DECIDE
    list_display = ("subject", "waiting", "about", "who", "stance", "excerpt", "marked")
    list_display_links = ("subject",)
    list_select_related = queue.LISTED
    list_filter = (
        filters.QueueStateFilter,
        filters.ConsultationFilter,
        filters.RecommendationFilter,
        filters.KindFilter,
        filters.RegionFilter,
        filters.AgeFilter,
    )
    # Not by `search_fields`, which would read every text: see `get_search_results`.
    search_fields = ("reference",)
    search_help_text = gettext_lazy(
        "Whole words of the comment, a name, an organisation or a reference."
    )
    sortable_by = ()
    ordering = queue.ORDER
    actions = (bulk.publish, bulk.reject, bulk.hold, bulk.confirm_claim)
    list_per_page = 25
    most_at_once = confirming.MOST

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """Return the cases of the consultations where the user decides."""
        return queue.in_consultations(rights.where(request, rights.DECIDE))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Case | None:
        """Return a case with all that its page shows, if the user decides on it."""
        mine = cast(CaseQuerySet, self.get_queryset(request))
        return queue.reviewed(mine, int(object_id)) if is_key(object_id) else None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[WideList]:
        """Page by places: the queue may be very long."""
        return WideList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        """Find words, names and references by their indexes, from the page's place on."""
        if not search_term.strip():
            return queryset, False
        rows, backwards = beyond(queryset, request)
        most = confirming.MOST if request.method == "POST" else self.list_per_page + 1
        found = finding.find(cast(CaseQuerySet, rows), search_term, most=most)
        return (found.reverse() if backwards else found), False

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What waits, by consultation and oldest first; what was decided, newest first."""
        decided = request.GET.get("state") == "decided"
        return ("-closed_at", "-pk") if decided else self.ordering

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the next case, and of undoing the last decision."""
        pages = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"consultations_case_{name}")
            for name, view in (("next", self.next_view), ("undo", self.undo_view))
        ]
        return [*pages, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the queue, and above it how much waits in each consultation."""
        context: dict[str, Any] = {
            "title": _("What waits for a decision"),
            "undo": undoing.offered(request),
        }
        # Who searches looks for something, and not for what comes next.
        if request.method != "POST" and not request.GET.get("q", "").strip():
            context["backlogs"] = queue.backlogs(rights.where(request, rights.DECIDE))
        return super().changelist_view(request, context | (extra_context or {}))

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Give the moderator the next case that nobody else reads, and open it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        mine = rights.where(request, rights.DECIDE)
        chosen = request.POST.get("consultation", "")
        if is_key(chosen):
            mine = [number for number in mine if number == int(chosen)]
        person, now = rights.person(request), database_now()
        following = turns.take_next(consultations=mine, by=person, at=now)
        return review.onward(request, following)

    def undo_view(self, request: HttpRequest) -> HttpResponse:
        """Take back what the moderator decided last."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return undoing.take_back(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one case, and take the decision."""
        case = self.fetch(request, object_id)
        page = review.page if case.appeal_id is None else appeals.page
        return page(self, request, case)

    @admin.display(description=gettext_lazy("What"))
    def subject(self, case: Case) -> str:
        """Name what is decided."""
        comment = case.comment
        if case.appeal is not None:
            return _("Appeal")
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
        """Name the recommendation; the consultation heads its rows."""
        comment = told.commented(case)
        if comment is None:
            return "–"
        return f"{comment.recommendation.number}. {comment.recommendation.current}"

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
        if case.appeal is not None:
            return Truncator(case.appeal.words).chars(EXCERPT) or "–"
        if case.document is not None:
            return case.document.title
        version, comment = told.version(case), told.commented(case)
        words = comment.words_left(version) if version and comment else ""
        return Truncator(words).chars(EXCERPT) or "–"

    @admin.display(description=gettext_lazy("Waiting"))
    def waiting(self, case: Case) -> SafeString:
        """Give the age, marked where it is beyond the target, and who reads it just now."""
        now = told.read_at(case)
        days, since = queue.days_waiting(case, now), timezone.localtime(case.since)
        age = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
        reading = told.reading(case)
        return format_html(
            '<time datetime="{}">{}</time> <strong class="late">{}</strong>{}',
            since.isoformat(timespec="minutes"),
            age if days else since.strftime("%H:%M"),
            _("(late)") if queue.overdue(case, now) else "",
            format_html('<p class="reading">{}</p>', reading) if reading else "",
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
