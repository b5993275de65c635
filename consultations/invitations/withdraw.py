"""Taking an invitation back: its link, and what it lets its reader see, end at once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.invitations import letters
from consultations.invitations.rules import InvitationError
from consultations.invitations.standing import AFTER_OPENING, with_standing
from consultations.models import Invitation, User


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, at: datetime) -> None:
    """Take an invitation back, and what is queued about it; the address may be invited anew.

    Raises InvitationError where it was taken back before, or an answer has been begun: that
    stays its author's to change or withdraw.
    """
    rows = with_standing(Invitation.objects.filter(pk=invitation.pk))
    stored = rows.select_for_update(of=("self",), no_key=True).get()
    if stored.withdrawn_at is not None:
        raise InvitationError(_("This invitation was taken back before."))
    if stored.standing in AFTER_OPENING:  # type: ignore[attr-defined]
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
