"""The response that a person writes in: found, opened under a lock, or begun."""

from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
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


def response_of(user: User, consultation: Consultation) -> Response | None:
    """Return the response that the user writes in: their organisation's, or their own."""
    return _responses(user, consultation).first()


def open_response(
    user: User,
    membership: Membership | None,
    consultation: Consultation,
    answer: Answer,
    at: datetime,
) -> Response:
    response = (
        _responses(user, consultation)
        .select_for_update(of=("self",), no_key=True)
        .annotate(open_now=OPEN_NOW)
        .first()
    )
    if response is None:
        if not _is_open(consultation):
            raise ClosedError(_("This consultation is not open for comments."))
        return _new_response(user, membership, consultation, answer, at)
    if not response.open_now:
        raise ClosedError(_("This consultation has closed, so your comment was not sent."))
    if response.state != Response.State.SUBMITTED:
        response.sent(at)
        response.save(update_fields=["state", "submitted_at"])
    return response


def _responses(user: User, consultation: Consultation) -> QuerySet[Response]:
    mine = Q(respondent=user, organisation__isnull=True)
    if user.acting_for == User.ActingFor.ORGANISATION and user.organisation_id:
        mine |= Q(
            organisation_id=user.organisation_id,
            organisation__memberships__user=user,
            organisation__memberships__claim=Membership.Claim.CONFIRMED,
            organisation__memberships__ended_at__isnull=True,
        )
    # The organisation's own response comes before one that was begun under a waiting claim.
    return Response.objects.filter(mine, consultation=consultation).order_by(
        "organisation_id", "pk"
    )


def _is_open(consultation: Consultation) -> bool:
    return Consultation.objects.filter(
        pk=consultation.pk,
        state=Consultation.State.PUBLISHED,
        opens_at__lte=StatementTimestamp(),
        closes_at__gt=StatementTimestamp(),
    ).exists()


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
        region=(organisation.region if organisation else None) or user.region,
        permission=answer.default_permission,
        privacy_version=consultation.privacy_version,
        started_at=at,
    )
    response.sent(at)
    response.save()
    if membership and membership.claim == Membership.Claim.PENDING:
        Case.objects.create(consultation=consultation, membership=membership, since=at)
    return response
