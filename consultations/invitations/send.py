"""Inviting many at once, and reminding them: all in one transaction, in a handful of statements."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from consultations import ledger
from consultations.invitations import letters
from consultations.invitations.rules import refuse_not_open, refuse_unready, unreminded
from consultations.invitations.standing import with_standing
from consultations.models import Consultation, Invitation, Organisation, Suppression, User


@dataclass(frozen=True)
class Contact:
    """Whom to invite for an organisation: one address, in small letters."""

    organisation: Organisation
    name: str
    email: str


@transaction.atomic
def invite(
    *, consultation: Consultation, contacts: Sequence[Contact], by: User, at: datetime
) -> int:
    """Invite each contact, once an address; return how many are new.

    Whoever is invited already is left alone, so that the same list sent again sends nothing.
    Raises InvitationError where the consultation is not published or has closed.
    """
    stored = _locked(consultation)
    refuse_unready(stored, at)
    standing = Invitation.objects.standing().filter(consultation=stored)
    known = set(
        standing.filter(email__in=[one.email for one in contacts]).values_list("email", flat=True)
    )
    new = [
        Invitation(
            consultation=stored,
            organisation=one.organisation,
            name=one.name,
            email=one.email,
            invited_at=at,
            invited_by=by,
        )
        for one in {one.email: one for one in contacts if one.email not in known}.values()
    ]
    if new:
        Invitation.objects.bulk_create(new)
        letters.send(new, at=at)
        _record(stored, "invitations_sent", len(new), by, at)
    return len(new)


@transaction.atomic
def remind(
    *, consultation: Consultation, by: User, at: datetime, only: Collection[int] | None = None
) -> tuple[int, Counter[str]]:
    """Remind those who have not answered, once; return how many, and how many not, by the reason.

    `only` are the ids of the invitations asked about; without it, all of the consultation's.
    Raises InvitationError where the consultation is not open.
    """
    stored = _locked(consultation)
    refuse_not_open(stored, at)
    rows = Invitation.objects.filter(consultation=stored).select_related("organisation")
    chosen = rows if only is None else rows.filter(pk__in=only)
    locked = with_standing(chosen).select_for_update(of=("self",), no_key=True).order_by("pk")
    invitations = list(locked)
    refused = set(
        Suppression.objects.filter(address__in=[one.email for one in invitations]).values_list(
            "address", flat=True
        )
    )
    reasons = [unreminded(one, refused) for one in invitations]
    due = [one for one, reason in zip(invitations, reasons, strict=True) if not reason]
    if due:
        Invitation.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=at)
        for one in due:
            one.consultation = stored
        letters.send_reminders(due, at=at)
        _record(stored, "invitations_reminded", len(due), by, at)
    return len(due), Counter(reason for reason in reasons if reason)


def _locked(consultation: Consultation) -> Consultation:
    """Return what stands; one list at a time is sent in a consultation."""
    return Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)


def _record(consultation: Consultation, act: str, many: int, by: User, at: datetime) -> None:
    payload: dict[str, ledger.JSON] = {"invitations": many, "by": by.pk}
    ledger.append(consultation_id=consultation.pk, act=act, at=at, payload=payload)
