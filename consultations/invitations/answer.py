"""What the invited do with an invitation: open it, answer for the organisation, or say no."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from consultations.invitations import letters
from consultations.models import Invitation, Organisation, User


def note_opening(*, invitation: Invitation, at: datetime) -> None:
    """Note that somebody came by the link and went on to answer; the first time counts."""
    Invitation.objects.filter(pk=invitation.pk, opened_at__isnull=True).update(opened_at=at)


@transaction.atomic
def accept(*, invitation: Invitation, user: User, at: datetime) -> None:
    """Note who answers for the organisation by this invitation; a "no" said before is gone.

    Whoever has the invited address comes before anybody to whom the link was passed on.
    """
    stored = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if stored.accepted_by_id is None or addressed_to(stored, user):
        stored.accepted_by = user
    stored.opened_at = stored.opened_at or at
    stored.declined_at = None
    stored.save(update_fields=["accepted_by", "opened_at", "declined_at"])


@transaction.atomic
def decline(*, invitation: Invitation, at: datetime) -> None:
    """Note a "no", and send nothing more, queued mail included; saying it again changes nothing.

    It takes nothing else away: whoever thinks again can still answer.
    """
    free = Invitation.objects.filter(pk=invitation.pk, declined_at__isnull=True)
    free.update(declined_at=at)
    letters.take_back(invitation, at=at)


def sent_to(user: User, *, organisation: Organisation, consultation_id: int) -> Invitation | None:
    """Return the invitation that an officer sent to the user at this organisation, if any."""
    addresses: Any = User.objects.filter(pk=user.pk, emailaddress__verified=True).values(
        address=Lower("emailaddress__email")
    )
    rows = Invitation.objects.standing().filter(
        Q(organisation=organisation) | Q(organisation__merged_into=organisation),
        consultation=consultation_id,
        email__in=addresses,
    )
    return rows.select_related("invited_by").order_by("pk").first()


def addressed_to(invitation: Invitation, user: User) -> bool:
    """Whether the invitation went to one of the user's confirmed addresses (one query)."""
    mine = User.objects.filter(
        pk=user.pk, emailaddress__verified=True, emailaddress__email__iexact=invitation.email
    )
    return mine.exists()
