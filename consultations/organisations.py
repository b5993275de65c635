"""Who a respondent is: the four questions, the organisation found or added, and the claim to it.

What becomes of a claim is decided in `moderation`; the snapshot is taken in `participation`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from consultations.models import (
    Industry,
    Kind,
    Membership,
    Organisation,
    OrganisationKind,
    Region,
    SizeBand,
    User,
)
from consultations.models.reference import in_force

# What a page says of a claim in whose name somebody writes.
RELATED = (
    "organisation__kind",
    "organisation__region",
    "organisation__size_band",
    "host__user",
)
# More than these are too many to read: the person is asked to type more of the name.
MOST_MATCHES = 15
# The first half of an advisory lock's key; the second is a hash of the name.
ADD_LOCK = 0x0ADD
LOCK = """
SELECT pg_advisory_xact_lock(%s, hashtext(name))
  FROM (SELECT DISTINCT lower(name) AS name FROM unnest(%s::text[]) AS name ORDER BY 1) AS names
"""
# PostgreSQL has room for a few thousand locks in all (max_locks_per_transaction).
MOST_LOCKED = 1_000
FIND_ALL = """
SELECT wanted.number, found.id
  FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY AS wanted (name, kind, number)
  JOIN LATERAL (
    SELECT id FROM consultations_organisation
     WHERE lower(name) = lower(wanted.name) AND kind_id = wanted.kind AND merged_into_id IS NULL
       AND (starts IS NULL OR starts <= CURRENT_DATE) AND (ends IS NULL OR ends > CURRENT_DATE)
     ORDER BY id LIMIT 1) AS found ON TRUE
"""


@dataclass(frozen=True)
class NewOrganisation:
    """What is asked about an organisation that is not on the list."""

    name: str
    kind: OrganisationKind
    size_band: SizeBand | None
    industry: Industry | None
    region: Region | None


def introduce(*, user: User, name: str, kind: str, acting_for: str, region: Region) -> None:
    """Store a person's answers to the questions about themselves."""
    user.name, user.kind, user.acting_for, user.region = name, Kind(kind), acting_for, region
    organisation = user.organisation
    fits = organisation is not None and organisation.kind.stakeholder_kind == kind
    if acting_for == User.ActingFor.SELF or not fits:
        user.organisation = None
    user.save(update_fields=["name", "kind", "acting_for", "region", "organisation"])


def find(words: str, kind: str) -> QuerySet[Organisation]:
    """Return current organisations of a kind of stakeholder whose name holds every word typed."""
    found = Organisation.objects.filter(
        in_force(), merged_into__isnull=True, kind__stakeholder_kind=kind
    ).select_related("kind", "region")
    for word in words.split():
        found = found.filter(name__icontains=word)
    return found.order_by(Lower("name"), "pk")


@transaction.atomic
def add(*, user: User, new: NewOrganisation, at: datetime) -> Membership:
    """Add an organisation and claim it; one of the same name and kind is claimed, not doubled."""
    return claim(user=user, organisation=find_or_add(new=new), at=at)


def hold(names: Sequence[str]) -> None:
    """Let nobody else add an organisation of one of these names before the transaction ends.

    Who does so meanwhile waits, and finds what was added. Of more than MOST_LOCKED names none is
    held: whoever adds one of them in those seconds adds it twice, and an officer merges the two.
    """
    if len(names) <= MOST_LOCKED:
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [ADD_LOCK, list(names)])


@transaction.atomic
def find_or_add(*, new: NewOrganisation) -> Organisation:
    """Return the current organisation of this name and kind, added where there is none."""
    hold([new.name])
    same = Organisation.objects.filter(
        in_force(), name__iexact=new.name, kind=new.kind, merged_into__isnull=True
    ).first()
    if same is None:
        same = _unsaved(new)
        same.save()
    return same


@transaction.atomic
def find_or_add_all(*, new: Sequence[NewOrganisation]) -> list[tuple[Organisation, bool]]:
    """Return each organisation as `find_or_add` does, and whether it was added now.

    Four statements, whatever their number.
    """
    names, kinds = [one.name for one in new], [one.kind.pk for one in new]
    hold(names)
    with connection.cursor() as cursor:
        cursor.execute(FIND_ALL, [names, kinds])
        found: dict[int, int] = dict(cursor.fetchall())
    known = Organisation.objects.in_bulk(set(found.values()))
    added: dict[tuple[str, int], Organisation] = {}
    for number, one in enumerate(new, start=1):
        if number not in found:
            added.setdefault((one.name.lower(), one.kind.pk), _unsaved(one))
    Organisation.objects.bulk_create(added.values())
    return [
        (known[found[number]], False)
        if number in found
        else (added[one.name.lower(), one.kind.pk], True)
        for number, one in enumerate(new, start=1)
    ]


def _unsaved(new: NewOrganisation) -> Organisation:
    return Organisation(
        name=new.name,
        kind=new.kind,
        size_band=new.size_band,
        industry=new.industry,
        region=new.region,
        starts=None,
    )


@transaction.atomic
def answer_for(
    *, user: User, organisation: Organisation, name: str, region: Region | None, at: datetime
) -> Membership:
    """Let a person answer for an organisation that is known; what they are follows from its kind.

    `region` is the person's, where neither has one yet. The claim waits for a moderator unless it
    stands.
    """
    user.name, user.kind = name, organisation.kind.stakeholder_kind
    user.acting_for, user.region = User.ActingFor.ORGANISATION, region or user.region
    user.save(update_fields=["name", "kind", "acting_for", "region"])
    return claim(user=user, organisation=organisation, at=at)


@transaction.atomic
def claim(*, user: User, organisation: Organisation, at: datetime) -> Membership:
    """Let `user` answer for `organisation`; the claim waits for a moderator unless it stands."""
    user.organisation = organisation
    user.region = organisation.region or user.region
    user.save(update_fields=["organisation", "region"])
    # Whoever was refused may ask again; what was decided before stays on the record.
    Membership.objects.filter(
        user=user, organisation=organisation, claim=Membership.Claim.REFUSED, ended_at=None
    ).update(ended_at=at)
    membership, _made = Membership.objects.get_or_create(
        user=user, organisation=organisation, ended_at=None, defaults={"claimed_at": at}
    )
    return membership


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the claims in whose names the user may write, by the organisation's name.

    One that waits, and that they have left for another organisation's, is not among them.
    """
    chosen = Q(organisation=user.organisation_id) | Q(host__isnull=False) | Q(shares=True)
    waits = Q(claim=Membership.Claim.PENDING) & chosen
    mine = Membership.objects.filter(
        waits | Q(claim=Membership.Claim.CONFIRMED), user=user, ended_at__isnull=True
    )
    return mine.select_related(*RELATED).order_by(Lower("organisation__name"), "pk")


def write_for(*, user: User, membership: Membership | None) -> None:
    """Let the user write in the name of an organisation that they claim, or in their own.

    Drafts stay where they are: each name has its own.
    """
    if membership is None:
        user.acting_for = User.ActingFor.SELF
    else:
        user.acting_for = User.ActingFor.ORGANISATION
        user.organisation = membership.organisation
    user.save(update_fields=["acting_for", "organisation"])


def standing(user: User) -> Membership | None:
    """Return the user's claim to the organisation they answer for, unless it was refused."""
    if user.acting_for != User.ActingFor.ORGANISATION or user.organisation_id is None:
        return None
    return (
        Membership.objects.filter(
            user=user, organisation_id=user.organisation_id, ended_at__isnull=True
        )
        .exclude(claim=Membership.Claim.REFUSED)
        .select_related(*RELATED)
        .first()
    )


def standing_among(user: User, memberships: Iterable[Membership]) -> Membership | None:
    """Return what `standing` does, from what `memberships_of` found."""
    if user.acting_for != User.ActingFor.ORGANISATION or user.organisation_id is None:
        return None
    here = (each for each in memberships if each.organisation_id == user.organisation_id)
    return next(here, None)


def who_signs(membership: Membership | None) -> str:
    """Return the names of those who send for a contributor or a guest, to be asked by them."""
    if membership is None:
        return ""
    if membership.host is not None:
        return str(membership.host.user)
    leads = Membership.objects.filter(
        organisation_id=membership.organisation_id,
        claim=Membership.Claim.CONFIRMED,
        role=Membership.Right.LEAD,
        ended_at__isnull=True,
    )
    rows = leads.select_related("user").order_by("decided_at", "pk")
    return ", ".join(str(lead.user) for lead in rows) or _("an officer of the consultation")
