"""Taking an invitation back: its link, and what it lets its reader see, end at once."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.invitations import letters
from consultations.invitations.rules import InvitationError
from consultations.models import Invitation, Response, User


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, at: datetime) -> None:
    """Take an invitation back, and what is queued about it; the address may be invited anew.

    Raises InvitationError where it was taken back before, or whom it went to has begun an answer:
    that stays its author's to change or withdraw. What colleagues have begun is no hindrance.
    """
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    stored = rows.get(pk=invitation.pk)
    if stored.withdrawn_at is not None:
        raise InvitationError(_("This invitation was taken back before."))
    if _has_begun(stored):
        raise InvitationError(_("They have begun to answer: the invitation stays."))
    stored.withdrawn_at = at
    stored.save(update_fields=["withdrawn_at"])
    letters.take_back(stored, at=at)
    payload: dict[str, ledger.JSON] = {
        "organisation": invitation.organisation.reference,
        "by": by.pk,
    }
    ledger.append(
        consultation_id=stored.consultation_id, act="invitation_withdrawn", at=at, payload=payload
    )


def _has_begun(invitation: Invitation) -> bool:
    """Whether the invited person, or who came by their link, has begun a response."""
    theirs = Q(respondent__email__iexact=invitation.email)
    if invitation.accepted_by_id is not None:
        theirs |= Q(respondent=invitation.accepted_by_id)
    begun = Response.objects.filter(state__in=[Response.State.DRAFT, Response.State.SUBMITTED])
    return begun.filter(theirs, consultation=invitation.consultation_id).exists()
