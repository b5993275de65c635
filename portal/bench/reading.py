"""Finding comments at several sizes: words, one choice, several, and the bare view of each page."""

from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from django.test import override_settings
from django.urls import reverse

from consultations.models import Comment, Recommendation, database_now
from portal.bench import lean, pages
from portal.bench.measure import Emit, Line, Plan, Site, Times, queries

MOST_QUERIES, MOST_GROWTH, MOST_TO_PLAIN = 10, 1.5, 1.5
# A word of every second comment; a rare one is the number of a single comment's author.
COMMON = "apprentice"
KINDS = ("plain", "common", "rare", "phrase", "filter", "combined", "searched", "absent")


@dataclass
class Place:
    """One recommendation, what is looked for there, and what came out."""

    size: int
    paths: dict[str, str]
    queries: dict[str, int] = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=lambda: {kind: Times() for kind in KINDS})
    bare: dict[str, Times] = field(default_factory=lambda: {kind: Times() for kind in KINDS})


@override_settings(ROOT_URLCONF="portal.bench.urls")
def run(plan: Plan, emit: Emit) -> None:
    """Measure all sizes in turns, each page beside the bare view of its own bytes."""
    site, consultation = Site(), pages.filled(plan.sizes)
    places = [
        Place(size, _paths(recommendation))
        for size, recommendation in zip(
            plan.sizes, pages.recommendations(consultation), strict=True
        )
    ]
    for place in places:
        for kind in KINDS:
            body, _taken = site.page(place.paths[kind])
            lean.BYTES[_name(place, kind)] = body
            place.queries[kind] = queries(partial(site.page, place.paths[kind]))
    for _round in range(plan.samples):
        for place in places:
            for kind in KINDS:
                place.times[kind].add(site.page(place.paths[kind])[1])
                bare = reverse("bench.bare", args=[_name(place, kind)])
                place.bare[kind].add(site.page(bare)[1])
    for place in places:
        _tell(place, places[0], emit)


def _name(place: Place, kind: str) -> str:
    return f"reading-{place.size}-{kind}"


def _paths(recommendation: Recommendation) -> dict[str, str]:
    """Return what is looked for; the rare word is that of a comment half-way down the list."""
    here = reverse("recommendations.show", args=[pages.SLUG, recommendation.number])
    shown = Comment.objects.visible_to(None, database_now()).filter(recommendation=recommendation)
    rows = shown.newest_first().filter(signed=True, shown_organisation_kind__isnull=False)
    one = rows[rows.count() // 2]
    number = one.public_text.split()[-1].rstrip(".")
    region = one.shown_region.code if one.shown_region else ""
    facets = {"kind": one.kind, "region": region, "stance": one.stance}
    asked: dict[str, dict[str, str]] = {
        "plain": {},
        "common": {"words": COMMON},
        "rare": {"words": number},
        "phrase": {"words": f'"reader {number}"'},
        "filter": {"region": facets["region"]},
        "combined": facets,
        "searched": {"words": COMMON, **facets},
        "absent": {"words": "unheard-of", "kind": one.kind},
    }
    return {kind: f"{here}?{urlencode(said)}" for kind, said in asked.items()}


def _tell(place: Place, smallest: Place, emit: Emit) -> None:
    """Finding is compared with the page where nothing is looked for, and that with the smallest."""
    plain = place.times["plain"].p50
    for kind in KINDS:
        name, times, bare = f"reading.{kind}", place.times[kind], place.bare[kind]
        emit(Line(f"{name}.queries", place.queries[kind], "queries", place.size, MOST_QUERIES))
        times.tell(name, place.size, emit)
        emit(Line(f"{name}.ratio_to_plain", times.p50 / plain, "ratio", place.size, MOST_TO_PLAIN))
        bare.tell(f"limit.reading.{kind}.bare", place.size, emit)
        emit(Line(f"{name}.ratio_to_bare", times.p50 / bare.p50, "ratio", place.size))
    growth = plain / smallest.times["plain"].p50
    emit(Line("reading.plain.ratio_to_smallest", growth, "ratio", place.size, MOST_GROWTH))
