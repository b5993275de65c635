"""The responses that a person writes in: their own, their organisation's, or a shared one."""

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from consultations.models import (
    Consultation,
    Response,
    User,
)
from consultations.participation import desks


def response_of(user: User, consultation: Consultation) -> Response | None:
    """Return the response that the user writes in: their organisation's, or their own.

    There may be none yet: whoever speaks for an organisation by now begins its response, and what
    they sent in their own name stays so.
    """
    return written_in(user, consultation).first()


def own_and_written_in(
    user: User, consultation: Consultation
) -> tuple[list[Response], Response | None]:
    """Return what `responses_of` and `response_of` do, by one query."""
    rows = _responses(user, consultation).select_related("membership")
    takes = ExpressionWrapper(_takes_next(user), BooleanField())
    found: list[Response] = [*rows.annotate(takes_next=takes)]
    return found, next((each for each in found if getattr(each, "takes_next", False)), None)


def responses_of(user: User, consultation: Consultation) -> list[Response]:
    """Return every response of the user's, the one that they write in first.

    Whoever answered for themselves, and speaks for an organisation that has answered, has two.
    """
    return list(_responses(user, consultation).select_related("membership"))


def response_named(user: User, consultation: Consultation, reference: str) -> Response | None:
    """Return the user's response of this reference; with "", the one that they write in.

    Whoever has not begun that one is shown what they have (one query).
    """
    found, current = own_and_written_in(user, consultation)
    if not reference:
        return current or next(iter(found), None)
    return next((each for each in found if each.reference == reference), None)


def _responses(user: User, consultation: Consultation) -> QuerySet[Response]:
    mine = Q(respondent=user, organisation__isnull=True)
    if user.acting_for == User.ActingFor.ORGANISATION and user.organisation_id:
        speaks = desks.speaks(user)
        mine |= Q(speaks, organisation_id=user.organisation_id) | desks.shared_with(user)
    # The organisation's own response comes before one that was begun under a waiting claim.
    return Response.objects.filter(mine, consultation=consultation).order_by(
        "organisation_id", "-shared", "pk"
    )


def written_in(user: User, consultation: Consultation) -> QuerySet[Response]:
    """Return the response that takes the user's next comment, or none where it is to be begun."""
    return _responses(user, consultation).filter(_takes_next(user))


def _takes_next(user: User) -> Q:
    """Return the condition on one of the user's responses that they go on writing in it."""
    if user.acting_for != User.ActingFor.ORGANISATION or not user.organisation_id:
        return Q(shared=False)
    speaks, at_desk = desks.speaks(user), desks.at_desk(user)
    alone = ~speaks & Q(~at_desk, shared=False)
    return Q(organisation_id=user.organisation_id) | desks.shared_with(user) | alone
