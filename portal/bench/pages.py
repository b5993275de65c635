"""A recommendation's page at several sizes, its first page and a deep one, and its limits."""

from dataclasses import dataclass, field
from functools import partial

from django.test import override_settings
from django.urls import reverse

from consultations.models import Comment, Consultation, Recommendation, database_now
from consultations.search import PAGE
from portal.bench import fill, lean, spoken
from portal.bench.measure import Emit, Line, Plan, Site, Times, queries

SLUG = "bench-pages"
DEPTH = 0.8
MOST_QUERIES, MOST_GROWTH, MOST_TO_LEAN = 10, 1.5, 6
KINDS = ("page", "deep", "bare", "lean")


@dataclass
class Place:
    """One recommendation, the addresses that are measured, and what came out."""

    size: int
    recommendation: Recommendation
    paths: dict[str, str]
    queries: dict[str, int] = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=lambda: {kind: Times() for kind in KINDS})


def filled(sizes: tuple[int, ...]) -> Consultation:
    """Return the consultation with a recommendation for each size, made where it is missing."""
    known = Consultation.objects.filter(slug=SLUG).first()
    if known:
        return known
    made = fill.consultation(SLUG, len(sizes))
    people = fill.people(made, max(sizes))
    for size, recommendation in zip(sizes, recommendations(made), strict=True):
        spoken.comments(recommendation, people[:size])
    fill.settle()
    return made


@override_settings(ROOT_URLCONF="portal.bench.urls")
def run(plan: Plan, emit: Emit) -> None:
    """Measure all sizes in turns, so that a busy moment of the machine meets them all alike."""
    site, consultation = Site(), filled(plan.sizes)
    places = [
        Place(size, recommendation, _paths(size, recommendation))
        for size, recommendation in zip(plan.sizes, recommendations(consultation), strict=True)
    ]
    for place in places:
        page, _taken = site.page(place.paths["page"])
        lean.prepare(str(place.size), place.recommendation, page)
        for kind in KINDS:
            site.page(place.paths[kind])
            place.queries[kind] = queries(partial(site.page, place.paths[kind]))
        emit(Line("page.bytes", len(page), "bytes", place.size))
    for _round in range(plan.samples):
        for place in places:
            for kind in KINDS:
                place.times[kind].add(site.page(place.paths[kind])[1])
    _tell(places, emit)


def recommendations(consultation: Consultation) -> list[Recommendation]:
    """Return its recommendations, one for each size."""
    rows = consultation.recommendations.select_related("consultation", "current")
    return list(rows.order_by("number"))


def _paths(size: int, recommendation: Recommendation) -> dict[str, str]:
    here = reverse("recommendations.show", args=[SLUG, recommendation.number])
    shown = Comment.objects.visible_to(None, database_now()).filter(recommendation=recommendation)
    rows = shown.newest_first()
    amount = rows.count()
    last = rows[max(min(int(amount * DEPTH), amount - PAGE - 1), 0)]  # a full page follows
    return {
        "page": here,
        "deep": f"{here}?older={last.reference}",
        "bare": reverse("bench.bare", args=[str(size)]),
        "lean": reverse("bench.lean", args=[str(size)]),
    }


def _tell(places: list[Place], emit: Emit) -> None:
    smallest = places[0].times
    for place in places:
        times, n = place.times, place.size
        for kind, name in (("page", "page"), ("deep", "page.deep")):
            emit(Line(f"{name}.queries", place.queries[kind], "queries", n, MOST_QUERIES))
            times[kind].tell(name, n, emit)
            growth = times[kind].p50 / smallest[kind].p50
            emit(Line(f"{name}.ratio_to_smallest", growth, "ratio", n, MOST_GROWTH))
            ratio = times[kind].p50 / times["lean"].p50
            emit(Line(f"{name}.ratio_to_lean", ratio, "ratio", n, MOST_TO_LEAN))
        for kind in ("bare", "lean"):
            times[kind].tell(f"limit.{kind}", n, emit)
        emit(Line("limit.lean.queries", place.queries["lean"], "queries", n))
        ratio = times["page"].p50 / times["bare"].p50
        emit(Line("page.ratio_to_bare", ratio, "ratio", n))
    counts = {place.queries[kind] for place in places for kind in ("page", "deep")}
    spread = max(counts) - min(counts)
    emit(Line("page.queries_spread", spread, "queries", places[-1].size, 0))
