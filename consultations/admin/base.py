"""What every admin page shares: rights from `policy`, no copies in Django's log, capped counts."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consultations.admin import rights

M = TypeVar("M", bound=Model)
# No list counts or pages beyond this: filters and search lead on, and no table is counted whole.
MOST_COUNTED = 2_000
MOST_DIGITS = 19


class CappedPaginator(Paginator[Any]):
    """Pages of a list whose count stops at `MOST_COUNTED`."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, at most `MOST_COUNTED`."""
        rows: Any = self.object_list
        return int(rows[:MOST_COUNTED].count())

    @property
    def capped(self) -> bool:
        """Whether there may be more rows than were counted."""
        return self.count == MOST_COUNTED


class PolicyAdmin(admin.ModelAdmin[M]):
    """Shows the rows of the consultations where the user has a right; changes nothing by itself.

    `consultation` names the way from a row to its consultation's id; "" means that the rows
    belong to the site: a right in any consultation opens those that `within` it, site
    administrators see all, and they alone change them.
    """

    consultation: str = "consultation_id"
    readers: Collection[str] = rights.OFFICER
    writers: Collection[str] = frozenset()
    adders: Collection[str] = frozenset()
    deleters: Collection[str] = frozenset()
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200
    view_on_site = False
    actions: Any = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Return the rows that the user may read; the others do not exist for them."""
        rows = super().get_queryset(request)
        if self.consultation:
            return rows.filter(**{f"{self.consultation}__in": rights.where(request, self.readers)})
        if rights.administers(request):
            return rows
        return self.within(rows, rights.where(request, self.readers))

    def within(self, rows: QuerySet[M], consultations: list[int]) -> QuerySet[M]:
        """Keep the site's rows that concern these consultations; without a word, all do."""
        return rows

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let no parameter name a field, but for the fields that the list filters by."""
        allowed: set[str] = set()
        for filtered in self.list_filter or ():
            if isinstance(filtered, str):
                allowed |= {filtered, f"{filtered}__exact", f"{filtered}__id__exact"}
            elif isinstance(filtered, type) and issubclass(filtered, admin.SimpleListFilter):
                allowed.add(str(filtered.parameter_name))
        return lookup in allowed

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list; what cannot be a value leads to the page that Django has for it."""
        typed = [text for values in request.GET.lists() for text in (values[0], *values[1])]
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any("\0" in text for text in typed) or not all(map(is_key, chosen)):
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        return super().changelist_view(request, extra_context)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the index lists this page."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Whether the user may read here."""
        return self._holds(request, self.readers, obj)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Whether the user may change rows here."""
        return self._holds(request, self.writers, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the user may add rows here."""
        return self._holds(request, self.adders, None)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Whether the user may delete rows here."""
        return self._holds(request, self.deleters, obj)

    def _holds(self, request: HttpRequest, wanted: Collection[str], obj: M | None) -> bool:
        if not wanted:
            return False
        if not self.consultation and rights.administers(request):
            return True
        return rights.holds(request, wanted, self._consultation_of(obj))

    def _consultation_of(self, obj: M | None) -> int | None:
        if obj is None or not self.consultation or obj.pk is None:
            return None
        found: Any = obj
        for step in self.consultation.split("__"):
            found = getattr(found, step)
        return int(found)

    def get_actions(self, request: HttpRequest) -> Any:
        """Return this page's own actions; Django's bulk deletion is not one."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def fetch(self, request: HttpRequest, object_id: str) -> M:
        """Return a row that the user may read, or answer as if it did not exist."""
        found: M | None = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: object, object_id: str
    ) -> HttpResponseRedirect:
        raise Http404

    # Django's log copies names; the ledger and the decisions are the record here.

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> Any:
        """Keep nothing in Django's log."""

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> Any:
        """Keep nothing in Django's log."""

    def log_deletions(self, request: HttpRequest, queryset: object) -> Any:
        """Keep nothing in Django's log."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """There is no such page: see `log_addition`."""
        raise Http404


def is_key(text: str) -> bool:
    """Whether a text may be the key of a row: digits, and no more than a key has."""
    return text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS


class ReadOnlyAdmin(PolicyAdmin[M]):
    """Rows that are looked at, and never changed by hand."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under a title that promises no more than reading."""
        title = {"title": _("Look at %(name)s") % {"name": self.opts.verbose_name_plural}}
        return super().changelist_view(request, title | (extra_context or {}))
