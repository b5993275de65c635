"""A response in the making, at the site's full size: a save, the list, the check, and sending."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from uuid import uuid4

from django.test import override_settings
from django.urls import reverse

from consultations.models import Consultation, Draft, Permission, Recommendation, Stance
from portal.bench import lean, pages, posting, words
from portal.bench.measure import BenchError, Emit, Line, Plan, Site, Times, logged_in, queries

MOST_QUERIES, MOST_TO_BARE = 12, 2
PAGES = ("form", "list", "check")


@override_settings(ROOT_URLCONF="portal.bench.urls")
def run(plan: Plan, emit: Emit) -> None:
    """Let people save an answer to every recommendation, look at their pages, and send all."""
    consultation = pages.filled(plan.sizes)
    asked = list(consultation.recommendations.select_related("consultation").order_by("number"))
    browsers = [logged_in(user) for user in posting.people(consultation, plan.samples + 1)]
    size, site = plan.sizes[-1], Site()
    _saves(site, browsers, asked, size, emit)
    _looks(site, browsers[0], consultation, plan.samples, size, emit)
    _sends(site, browsers, consultation, size, emit)


def _saves(
    site: Site, browsers: Sequence[str], asked: Sequence[Recommendation], size: int, emit: Emit
) -> None:
    """Save as people who begin here, and then as people who go on."""
    begun = queries(partial(_save, site, browsers[0], asked[0]))
    emit(Line("drafting.begin.queries", begun, "queries", size, MOST_QUERIES))
    times = Times()
    for cookies in browsers[1:]:
        _save(site, cookies, asked[0])
    for cookies in browsers:
        times.add(_save(site, cookies, asked[0], over=1))
        for other in asked[1:]:
            _save(site, cookies, other)
    again = queries(partial(_save, site, browsers[0], asked[0], over=2))
    emit(Line("drafting.save.queries", again, "queries", size, MOST_QUERIES))
    times.tell("drafting.save", size, emit)


def _save(site: Site, cookies: str, on: Recommendation, over: int = 0) -> float:
    place = [on.consultation.slug, on.number]
    form = {
        "stance": Stance.SUPPORT.value,
        "text": f"{words.comment(6)} Saved {over + 1} times.",
        "permission": Permission.NAMED.value,
        "key": str(uuid4()),
        "based_on": 0,
        "answering": 1,
        "draft": over,
        "notices": on.consultation.notices(),
    }
    answer, taken = site.ask(reverse("drafts.save", args=place), cookies=cookies, form=form)
    if answer.status != HTTPStatus.FOUND:
        raise BenchError(f"the draft was not saved: {answer.status}")
    return taken


def _looks(site: Site, cookies: str, of: Consultation, samples: int, size: int, emit: Emit) -> None:
    """Read each page beside the bare view of its bytes, in turns."""
    paths = {
        "form": reverse("recommendations.show", args=[of.slug, 1]),
        "list": reverse("responses.mine", args=[of.slug]),
        "check": reverse("responses.check", args=[of.slug]),
    }
    times = {name: Times() for name in PAGES}
    bares = {name: Times() for name in PAGES}
    for name, path in paths.items():
        lean.BYTES[f"drafting-{name}"], _taken = site.page(path, cookies=cookies)
        count = queries(partial(site.page, path, cookies=cookies))
        emit(Line(f"drafting.{name}.queries", count, "queries", size, MOST_QUERIES))
    for _round in range(samples):
        for name, path in paths.items():
            times[name].add(site.page(path, cookies=cookies)[1])
            bare = reverse("bench.bare", args=[f"drafting-{name}"])
            bares[name].add(site.page(bare, cookies=cookies)[1])
    for name in PAGES:
        times[name].tell(f"drafting.{name}", size, emit)
        bares[name].tell(f"limit.drafting.{name}.bare", size, emit)
        ratio = times[name].at(0.95) / bares[name].at(0.95)
        emit(Line(f"drafting.{name}.p95_to_bare", ratio, "ratio", size, MOST_TO_BARE))


def _sends(site: Site, browsers: Sequence[str], of: Consultation, size: int, emit: Emit) -> None:
    """Send whole responses."""
    amount = of.recommendations.count()
    read = ",".join(f"{number}:{3 if number == 1 else 1}" for number in range(1, amount + 1))
    times = Times()
    for place, cookies in enumerate(browsers):
        numbers = read if place == 0 else read.replace("1:3", "1:2")
        form = {"notices": of.notices(), "read": numbers}
        path = reverse("responses.check", args=[of.slug])
        answer, taken = site.ask(path, cookies=cookies, form=form)
        if answer.status != HTTPStatus.FOUND:
            raise BenchError(f"the response was not sent: {answer.status}")
        times.add(taken)
    times.tell("drafting.send", size, emit)
    left = Draft.objects.filter(response__consultation=of).count()
    emit(Line("drafting.left", left, "drafts", size, 0))
