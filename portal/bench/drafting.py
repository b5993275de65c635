"""A response in the making, at the site's full size: a save, the list, the check, and sending."""

from collections.abc import Mapping, Sequence
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
    people = list(posting.people(consultation, plan.samples + 1))
    browsers = {user.pk: logged_in(user) for user in people}
    size, site = plan.sizes[-1], Site()
    _saves(site, browsers, asked, size, emit)
    _looks(site, browsers[people[0].pk], consultation, plan.samples, size, emit)
    _sends(site, browsers, consultation, size, emit)


def _saves(
    site: Site, browsers: Mapping[int, str], asked: Sequence[Recommendation], size: int, emit: Emit
) -> None:
    """Save as people who begin here, and then as people who go on."""
    first, *rest = browsers.items()
    begun = queries(partial(_save, site, first[1], asked[0]))
    emit(Line("drafting.begin.queries", begun, "queries", size, MOST_QUERIES))
    times = Times()
    for _user, cookies in rest:
        _save(site, cookies, asked[0])
    for user, cookies in browsers.items():
        times.add(_save(site, cookies, asked[0], over=_stamps(user, asked[0].consultation)[1]))
        for other in asked[1:]:
            _save(site, cookies, other)
    stamp = _stamps(first[0], asked[0].consultation)[1]
    again = queries(partial(_save, site, first[1], asked[0], over=stamp))
    emit(Line("drafting.save.queries", again, "queries", size, MOST_QUERIES))
    times.tell("drafting.save", size, emit)


def _stamps(user: int, of: Consultation) -> dict[int, str]:
    """Return the stamp of each of a person's drafts, by recommendation."""
    drafts = Draft.objects.filter(response__respondent=user, response__consultation=of)
    rows = drafts.values_list("recommendation__number", "stamp")
    return {number: stamp.hex for number, stamp in rows}


def _save(site: Site, cookies: str, on: Recommendation, over: str = "") -> float:
    place = [on.consultation.slug, on.number]
    form = {
        "stance": Stance.SUPPORT.value,
        "text": f"{words.comment(6)} Saved {'again' if over else 'once'}.",
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
    """Read each page in turns with the bare view of its bytes, and the lean one of its queries."""
    paths = {
        "form": reverse("recommendations.show", args=[of.slug, 1]),
        "list": reverse("responses.mine", args=[of.slug]),
        "check": reverse("responses.check", args=[of.slug]),
    }
    times = {name: Times() for name in PAGES}
    bares = {name: Times() for name in PAGES}
    leans = {name: Times() for name in PAGES}
    for name, path in paths.items():
        lean.BYTES[f"drafting-{name}"], _taken = site.page(path, cookies=cookies)
        lean.record(f"drafting-{name}", partial(site.page, path, cookies=cookies))
        count = queries(partial(site.page, path, cookies=cookies))
        emit(Line(f"drafting.{name}.queries", count, "queries", size, MOST_QUERIES))
    for _round in range(samples):
        for name, path in paths.items():
            times[name].add(site.page(path, cookies=cookies)[1])
            bare = reverse("bench.bare", args=[f"drafting-{name}"])
            bares[name].add(site.page(bare, cookies=cookies)[1])
            own = reverse("bench.lean", args=[f"drafting-{name}"])
            leans[name].add(site.page(own, cookies=cookies)[1])
    for name in PAGES:
        times[name].tell(f"drafting.{name}", size, emit)
        bares[name].tell(f"limit.drafting.{name}.bare", size, emit)
        ratio = times[name].at(0.95) / bares[name].at(0.95)
        emit(Line(f"drafting.{name}.p95_to_bare", ratio, "ratio", size, MOST_TO_BARE))
        leans[name].tell(f"limit.drafting.{name}.lean", size, emit)
        to_lean = times[name].at(0.95) / leans[name].at(0.95)
        emit(Line(f"drafting.{name}.p95_to_lean", to_lean, "ratio", size, pages.MOST_TO_LEAN))


def _sends(
    site: Site, browsers: Mapping[int, str], of: Consultation, size: int, emit: Emit
) -> None:
    """Send whole responses."""
    times = Times()
    for user, cookies in browsers.items():
        read = ",".join(f"{number}:{stamp}" for number, stamp in _stamps(user, of).items())
        form = {"notices": of.notices(), "read": read}
        path = reverse("responses.check", args=[of.slug])
        answer, taken = site.ask(path, cookies=cookies, form=form)
        if answer.status != HTTPStatus.FOUND:
            raise BenchError(f"the response was not sent: {answer.status}")
        times.add(taken)
    times.tell("drafting.send", size, emit)
    left = Draft.objects.filter(response__consultation=of).count()
    emit(Line("drafting.left", left, "drafts", size, 0))
