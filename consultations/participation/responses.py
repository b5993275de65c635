"""The response that a person writes in: found, opened under a lock, or begun."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
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
    Response,
    StatementTimestamp,
    User,
)
from consultations.participation.answers import Answer, ClosedError

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


@dataclass(frozen=True)
class Opened:
    """A response that takes comments, and a key for the next version of one of them."""

    response: Response
    begun_now: bool
    version_id: int


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
    answer: Answer,
    at: datetime,
) -> Opened:
    """Return the person's response, locked, or a new one; raise ClosedError after the deadline."""
    response = (
        _written_in(user, consultation)
        .select_for_update(of=("self",), no_key=True)
        .annotate(open_now=OPEN_NOW, version_id=NEXT_VERSION)
        .first()
    )
    if response is None:
        version_id = _next_version_if_open(consultation)
        if version_id is None:
            raise ClosedError(_("This consultation is not open for comments."))
        standing = _as_it_stands(membership)
        begun = _new_response(user, standing, consultation, answer, at)
        _ask_to_confirm(standing, consultation, at)
        return Opened(begun, begun_now=True, version_id=version_id)
    if not response.open_now:
        raise ClosedError(_("This consultation has closed, so your comment was not sent."))
    if response.state != Response.State.SUBMITTED or response.notices != answer.notices:
        response.sent(at)
        response.notices = answer.notices
        response.save(update_fields=["state", "submitted_at", "notices"])
    _ask_to_confirm(_as_it_stands(membership), consultation, at)
    return Opened(response, begun_now=False, version_id=response.version_id)


def _responses(user: User, consultation: Consultation) -> QuerySet[Response]:
    mine = Q(respondent=user, organisation__isnull=True)
    if user.acting_for == User.ActingFor.ORGANISATION and user.organisation_id:
        speaks = _speaks(user, user.organisation_id)
        mine |= Q(speaks, organisation_id=user.organisation_id)
    # The organisation's own response comes before one that was begun under a waiting claim.
    return Response.objects.filter(mine, consultation=consultation).order_by(
        "organisation_id", "pk"
    )


def _written_in(user: User, consultation: Consultation) -> QuerySet[Response]:
    """Return the response that takes the user's next comment, or none where it is to be begun."""
    found = _responses(user, consultation)
    if user.acting_for != User.ActingFor.ORGANISATION or not user.organisation_id:
        return found
    speaks = _speaks(user, user.organisation_id)
    return found.filter(Q(organisation_id=user.organisation_id) | ~speaks)


def _speaks(user: User, organisation_id: int) -> Exists:
    """Whether the user speaks for the organisation that they answer for."""
    return Exists(
        Membership.objects.filter(
            user=user,
            organisation_id=organisation_id,
            claim=Membership.Claim.CONFIRMED,
            ended_at__isnull=True,
        )
    )


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
    answer: Answer,
    at: datetime,
) -> Response:
    organisation = membership.organisation if membership else None
    response = Response(
        consultation=consultation,
        respondent=user,
        organisation=organisation if membership and membership.current else None,
        membership=membership,
        name=user.name,
        kind=user.kind,
        for_organisation=organisation is not None,
        organisation_name=organisation.name if organisation else "",
        organisation_kind=organisation.kind if organisation else None,
        size_band=organisation.size_band if organisation else None,
        region_id=(organisation.region_id if organisation else None) or user.region_id,
        permission=answer.default_permission,
        notices=answer.notices,
        started_at=at,
    )
    response.sent(at)
    response.save()
    return response


def _as_it_stands(membership: Membership | None) -> Membership | None:
    """Return the claim, locked, as it is by now: a moderator may have decided it since."""
    if membership is None or membership.claim != Membership.Claim.PENDING:
        return membership
    locked = Membership.objects.select_for_update(of=("self",), no_key=True)
    now = locked.select_related("organisation").get(pk=membership.pk)
    return None if now.claim == Membership.Claim.REFUSED or now.ended_at else now


def _ask_to_confirm(
    membership: Membership | None, consultation: Consultation, at: datetime
) -> None:
    """Put a claim that waits into the queue, once, whenever its claimant answers."""
    if membership and membership.claim == Membership.Claim.PENDING:
        case = Case(consultation=consultation, membership=membership, since=at, marks=[])
        Case.objects.bulk_create([case], ignore_conflicts=True)
