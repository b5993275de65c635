"""Campaigns: what differs between near-identical comments, split, joined and decided together.

The page of one is in `campaign_page`, deciding on it in `campaign_deciding`.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import campaign_deciding, campaign_page, filters, rights
from consultations.admin.base import PolicyAdmin
from consultations.models import Campaign

EXCERPT = 160


@admin.register(Campaign)
class CampaignAdmin(PolicyAdmin[Campaign]):
    """Near-identical comments, the largest campaigns first."""

    consultation = "recommendation__consultation_id"
    readers = rights.DECIDE
    writers = rights.DECIDE
    list_display = ("named", "about", "size", "own", "excerpt", "made_at")
    list_display_links = ("named",)
    list_filter = (filters.CommentConsultationFilter, filters.CommentRecommendationFilter)
    search_fields = ("label", "pattern__text")
    search_help_text = gettext_lazy("Words of the commonest text, or the campaign’s name.")
    sortable_by = ("size", "own", "made_at")
    ordering = ("-size", "pk")
    list_per_page = 25

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Return the campaigns of the consultations where the user decides."""
        related = ("recommendation__consultation", "recommendation__current", "pattern")
        return super().get_queryset(request).select_related(*related)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list."""
        title = {"title": _("Campaigns: near-identical comments")}
        return super().changelist_view(request, title | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what its texts say and how they differ; split, join and name."""
        return campaign_page.page(self, request, self.fetch(request, object_id))

    def get_urls(self) -> list[URLPattern]:
        """Add the page that decides on all that wait."""
        decide = path(
            "<int:object_id>/decide/",
            self.admin_site.admin_view(self.decide_view),
            name="consultations_campaign_decide",
        )
        return [decide, *super().get_urls()]

    def decide_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Read what waits, and decide on all of it together."""
        return campaign_deciding.page(self, request, self.fetch(request, str(object_id)))

    @admin.display(description=gettext_lazy("Campaign"))
    def named(self, campaign: Campaign) -> str:
        """Give its number and its name."""
        return str(campaign)

    @admin.display(description=gettext_lazy("About"))
    def about(self, campaign: Campaign) -> str:
        """Name the recommendation and the consultation."""
        asked = campaign.recommendation
        return f"{asked.number}. {asked.current} ({asked.consultation.title})"

    @admin.display(description=gettext_lazy("Commonest text"))
    def excerpt(self, campaign: Campaign) -> str:
        """Give the beginning of what most of them say."""
        return Truncator(campaign.pattern.text).chars(EXCERPT)
