"""The filters of the decision log: consultation, who, on what, and between which days."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import rights
from consultations.models import Consultation, User
from consultations.models.clock import LONDON
from consultations.records.decisions import SUBJECTS

PATHS = {
    "comment": "case__comment",
    "report": "case__report",
    "document": "case__document",
    "claim": "case__membership",
    "appeal": "case__appeal",
}


class ConsultationFilter(admin.SimpleListFilter):
    """By consultation, among those whose decisions the user may read."""

    title = gettext_lazy("consultation")
    parameter_name = "consultation"
    readers = rights.READ_DECISIONS
    path = "case__consultation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the user's consultations."""
        mine = Consultation.objects.filter(pk__in=rights.where(request, self.readers))
        rows = mine.order_by("title", "pk").values_list("pk", "title")
        return [(str(pk), title) for pk, title in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one consultation's rows."""
        if self.value() not in {choice for choice, _title in self.lookup_choices}:
            return queryset
        return queryset.filter(**{self.path: self.value()})


class WhoFilter(admin.SimpleListFilter):
    """By who decided: anybody who has, or ever had, a right there."""

    title = gettext_lazy("who decided")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the people with a right in the user's consultations."""
        mine = rights.where(request, rights.READ_DECISIONS)
        people = User.objects.filter(roles__consultation__in=mine).distinct()
        return [(str(one.pk), str(one)) for one in people.order_by("name", "email", "pk")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one person's decisions."""
        if self.value() not in {choice for choice, _name in self.lookup_choices}:
            return queryset
        return queryset.filter(decided_by=self.value())


class SubjectFilter(admin.SimpleListFilter):
    """By what was decided on."""

    title = gettext_lazy("subject")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the kinds of subject."""
        return SUBJECTS

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the decisions on one kind of subject."""
        path = PATHS.get(self.value() or "")
        return queryset.filter(**{f"{path}__isnull": False}) if path else queryset


class DaysFilter(admin.ListFilter):
    """From one day until another, both included, as they are in London."""

    title = gettext_lazy("day")
    template = "admin/consultations/days.html"
    parameters = ("from", "until")

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.written = {name: (params.pop(name, None) or [""])[-1] for name in self.parameters}
        self.days = {name: _day(text) for name, text in self.written.items()}

    def has_output(self) -> bool:
        """There is always something to ask."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """Return the names of the two days."""
        return [*self.parameters]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield what the template shows: the two days, and what else the list is filtered by."""
        wrong = any(text and not self.days[name] for name, text in self.written.items())
        others = {n: v for n, v in changelist.params.items() if n not in self.parameters}
        yield {"written": self.written, "wrong": wrong, "others": others}

    def told(self) -> list[tuple[str, str]]:
        """Return the days that are set, in words."""
        names = {"from": _("from"), "until": _("until")}
        return [(names[name], day.isoformat()) for name, day in self.days.items() if day]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what was decided between the two days."""
        first, last = self.days["from"], self.days["until"]
        kept = Q()
        if first:
            kept &= Q(decided_at__gte=_midnight(first))
        if last and last < date.max:
            kept &= Q(decided_at__lt=_midnight(last + timedelta(days=1)))
        return queryset.filter(kept)


def _day(text: str) -> date | None:
    """Return a day as a browser's field sends it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    """Return the instant at which a day begins in London."""
    return datetime.combine(day, time.min, LONDON)
