"""When invitations may be sent, and why one is not reminded."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import Consultation, Invitation

Standing = Invitation.Standing
UNREMINDED: Mapping[str, Promise] = {
    Standing.SUBMITTED: gettext_lazy("They have answered."),
    Standing.DECLINED: gettext_lazy("They said no."),
    Standing.WITHDRAWN: gettext_lazy("The invitation was taken back."),
}
REMINDED = gettext_lazy("They were reminded before: once is enough.")
REFUSED = gettext_lazy("The relay refuses this address.")


class InvitationError(Exception):
    """What cannot be done with an invitation, in a sentence."""


def refuse_unready(consultation: Consultation, at: datetime) -> None:
    """Raise InvitationError where nobody can be invited yet, or any longer."""
    phase = consultation.phase(at)
    if phase == Consultation.Phase.DRAFT:
        raise InvitationError(_("Publish the consultation first: the invitations lead to it."))
    if phase == Consultation.Phase.CLOSED:
        raise InvitationError(_("The consultation has closed."))


def refuse_not_open(consultation: Consultation, at: datetime) -> None:
    """Raise InvitationError where there is nothing to be reminded of."""
    refuse_unready(consultation, at)
    if consultation.phase(at) == Consultation.Phase.UPCOMING:
        raise InvitationError(_("The consultation has not opened: nobody can have answered."))


def unreminded(invitation: Invitation, suppressed: set[str]) -> str:
    """Return why an invitation, of known standing, is not reminded; "" where it may be."""
    standing = str(invitation.standing)  # type: ignore[attr-defined]
    if standing in UNREMINDED:
        return str(UNREMINDED[standing])
    if invitation.declined_at is not None:  # whatever was begun before, or by a colleague
        return str(UNREMINDED[Standing.DECLINED])
    if invitation.reminded_at is not None:
        return str(REMINDED)
    return str(REFUSED) if invitation.email in suppressed else ""
