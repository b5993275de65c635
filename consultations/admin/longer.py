"""Lists of any length: newest first, page after page by the last row seen; nothing is counted."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet, Subquery
from django.http import HttpRequest

from consultations.admin.base import is_key


class LongList(ChangeList):
    """A list ordered by `model_admin.ordered_by` and its key, newest first.

    `?older=KEY` goes on after that row: the index begins there, so each page costs the same.
    """

    older = ""
    next_page = ""
    first_page = ""

    def get_queryset(self, request: HttpRequest, *rest: Any, **more: Any) -> QuerySet[Any]:
        """Return the rows by the filters; where the page begins is no filter."""
        self.params.pop("older", None)
        self.older = (self.filter_params.pop("older", None) or [""])[-1]
        return super().get_queryset(request, *rest, **more)

    def get_results(self, request: HttpRequest) -> None:
        """Read one page and one row more, which says whether there is another."""
        found = list(self._after(self.queryset)[: self.list_per_page + 1])
        self.result_list = found[: self.list_per_page]
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = bool(self.result_list)
        self.paginator = self.model_admin.get_paginator(
            request, self.result_list, self.list_per_page
        )
        if len(found) > self.list_per_page:
            self.next_page = self.get_query_string({"older": found[-2].pk})
        if self.older:
            self.first_page = self.get_query_string()

    def _after(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if not is_key(self.older):
            return rows
        name: str = self.model_admin.ordered_by  # type: ignore[attr-defined]
        at = Subquery(self.model._base_manager.filter(pk=self.older).values(name))
        # The first condition says nothing new, but lets the index begin here, however deep.
        return rows.filter(Q(**{f"{name}__lt": at}) | Q(pk__lt=self.older), **{f"{name}__lte": at})
