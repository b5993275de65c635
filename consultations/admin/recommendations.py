"""Recommendations: written within their consultation, looked at by themselves."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from consultations.admin import rights
from consultations.admin.base import ReadOnlyAdmin
from consultations.admin.writing import RecommendationForm, RecommendationFormSet
from consultations.models import Consultation, Recommendation, database_now

# How many empty recommendations a new consultation begins with.
FIRST_NUMBERS = 5


class RecommendationInline(admin.StackedInline[Recommendation, Consultation]):
    """The recommendations, with the words of their current versions."""

    model = Recommendation
    form = RecommendationForm
    formset = RecommendationFormSet
    fields = ("number", "title", "text", "what_changed")
    ordering = ("number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recommendation]:
        """Return them with their words."""
        return super().get_queryset(request).select_related("current")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Offer room for a first few, and for one more later."""
        return 1 if obj else FIRST_NUMBERS

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the consultation sees them."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Officers write them."""
        return rights.holds(request, rights.OFFICER, obj.pk) if obj else False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Officers add them, and whoever begins the consultation."""
        if obj is None:
            return rights.may_add_consultations(request)
        return rights.holds(request, rights.OFFICER, obj.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Officers remove them until the consultation opens: later they may have been answered."""
        if obj is None or obj.has_opened(database_now()):
            return False
        return rights.holds(request, rights.OFFICER, obj.pk)

    @admin.display(description=gettext_lazy("Title"))
    def title(self, recommendation: Recommendation) -> str:
        """Give the current title to those who only read."""
        return recommendation.current.title if recommendation.current else ""

    @admin.display(description=gettext_lazy("Text"))
    def text(self, recommendation: Recommendation) -> str:
        """Give the current text to those who only read."""
        return recommendation.current.text if recommendation.current else ""

    @admin.display(description=gettext_lazy("What has changed since publication"))
    def what_changed(self, recommendation: Recommendation) -> str:
        """Give the current note to those who only read."""
        return recommendation.current.what_changed if recommendation.current else ""


@admin.register(Recommendation)
class RecommendationAdmin(ReadOnlyAdmin[Recommendation]):
    """The recommendations, to be looked at; they are written on their consultation's page."""

    readers = rights.ANY
    list_display = ("number", "current", "consultation")
    list_display_links = ("current",)
    list_select_related = ("current", "consultation")
    sortable_by = ()
    fields = ("consultation", "number", "words", "note")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Text"))
    def words(self, recommendation: Recommendation) -> str:
        """Give the current text."""
        return recommendation.current.text if recommendation.current else ""

    @admin.display(description=gettext_lazy("What has changed since publication"))
    def note(self, recommendation: Recommendation) -> str:
        """Give the current note."""
        return recommendation.current.what_changed if recommendation.current else ""
