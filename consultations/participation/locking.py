"""What is locked, and asked of the clock, before a response is written in."""

from dataclasses import dataclass
from typing import TypedDict

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    ExpressionWrapper,
    Func,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.db.models import (
    Case as If,
)
from django_stubs_ext import WithAnnotations

from consultations.models import (
    Consultation,
    Membership,
    Question,
    Response,
    StatementTimestamp,
    TrustedOrganisation,
    User,
)
from consultations.models.question import asks
from consultations.models.question_answer import owes
from consultations.participation.responses import written_in

OPEN_NOW = ExpressionWrapper(
    Q(
        consultation__state=Consultation.State.PUBLISHED,
        consultation__opens_at__lte=StatementTimestamp(),
        consultation__closes_at__gt=StatementTimestamp(),
    ),
    output_field=BooleanField(),
)

# The key of a version about to be written: its comment points at it from the start, and each of
# the two rows is written once.
NEXT_VERSION = Func(
    template="nextval(pg_get_serial_sequence('consultations_commentversion', 'id'))",
    output_field=BigIntegerField(),
)


def trusts(consultation: OuterRef | int, organisation: OuterRef | int) -> Exists:
    """Return whether an officer trusts the organisation in the consultation now."""
    given = TrustedOrganisation.objects.filter(ends_at__isnull=True)
    return Exists(given.filter(consultation=consultation, organisation=organisation))


class _Now(TypedDict):
    """What locking a response tells besides: see `Opened`; and is the consultation open."""

    open_now: bool
    trusted: bool
    version_id: int
    asks: bool
    owes: bool


@dataclass(frozen=True)
class Start:
    """What a response that is begun now needs to know of its consultation: see `Opened`."""

    version_id: int
    asks: bool
    owes: bool


@dataclass(frozen=True)
class Claim:
    """The claim that somebody answers under, as it stands, and what its lock told besides.

    `begun` is whether they may have a response here, `start` what `start_if_open` would
    return; both cost no query of their own where the claim waits.
    """

    membership: Membership | None
    begun: bool = True
    start: Start | None = None


def lock_claim(user: User, membership: Membership | None, consultation: Consultation) -> Claim:
    """Lock a claim that waits, before the response, as moderators do, and see what became of it.

    A claim that was refused or has ended since is none. One row tells all: a claimant's first
    comment, the dearest of all, needs neither a look for a response nor one for the time.
    """
    if membership is None or membership.claim != Membership.Claim.PENDING:
        return Claim(membership)
    asked = Question.objects.filter(consultation=consultation)
    now = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation__kind")
        .annotate(
            begun=Exists(written_in(user, consultation)),
            version_id=If(When(Exists(_open_now(consultation)), then=NEXT_VERSION)),
            asks=Exists(asked),
            owes=Exists(asked.filter(required=True)),
        )
        .get(pk=membership.pk)
    )
    if now.claim == Membership.Claim.REFUSED or now.ended_at:
        return Claim(None)
    start = Start(now.version_id, now.asks, now.owes) if now.version_id else None
    # Whoever is a member by now may have colleagues, and they a response.
    return Claim(now, now.begun or now.current, start)


def lock_response(
    user: User, consultation: Consultation
) -> "WithAnnotations[Response, _Now] | None":
    """Return the response that the user writes in, locked, if there is one."""
    return (
        written_in(user, consultation)
        .select_for_update(of=("self",), no_key=True)
        .annotate(
            open_now=OPEN_NOW,
            version_id=NEXT_VERSION,
            asks=asks(),
            owes=owes(),
            trusted=trusts(OuterRef("consultation_id"), OuterRef("organisation_id")),
        )
        .first()
    )


def _open_now(consultation: Consultation) -> QuerySet[Consultation]:
    """Return the consultation while it takes responses, by the database's clock."""
    return Consultation.objects.filter(
        pk=consultation.pk,
        state=Consultation.State.PUBLISHED,
        opens_at__lte=StatementTimestamp(),
        closes_at__gt=StatementTimestamp(),
    )


def start_if_open(consultation: Consultation) -> Start | None:
    """Return what a response begun now needs to know, None where the consultation is not open."""
    asked = Question.objects.filter(consultation=OuterRef("pk"))
    found = (
        _open_now(consultation)
        .values_list(NEXT_VERSION, Exists(asked), Exists(asked.filter(required=True)))
        .first()
    )
    return Start(*found) if found else None
