"""Invented consultations of any size, as the verbs would have left them; the rows by `copying`."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.db import connection

from consultations.models import (
    Consultation,
    Kind,
    Organisation,
    OrganisationKind,
    OwnerKind,
    Permission,
    Recommendation,
    RecommendationVersion,
    Region,
    Response,
    Role,
    Subscription,
    User,
    database_now,
)
from consultations.models.addresses import new_reference
from portal.bench import words
from portal.bench.copying import copy, reserve, unchecked

CHUNK = 10_000
KINDS = tuple(Kind.values)
OPENED, CLOSES = timedelta(weeks=6), timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class Person:
    """One respondent: the keys of their rows, and what comments copy of them."""

    user: int
    response: int
    organisation: int | None
    kind: str
    region: int
    organisation_kind: int | None = None


def consultation(slug: str, recommendations: int) -> Consultation:
    """Make a consultation that opened six weeks ago and closes in eight."""
    now = database_now()
    made = Consultation.objects.create(
        title=f"What is to be done about {slug}",
        slug=slug,
        introduction=words.PROPOSAL,
        state=Consultation.State.PUBLISHED,
        opens_at=now - OPENED,
        closes_at=now + CLOSES,
        published_at=now - OPENED,
        owner="The Commission",
        owner_kind=OwnerKind.PRIVATE,
        confidentiality=words.CHANGED,
        lawful_basis="Legitimate interests.",
        contact_email="contact@example.org",
    )
    for number in range(1, recommendations + 1):
        _recommendation(made, number)
    return made


def _recommendation(made: Consultation, number: int) -> None:
    recommendation = Recommendation.objects.create(consultation=made, number=number)
    recommendation.current = RecommendationVersion.objects.create(
        recommendation=recommendation,
        number=1,
        title=f"Put the manufacturing council into law, part {number}",
        text=words.PROPOSAL,
        what_changed=words.CHANGED,
        made_at=database_now(),
    )
    recommendation.save(update_fields=["current"])


def kept(slug: str) -> tuple[Consultation, User] | None:
    """Return a consultation that an earlier run filled and kept, with its moderator."""
    made = Consultation.objects.filter(slug=slug).first()
    return (made, User.objects.get(email=_moderator(slug))) if made else None


def people(of: Consultation, amount: int) -> list[Person]:
    """Make respondents of every kind and region, each second one for an organisation."""
    regions = list(Region.objects.order_by("pk").values_list("pk", flat=True))
    kinds = dict(OrganisationKind.objects.order_by("pk").values_list("stakeholder_kind", "pk"))
    users, responses = reserve(User, amount), reserve(Response, amount)
    bodies = reserve(Organisation, amount)
    made = [
        Person(
            user=users[place],
            response=responses[place],
            organisation=bodies[place] if place % 2 else None,
            kind=KINDS[place % len(KINDS)],
            region=regions[place // 3 % len(regions)],
            organisation_kind=kinds[KINDS[place % len(KINDS)]] if place % 2 else None,
        )
        for place in range(amount)
    ]
    with unchecked():
        for chunk in chunks(made):
            _users(chunk)
            _organisations(chunk)
            _responses(of, chunk)
    return made


def _users(people: Sequence[Person]) -> None:
    copy(
        User(password="!", acting_for=User.ActingFor.SELF, date_joined=database_now()),  # noqa: S106
        ("id", "email", "name", "kind", "region_id"),
        (
            (one.user, f"person{one.user}@example.org", name(one), one.kind, one.region)
            for one in people
        ),
    )


def _organisations(people: Sequence[Person]) -> None:
    copy(
        Organisation(),
        ("id", "name", "reference", "kind_id", "region_id"),
        (
            (
                *(one.organisation, f"Works {one.organisation}", new_reference()),
                *(one.organisation_kind, one.region),
            )
            for one in people
            if one.organisation
        ),
    )


def _responses(of: Consultation, people: Sequence[Person]) -> None:
    shared = Response(
        consultation=of,
        permission=Permission.NAMED,
        notices=of.notices(),
        started_at=database_now(),
    )
    shared.sent(shared.started_at)
    copy(
        shared,
        (
            *("id", "respondent_id", "organisation_id", "reference", "name", "kind", "region_id"),
            *("for_organisation", "organisation_name", "organisation_kind_id"),
        ),
        (
            (
                *(one.response, one.user, one.organisation, new_reference(), name(one)),
                *(one.kind, one.region, one.organisation is not None),
                f"Works {one.organisation}" if one.organisation else "",
                one.organisation_kind,
            )
            for one in people
        ),
    )


def readers(of: Consultation, known: Sequence[int], amount: int) -> None:
    """Let so many people read every digest: those users that are known first, then others."""
    region = Region.objects.order_by("pk")[0].pk
    others = [
        Person(user, 0, None, Kind.OTHER.value, region)
        for user in reserve(User, max(amount - len(known), 1))
    ]
    with unchecked():
        _users(others)
        everybody = [*known, *(one.user for one in others)][:amount]
        copy(
            Subscription(
                consultation=of, choice=Subscription.Choice.EVERY, chosen_at=database_now()
            ),
            ("id", "user_id", "token"),
            zip(
                reserve(Subscription, len(everybody)),
                everybody,
                (secrets.token_urlsafe(16) for _one in everybody),
                strict=True,
            ),
        )


def moderator(of: Consultation) -> User:
    """Make somebody who decides in this consultation, the admin's door open."""
    user = User.objects.create_user(_moderator(of.slug), name="Moderator", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name="Moderators")[0])
    Role.objects.create(user=user, consultation=of, right=Role.Right.MODERATOR)
    return user


def _moderator(slug: str) -> str:
    return f"moderator.{slug}@example.org"


def name(one: Person) -> str:
    """Return a respondent's name."""
    return f"Person {one.user}"


def chunks(people: Sequence[Person]) -> Iterator[Sequence[Person]]:
    """Cut people into lots of which each is one statement, well under its time-out."""
    return (people[start : start + CHUNK] for start in range(0, len(people), CHUNK))


def moments(since: datetime, amount: int) -> list[datetime]:
    """Return instants spread over the weeks since then, the oldest first."""
    step = (database_now() - since) / max(amount, 1)
    return [since + place * step for place in range(amount)]


def settle() -> None:
    """Leave the tables as autovacuum would: what follows is measured on a site at rest."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
