"""The response that a person writes in: found, opened under a lock, or begun."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    BigIntegerField,
    BooleanField,
    ExpressionWrapper,
    Func,
    Q,
    QuerySet,
)
from django.utils.translation import gettext as _

from consultations.models import (
    Case,
    Consultation,
    Membership,
    Organisation,
    Response,
    StatementTimestamp,
    User,
)
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

    It is `first_sent` where it was begun before, and nothing of it was sent yet.
    """

    response: Response
    begun_now: bool
    version_id: int
    first_sent: bool = False


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
    if notices is not None:
        desks.refuse_contributor(membership)
    response = (
        _written_in(user, consultation)
        .select_for_update(of=("self",), no_key=True)
        .annotate(open_now=OPEN_NOW, version_id=NEXT_VERSION)
        .first()
    )
    if notices is not None:
        desks.refuse_unsigned(membership, response)
    if response is None:
        version_id = _next_version_if_open(consultation)
        if version_id is None:
            raise ClosedError(_("This consultation is not open for comments."))
        standing = _as_it_stands(membership)
        if notices is not None:
            desks.refuse_contributor(standing)
        begun = _new_response(user, standing, consultation, permission, notices, at)
        if notices is not None:
            _ask_to_confirm(standing, consultation, at)
        return Opened(begun, begun_now=True, version_id=version_id)
    if not response.open_now:
        raise ClosedError(_("This consultation has closed, so nothing was sent or saved."))
    first = notices is not None and response.state == Response.State.DRAFT
    if notices is not None:
        standing = _as_it_stands(membership)
        desks.refuse_contributor(standing)
        _send(response, user, standing, notices, permission, at)
        _ask_to_confirm(standing, consultation, at)
    return Opened(response, begun_now=False, version_id=response.version_id, first_sent=first)


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


def _next_version_if_open(consultation: Consultation) -> int | None:
    is_open = Consultation.objects.filter(
        pk=consultation.pk,
        state=Consultation.State.PUBLISHED,
        opens_at__lte=StatementTimestamp(),
        closes_at__gt=StatementTimestamp(),
    )
    return is_open.values_list(NEXT_VERSION, flat=True).first()


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


def _as_it_stands(membership: Membership | None) -> Membership | None:
    """Return the claim, locked, as it is by now: a moderator may have decided it since."""
    if membership is None or membership.claim != Membership.Claim.PENDING:
        return membership
    locked = Membership.objects.select_for_update(of=("self",), no_key=True)
    now = locked.select_related("organisation__kind").get(pk=membership.pk)
    return None if now.claim == Membership.Claim.REFUSED or now.ended_at else now


def _ask_to_confirm(
    membership: Membership | None, consultation: Consultation, at: datetime
) -> None:
    """Put a claim that waits into the queue, once, whenever its claimant answers."""
    if membership and membership.claim == Membership.Claim.PENDING:
        case = Case(consultation=consultation, membership=membership, since=at, marks=[])
        Case.objects.bulk_create([case], ignore_conflicts=True)
