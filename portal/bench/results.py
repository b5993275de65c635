"""Results of many comments: what counting costs a worker, and reading them a visitor or a program.

The comments are shared among five recommendations. None has been compared with others on arrival,
so that counting compares them all: no site would have it so hard.
"""

from functools import partial
from pathlib import Path
from time import process_time

from django.test import override_settings
from django.urls import reverse

from consultations.models import Comment, Consultation, database_now
from consultations.results import keep
from consultations.results.count import figures
from portal.bench import lean, spoken
from portal.bench.measure import BenchError, Emit, Line, Plan, Site, Times, queries

SLUG = "bench-results"
RECOMMENDATIONS = 5
DEPTH = 0.8
MOST_SECONDS, MOST_MEGABYTES, MOST_TO_LEAN, MOST_QUERIES = 40, 1_024, 6, 10
LEAST_COUNTED = 100_000  # what the seconds are for: fewer are to take their share


@override_settings(ROOT_URLCONF="portal.bench.urls")
def run(plan: Plan, emit: Emit) -> None:
    """Count the most comments as before and as after the close; read them in every way."""
    amount = plan.sizes[-1]
    consultation = spoken.filled(SLUG, RECOMMENDATIONS, amount)
    share = MOST_SECONDS * min(amount / LEAST_COUNTED, 1)
    for name, whole in (("results.count", False), ("results.count.whole", True)):
        seconds, megabytes = _counted(consultation, whole=whole)
        emit(Line(f"{name}.cpu", seconds, "s", amount, share))
        emit(Line(f"{name}.memory", megabytes, "MB", amount, MOST_MEGABYTES))
    keep.refresh(database_now())
    _read(plan, amount, consultation, emit)


def _counted(consultation: Consultation, *, whole: bool) -> tuple[float, float]:
    """The CPU seconds of this process, all threads, and the most megabytes that it held."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the earlier peak
    began = process_time()
    told, _company = figures(consultation, {}, at=database_now(), whole=whole)
    seconds = process_time() - began
    if not told["recommendations"][0]["facts"]["total"]:
        raise BenchError("nothing was counted")
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return seconds, int(line.split()[1]) / 1_024
    raise BenchError("/proc/self/status: no VmHWM")


def _read(plan: Plan, amount: int, consultation: Consultation, emit: Emit) -> None:
    """Each page beside the lean view that runs its own statements."""
    site = Site()
    for kind, path in _paths(consultation).items():
        name, ask = "results-" + kind.replace(".", "-"), partial(site.page, path)
        ask()
        lean.record(name, ask)
        emit(Line(f"results.{kind}.queries", queries(ask), "queries", amount, MOST_QUERIES))
        page, bare = Times(), Times()
        for _sample in range(plan.samples):
            page.add(site.page(path)[1])
            bare.add(site.page(reverse("bench.lean", args=[name]))[1])
        page.tell(f"results.{kind}", amount, emit)
        emit(Line(f"limit.results.{kind}.lean", bare.p50, "ms", amount))
        ratio = page.p50 / bare.p50
        emit(Line(f"results.{kind}.ratio_to_lean", ratio, "ratio", amount, MOST_TO_LEAN))


def _paths(consultation: Consultation) -> dict[str, str]:
    slug = consultation.slug
    shown = Comment.objects.visible_to(None, database_now()).filter(
        recommendation__consultation=consultation, recommendation__number=1
    )
    rows = shown.newest_first()
    last = rows[int(rows.count() * DEPTH)]
    comments = reverse("api.comments", args=[slug, 1])
    return {
        "page": reverse("results.show", args=[slug]),
        "card": reverse("results.card", args=[slug]),
        "api": reverse("api.results", args=[slug]),
        "comments": comments,
        "comments.deep": f"{comments}?after={last.reference}",
        "comments.filtered": f"{comments}?kind=employer&view=oppose",
    }
