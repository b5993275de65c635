"""Asking that a response be kept confidential; the owner decides in `moderation`."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import ConfidentialityRequest, Response, User
from consultations.participation.answers import ParticipationError

MOST_REASON_CHARACTERS = 2_000


@transaction.atomic
def ask(*, response: Response, reason: str, user: User, at: datetime) -> ConfidentialityRequest:
    """Store a request with its reason; it can be made at any time, before the close and after.

    The owner sees it once the response is sent, and then the ledger names it. Raises
    ParticipationError while an earlier request of this response waits.
    """
    locked = Response.objects.select_for_update(no_key=True).filter(pk=response.pk).first()
    if locked is None:
        raise ParticipationError(
            _("This response has just become your organisation’s. Open the page again.")
        )
    requests = ConfidentialityRequest.objects.filter(response=locked)
    if requests.filter(outcome=ConfidentialityRequest.Outcome.PENDING).exists():
        raise ParticipationError(_("You have asked for this already. It waits for an answer."))
    asked = ConfidentialityRequest.objects.create(
        response=locked, reason=reason, asked_by=user, asked_at=at
    )
    if locked.submitted_at is not None:
        ledger.append(
            consultation_id=locked.consultation_id,
            act="confidentiality_asked",
            at=at,
            payload={"response": locked.reference, "request": asked.pk, "by": user.pk},
        )
    return asked
