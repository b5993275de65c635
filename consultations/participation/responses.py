"""The response that a person writes in: found, opened under a lock, or begun."""

from dataclasses import dataclass
from datetime import datetime
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
from django.utils.translation import gettext as _
from django_stubs_ext import WithAnnotations

from consultations.models import (
    Case,
    Consultation,
    Membership,
    Organisation,
    Question,
    Response,
    StatementTimestamp,
    User,
)
from consultations.models.question import asks
from consultations.models.question_answer import owes
from consultations.participation import desks
from consultations.participation.answers import ClosedError

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


# Who answered, as it was when they answered.
SNAPSHOT = (
    "name",
    "kind",
    "organisation_name",
    "organisation_kind_id",
    "size_band_id",
    "region_id",
)


@dataclass(frozen=True)
class Opened:
    """A response that takes comments, and a key for the next version of one of them.

    `case` asks a moderator to look at the claim that it is sent under, where that waits; whoever
    writes the comment puts it into the queue with the comment's own. `asks` is whether the owner
    asks questions here, `owes` whether one that has to be answered is not answered in this
    response.
    `first_sent` is whether it was begun before, and nothing of it was sent yet.
    """

    response: Response
    begun_now: bool
    version_id: int
    case: Case | None
    asks: bool
    owes: bool
    first_sent: bool = False


class _Now(TypedDict):
    """What locking a response tells besides: see `Opened`; and is the consultation open."""

    open_now: bool
    version_id: int
    asks: bool
    owes: bool


@dataclass(frozen=True)
class _Start:
    """What a response that is begun now needs to know of its consultation: see `Opened`."""

    version_id: int
    asks: bool
    owes: bool


@dataclass(frozen=True)
class _Claim:
    """The claim that somebody answers under, as it stands, and what its lock told besides.

    `begun` is whether they may have a response here, `start` what `_start_if_open` would
    return; both cost no query of their own where the claim waits.
    """

    membership: Membership | None
    begun: bool = True
    start: _Start | None = None


def response_of(user: User, consultation: Consultation) -> Response | None:
    """Return the response that the user writes in: their organisation's, or their own.

    There may be none yet: whoever speaks for an organisation by now begins its response, and what
    they sent in their own name stays so.
    """
    return _written_in(user, consultation).first()


def responses_of(user: User, consultation: Consultation) -> list[Response]:
    """Return every response of the user's, the one that they write in first.

    Whoever answered for themselves, and speaks for an organisation that has answered, has two.
    """
    return list(_responses(user, consultation).select_related("membership"))


def open_response(
    user: User,
    membership: Membership | None,
    consultation: Consultation,
    *,
    permission: str,
    notices: str | None,
    at: datetime,
) -> Opened:
    """Return the response that the user writes in, locked, or a new one.

    `notices` names those that are accepted by sending now, None where nothing is sent yet;
    `permission` holds for a new response. Raises ClosedError outside the consultation's time, and
    NotLeadError where a contributor sends.
    """
    sending = notices is not None
    claim = _lock_claim(user, membership, consultation)
    standing = claim.membership
    response = _lock_response(user, consultation) if claim.begun else None
    if sending:
        desks.refuse_contributor(standing)
        desks.refuse_unsigned(standing, response)
    case = _asks_to_confirm(standing, consultation, at) if sending else None
    if response is None:
        start = claim.start or _start_if_open(consultation)
        if start is None:
            raise ClosedError(_("This consultation is not open for comments."))
        begun = _new_response(user, standing, consultation, permission, notices, at)
        return Opened(begun, True, start.version_id, case, start.asks, start.owes)
    if not response.open_now:
        raise ClosedError(_("This consultation has closed, so nothing was sent or saved."))
    first = sending and response.state == Response.State.DRAFT
    if notices is not None:
        _send(response, user, standing, notices, permission, at)
    return Opened(
        response,
        begun_now=False,
        version_id=response.version_id,
        case=case,
        asks=response.asks,
        owes=response.owes,
        first_sent=first,
    )


def _send(
    response: Response,
    user: User,
    membership: Membership | None,
    notices: str,
    permission: str,
    at: datetime,
) -> None:
    """Note that the response is sent; who answers is written down when they first do so."""
    first = response.state == Response.State.DRAFT
    if not first and response.state == Response.State.SUBMITTED and response.notices == notices:
        return
    changed = ["state", "submitted_at", "notices"]
    if first:
        _sign(response, user, membership)
        response.permission = response.permission or permission
        changed += ["respondent", "membership", "for_organisation", "permission", *SNAPSHOT]
    response.sent(at)
    response.notices = notices
    response.save(update_fields=changed)


def _sign(response: Response, user: User, membership: Membership | None) -> None:
    """Write down who sends a response that was only begun, and for whom (not saved)."""
    response.respondent, response.membership = user, membership
    if response.organisation_id is None:
        response.for_organisation = membership is not None
    body = membership.organisation if membership else response.organisation
    _introduce(response, user, body)


def _responses(user: User, consultation: Consultation) -> QuerySet[Response]:
    mine = Q(respondent=user, organisation__isnull=True)
    if user.acting_for == User.ActingFor.ORGANISATION and user.organisation_id:
        speaks = desks.speaks(user)
        mine |= Q(speaks, organisation_id=user.organisation_id) | desks.shared_with(user)
    # The organisation's own response comes before one that was begun under a waiting claim.
    return Response.objects.filter(mine, consultation=consultation).order_by(
        "organisation_id", "-shared", "pk"
    )


def _written_in(user: User, consultation: Consultation) -> QuerySet[Response]:
    """Return the response that takes the user's next comment, or none where it is to be begun."""
    found = _responses(user, consultation)
    if user.acting_for != User.ActingFor.ORGANISATION or not user.organisation_id:
        return found.filter(shared=False)
    speaks, at_desk = desks.speaks(user), desks.at_desk(user)
    alone = ~speaks & Q(~at_desk, shared=False)
    return found.filter(Q(organisation_id=user.organisation_id) | desks.shared_with(user) | alone)


def _lock_claim(user: User, membership: Membership | None, consultation: Consultation) -> _Claim:
    """Lock a claim that waits, before the response, as moderators do, and see what became of it.

    A claim that was refused or has ended since is none. One row tells all: a claimant's first
    comment, the dearest of all, needs neither a look for a response nor one for the time.
    """
    if membership is None or membership.claim != Membership.Claim.PENDING:
        return _Claim(membership)
    asked = Question.objects.filter(consultation=consultation)
    now = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation__kind")
        .annotate(
            begun=Exists(_written_in(user, consultation)),
            version_id=If(When(Exists(_open_now(consultation)), then=NEXT_VERSION)),
            asks=Exists(asked),
            owes=Exists(asked.filter(required=True)),
        )
        .get(pk=membership.pk)
    )
    if now.claim == Membership.Claim.REFUSED or now.ended_at:
        return _Claim(None)
    start = _Start(now.version_id, now.asks, now.owes) if now.version_id else None
    # Whoever is a member by now may have colleagues, and they a response.
    return _Claim(now, now.begun or now.current, start)


def _lock_response(
    user: User, consultation: Consultation
) -> "WithAnnotations[Response, _Now] | None":
    return (
        _written_in(user, consultation)
        .select_for_update(of=("self",), no_key=True)
        .annotate(open_now=OPEN_NOW, version_id=NEXT_VERSION, asks=asks(), owes=owes())
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


def _start_if_open(consultation: Consultation) -> _Start | None:
    asked = Question.objects.filter(consultation=OuterRef("pk"))
    found = (
        _open_now(consultation)
        .values_list(NEXT_VERSION, Exists(asked), Exists(asked.filter(required=True)))
        .first()
    )
    return _Start(*found) if found else None


def _new_response(
    user: User,
    membership: Membership | None,
    consultation: Consultation,
    permission: str,
    notices: str | None,
    at: datetime,
) -> Response:
    organisation = membership.organisation if membership else None
    response = Response(
        consultation=consultation,
        respondent=user,
        organisation=organisation if membership and membership.current else None,
        membership=membership,
        for_organisation=organisation is not None,
        permission=permission,
        notices=notices or "",
        started_at=at,
    )
    desk = membership.desk if membership else None
    if desk is not None and desk.shares:
        # What a colleague begins at the desk of a first claimant is that claimant's.
        response.respondent, response.membership, response.shared = desk.user, desk, True
    _introduce(response, user, organisation)
    if notices is not None:
        response.sent(at)
    response.save()
    return response


def _introduce(response: Response, user: User, organisation: Organisation | None) -> None:
    """Write down who answers, as they are now (not saved)."""
    response.name = user.name
    response.kind = organisation.kind.stakeholder_kind if organisation else user.kind
    response.organisation_name = organisation.name if organisation else ""
    response.organisation_kind_id = organisation.kind_id if organisation else None
    response.size_band_id = organisation.size_band_id if organisation else None
    response.region_id = (organisation.region_id if organisation else None) or user.region_id


def _asks_to_confirm(
    membership: Membership | None, consultation: Consultation, at: datetime
) -> Case | None:
    """Return what puts a claim that waits into the queue (not saved): once, however often made."""
    if membership is None or membership.claim != Membership.Claim.PENDING:
        return None
    return Case(consultation=consultation, membership=membership, since=at, marks=[])
