"""What is kept for the whole site, on the ledger of each consultation that a change concerns:
the reasons for rejecting, organisations, suppressed addresses, and mails in doubt.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.mail import outbox
from consultations.models import (
    Case,
    Message,
    Organisation,
    Reason,
    Response,
    Subscription,
    Suppression,
    User,
)

Payload: TypeAlias = Mapping[str, ledger.JSON]


@transaction.atomic
def keep_reason(*, reason: Reason, changed: Sequence[str], by: User, at: datetime) -> None:
    """Store a reason; those who decided by it find on their ledger what authors were told before.

    The words are the site's own, so they stand there whole.
    """
    stood = Reason.objects.select_for_update().filter(pk=reason.pk).values(*changed).first()
    reason.save()
    decided = Case.objects.filter(decisions__reason=reason)
    payload: Payload = {"reason": reason.code, "before": stood or {}, "by": by.pk}
    _append(decided.values_list("consultation_id", flat=True), "reason_changed", payload, at)


class LoopError(Exception):
    """An organisation that would come after itself, with the sentence that says so."""


@transaction.atomic
def keep_organisation(
    *, organisation: Organisation, changed: Sequence[str], by: User, at: datetime
) -> None:
    """Store an organisation; the consultations that it answers find the change on their ledger.

    Raises LoopError where successors or merged entries would lead back to it.
    """
    refuse_loop(organisation)
    organisation.save()
    answered = Response.objects.filter(organisation=organisation, submitted_at__isnull=False)
    claimed = Case.objects.filter(membership__organisation=organisation)
    touched = [
        *answered.order_by().values_list("consultation_id", flat=True),
        *claimed.order_by().values_list("consultation_id", flat=True),
    ]
    payload: Payload = {"organisation": organisation.pk, "changed": sorted(changed), "by": by.pk}
    _append(touched, "organisation_changed", payload, at)


def refuse_loop(organisation: Organisation) -> None:
    """Raise LoopError where what comes after the organisation leads back to it."""
    if organisation.pk is not None and organisation.leads_back():
        raise LoopError(_("Successors and merged entries must not lead back to this organisation."))


@transaction.atomic
def lift_suppression(*, suppression: Suppression, by: User, at: datetime) -> None:
    """Let mail go to an address again; the consultations of its person are told by the ledger."""
    person = User.objects.filter(email__iexact=suppression.address).first()
    suppression.delete()
    if person is None:
        return
    touched = [
        *Subscription.objects.filter(user=person).values_list("consultation_id", flat=True),
        *Response.objects.filter(respondent=person, submitted_at__isnull=False).values_list(
            "consultation_id", flat=True
        ),
    ]
    _append(touched, "suppression_lifted", {"user": person.pk, "by": by.pk}, at)


@transaction.atomic
def settle(*, message: Message, as_sent: bool, by: User, at: datetime) -> None:
    """Settle a mail in doubt, on its consultation's ledger; raises OutboxError as the outbox does.

    The mail is named by its row: an address is never written down for good.
    """
    outbox.settle(message, by=by, as_sent=as_sent, at=at)
    if message.consultation_id is not None:
        payload = {"message": message.pk, "as_sent": as_sent, "by": by.pk}
        _append([message.consultation_id], "delivery_settled", payload, at)


def _append(consultations: Iterable[int], act: str, payload: Payload, at: datetime) -> None:
    for consultation_id in sorted(set(consultations)):
        ledger.append(consultation_id=consultation_id, act=act, at=at, payload=payload)
