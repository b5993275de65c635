"""A response opened to be written in, while the consultation is open: found, or begun."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from consultations.models import (
    Case,
    Consultation,
    Membership,
    Organisation,
    Response,
    User,
)
from consultations.participation import desks
from consultations.participation.answers import TOO_LATE, ClosedError
from consultations.participation.locking import (
    lock_claim,
    lock_response,
    start_if_open,
    trusts,
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
    response. `at_once` is whether what is sent is public before a moderator reads it.
    `first_sent` is whether it was begun before, and nothing of it was sent yet.
    """

    response: Response
    begun_now: bool
    version_id: int
    case: Case | None
    asks: bool
    owes: bool
    at_once: bool
    first_sent: bool = False


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
    claim = lock_claim(user, membership, consultation)
    standing = claim.membership
    response = lock_response(user, consultation) if claim.begun else None
    if sending:
        desks.refuse_contributor(standing)
        desks.refuse_unsigned(standing, response)
    case = _asks_to_confirm(standing, consultation, at) if sending else None
    if response is None:
        start = claim.start or start_if_open(consultation)
        if start is None:
            closed = consultation.phase(at) == Consultation.Phase.CLOSED
            raise ClosedError(
                TOO_LATE if closed else _("This consultation is not open for comments.")
            )
        begun = _new_response(user, standing, consultation, permission, notices, at)
        at_once = _is_read_after(consultation) or _is_trusted(begun)
        return Opened(begun, True, start.version_id, case, start.asks, start.owes, at_once)
    if not response.open_now:
        raise ClosedError(TOO_LATE)
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
        at_once=_is_read_after(consultation) or response.trusted,
        first_sent=first,
    )


def _is_read_after(consultation: Consultation) -> bool:
    return consultation.moderation == Consultation.Moderation.AFTER


def _is_trusted(begun: Response) -> bool:
    """Whether an officer trusts the organisation whose own response was just begun."""
    if begun.organisation_id is None:
        return False
    here = Consultation.objects.filter(pk=begun.consultation_id)
    return here.filter(trusts(begun.consultation_id, begun.organisation_id)).exists()


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
