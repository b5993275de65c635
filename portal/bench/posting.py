"""A comment sent through the form, at the site's full size: its statements, and its time."""

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from uuid import uuid4

from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from consultations.models import (
    Consultation,
    Kind,
    Membership,
    Organisation,
    OrganisationKind,
    Permission,
    Recommendation,
    Region,
    Stance,
    User,
    database_now,
)
from portal.bench import pages, sink, words
from portal.bench.measure import BenchError, Emit, Line, Plan, Site, Times, logged_in, queries

MOST_QUERIES = 12


def run(plan: Plan, emit: Emit) -> None:
    """Post as people who write their first comment here, which is the dearest one."""
    consultation = pages.filled(plan.sizes)
    recommendation = consultation.recommendations.order_by("-number")[0]
    size = plan.sizes[-1]
    with sink.running() as relay:
        address = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": relay.port}
        with override_settings(**address):
            _count(consultation, recommendation, size, emit)
            _time(plan.samples, recommendation, size, emit)
        connections = relay.stop().connections
    emit(Line("posting.smtp_connections", connections, "connections", size, 0))


def _count(of: Consultation, on: Recommendation, size: int, emit: Emit) -> None:
    """Count for one who answers alone, and for one whose organisation's claim waits; warmed."""
    site = Site()
    _send(site, logged_in(next(people(of, 1))), on)
    first = logged_in(next(people(of, 1)))
    others = [each for each in of.recommendations.all() if each != on] or [on]
    for name, cookies, where in (
        ("posting.queries", first, on),
        ("posting.next.queries", first, others[0]),
        ("posting.organisation.queries", logged_in(_claimant(of)), on),
    ):
        based_on = 1 if name == "posting.next.queries" and where == on else 0
        count = queries(partial(_send, site, cookies, where, based_on))
        emit(Line(name, count, "queries", size, MOST_QUERIES))


def _time(samples: int, on: Recommendation, size: int, emit: Emit) -> None:
    site, times = Site(), Times()
    browsers = [logged_in(user) for user in people(on.consultation, samples)]
    for cookies in browsers:
        times.add(_send(site, cookies, on))
    times.tell("posting", size, emit)


def _send(site: Site, cookies: str, on: Recommendation, based_on: int = 0) -> float:
    """Send the form once; return the milliseconds. Raises BenchError where it is not taken."""
    place = [on.consultation.slug, on.number]
    form = {
        "stance": Stance.SUPPORT.value,
        "text": words.comment(6),
        "permission": Permission.NAMED.value,
        "key": str(uuid4()),
        "based_on": based_on,
        "answering": 1,
        "notices": on.consultation.notices(),
    }
    answer, taken = site.ask(reverse("comments.post", args=place), cookies=cookies, form=form)
    if (answer.status, answer.location) != (
        HTTPStatus.FOUND,
        reverse("comments.receipt", args=place),
    ):
        raise BenchError(f"the comment was not taken: {answer.status} {answer.location}")
    return taken


def people(of: Consultation, amount: int) -> Iterator[User]:
    """Make people who have introduced themselves and said nothing yet."""
    region = Region.objects.order_by("pk")[0]
    for _number in range(amount):
        yield User.objects.create(
            email=f"{uuid4().hex}@example.org",
            name="Newcomer",
            kind=Kind.EMPLOYER,
            acting_for=User.ActingFor.SELF,
            region=region,
        )


@transaction.atomic
def _claimant(of: Consultation) -> User:
    """Make somebody who answers for an organisation that no moderator has confirmed."""
    [user] = people(of, 1)
    kind = OrganisationKind.objects.filter(stakeholder_kind=Kind.EMPLOYER)[0]
    body = Organisation.objects.create(name=user.email, kind=kind, region=user.region)
    Membership.objects.create(user=user, organisation=body, claimed_at=database_now())
    user.acting_for, user.organisation = User.ActingFor.ORGANISATION, body
    user.save()
    return user
