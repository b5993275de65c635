"""The filters of the queue and of the comments; choices come from one query a request."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.admin import rights
from consultations.models import Comment, Kind, Recommendation, Region

_CACHE = "_recommendations_to_filter_by"
State = Comment.State
UNREAD = Q(comment__state=State.PUBLISHED, comment__submitted_version=F("comment__public_version"))
WAITING_EDIT = Q(comment__state=State.PUBLISHED) & ~Q(
    comment__submitted_version=F("comment__public_version")
)
QUEUE_STATES = {
    "new": (_("Not yet decided"), Q(comment__state=State.SUBMITTED)),
    "unread": (_("Published, not yet read"), UNREAD),
    "held": (_("Held"), Q(comment__state=State.HELD)),
    "edit": (_("Changes to published comments"), WAITING_EDIT),
    "claim": (_("Claims to speak for an organisation"), Q(membership__isnull=False)),
    "report": (_("Readers’ reports of comments"), Q(report__isnull=False)),
    "document": (_("Respondents’ documents"), Q(document__isnull=False)),
    "appeal": (_("Appeals"), Q(appeal__isnull=False)),
}
AGES = {
    "1": (_("More than a day"), 1),
    "3": (_("More than 3 days"), 3),
    "7": (_("More than a week"), 7),
}


def _recommendations(request: HttpRequest) -> list[tuple[int, str, int, int, str]]:
    """Return (consultation, its title, recommendation, its number, its title) of the user's."""
    known: list[tuple[int, str, int, int, str]] | None = getattr(request, _CACHE, None)
    if known is None:
        mine = Recommendation.objects.filter(consultation__in=rights.where(request, rights.READ))
        known = list(
            mine.order_by("consultation__title", "consultation", "number", "pk").values_list(
                "consultation_id", "consultation__title", "pk", "number", "current__title"
            )
        )
        setattr(request, _CACHE, known)
    return known


class ConsultationFilter(admin.SimpleListFilter):
    """By consultation."""

    title = _("consultation")
    parameter_name = "consultation"
    path = "consultation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the user's consultations."""
        return list({str(row[0]): row[1] for row in _recommendations(request)}.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one consultation's rows."""
        if self.value() not in {choice for choice, _title in self.lookup_choices}:
            return queryset
        return queryset.filter(**{self.path: self.value()})


class RecommendationFilter(admin.SimpleListFilter):
    """By recommendation, once a consultation is chosen or there is only one."""

    title = _("recommendation")
    parameter_name = "recommendation"
    paths: tuple[str, ...] = ("comment__recommendation", "report__comment__recommendation")

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the recommendations of the chosen consultation."""
        rows = _recommendations(request)
        chosen = request.GET.get("consultation", "")
        if len({row[0] for row in rows}) > 1:
            rows = [row for row in rows if str(row[0]) == chosen]
        return [(str(row[2]), f"{row[3]}. {row[4]}") for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one recommendation's rows."""
        known = {choice for choice, _title in self.lookup_choices}
        return _either(queryset, self.paths, self.value() if self.value() in known else None)


class KindFilter(admin.SimpleListFilter):
    """By kind of stakeholder."""

    title = _("kind")
    parameter_name = "kind"
    paths = (
        "comment__kind",
        "membership__organisation__kind__stakeholder_kind",
        "report__comment__kind",
        "document__response__kind",
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the kinds."""
        return Kind.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one kind's rows."""
        return _either(queryset, self.paths, self.value() if self.value() in Kind.values else None)


class RegionFilter(admin.SimpleListFilter):
    """By region."""

    title = _("region")
    parameter_name = "region"
    paths = (
        "comment__region",
        "membership__organisation__region",
        "report__comment__region",
        "document__response__region",
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the regions."""
        rows = Region.objects.order_by("order", "name", "pk").values_list("pk", "name")
        return [(str(number), name) for number, name in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one region's rows."""
        known = {choice for choice, _name in self.lookup_choices}
        return _either(queryset, self.paths, self.value() if self.value() in known else None)


class QueueStateFilter(admin.SimpleListFilter):
    """By state: what waits, unless the moderator asks for more."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the states; the first choice, everything that waits, is the default."""
        return [
            *((name, label) for name, (label, _q) in QUEUE_STATES.items()),
            ("decided", _("Decided")),
        ]

    def choices(self, changelist: Any) -> Any:
        """Name the default for what it is."""
        for number, choice in enumerate(super().choices(changelist)):
            yield choice | {"display": _("All that waits")} if number == 0 else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows in one state."""
        if self.value() == "decided":
            return queryset.filter(closed_at__isnull=False)  # newest first: see `CaseAdmin`
        waiting = queryset.filter(closed_at__isnull=True)
        if self.value() in QUEUE_STATES:
            return waiting.filter(QUEUE_STATES[str(self.value())][1])
        return waiting


class AgeFilter(admin.SimpleListFilter):
    """By how long a case has waited."""

    title = _("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the ages."""
        return [(name, label) for name, (label, _days) in AGES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what has waited so long."""
        if self.value() not in AGES:
            return queryset
        days = AGES[str(self.value())][1]
        return queryset.filter(since__lte=timezone.now() - timedelta(days=days))


class CommentConsultationFilter(ConsultationFilter):
    """Comments by consultation."""

    path = "recommendation__consultation"


class CommentRecommendationFilter(RecommendationFilter):
    """Comments by recommendation."""

    paths = ("recommendation",)


def _either(queryset: QuerySet[Any], paths: Iterable[str], value: Any) -> QuerySet[Any]:
    """Keep the rows where one of the paths leads to the value; all of them where it is None."""
    if value is None:
        return queryset
    found = Q()
    for path in paths:
        found |= Q(**{path: value})
    return queryset.filter(found)
