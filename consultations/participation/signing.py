"""Signing off: what a lead states for a response; `approving` confirms it after the close."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Consultation, Membership, SignOff, User
from consultations.models.clock import LONDON, day_of
from consultations.participation import desks
from consultations.participation.answers import ParticipationError
from consultations.participation.approving import last_day
from consultations.participation.opening import Opened, open_response

MOST_STATED = 1_000
MOST_BODY = 120


@dataclass(frozen=True)
class Statement:
    """What a lead states; `body` and `expected_on` are given where a body has still to approve."""

    represents: str
    consulted: str
    body: str = ""
    expected_on: date | None = None

    def same_as(self, signed: SignOff | None) -> bool:
        """Whether this was signed already."""
        if signed is None:
            return False
        mine = (self.represents, self.consulted, self.body, self.expected_on)
        return mine == (signed.represents, signed.consulted, signed.body, signed.expected_on)


def state(
    *,
    user: User,
    membership: Membership,
    consultation: Consultation,
    said: Statement,
    at: datetime,
) -> SignOff:
    """Sign the organisation's response off, as it is or will be sent; earlier sign-offs are kept.

    Raises NotLeadError for a contributor, ClosedError after the deadline, and ParticipationError
    for an approval that is expected too early or too late, or a body that represents nobody.
    """
    arguments = (user, membership, consultation, said, at)
    try:
        return _state(*arguments)
    except IntegrityError:
        # Two first writers at once: the other made the response; now it is there.
        return _state(*arguments)


@transaction.atomic
def _state(
    user: User, membership: Membership, consultation: Consultation, said: Statement, at: datetime
) -> SignOff:
    desks.refuse_contributor(membership)
    if membership.organisation.kind.is_representative and not said.represents:
        raise ParticipationError(_("Say whom you represent."))
    _refuse_day(consultation, said.expected_on, at)
    opened = open_response(user, membership, consultation, permission="", notices=None, at=at)
    response = opened.response
    if response.sign_off is not None and said.same_as(response.sign_off):
        return response.sign_off
    response.sign_off = SignOff.objects.create(
        response=response,
        represents=said.represents,
        consulted=said.consulted,
        outcome=SignOff.Outcome.SUBJECT if said.body else SignOff.Outcome.FINAL,
        body=said.body,
        expected_on=said.expected_on,
        signed_by=user,
        signed_at=at,
    )
    response.save(update_fields=["sign_off"])
    if response.submitted_at is not None:
        _note(opened, consultation, user, at)
    return response.sign_off


def sent(opened: Opened, consultation: Consultation, *, user: User, at: datetime) -> None:
    """Put on the record what was signed before a response was first sent."""
    if opened.first_sent and opened.response.sign_off_id is not None:
        _note(opened, consultation, user, at)


def _refuse_day(consultation: Consultation, expected_on: date | None, at: datetime) -> None:
    until = last_day(consultation)
    if expected_on is None or until is None:
        return
    if expected_on < at.astimezone(LONDON).date():
        raise ParticipationError(_("The day of the approval must not have passed."))
    if expected_on > until.astimezone(LONDON).date():
        raise ParticipationError(
            _("The approval must come by %(day)s. Ask the organisers if it cannot.")
            % {"day": day_of(until)}
        )


def _note(opened: Opened, consultation: Consultation, user: User, at: datetime) -> None:
    """Put the last sign-off on the ledger; it is shown at once where nobody reads before."""
    response = opened.response
    if opened.at_once:
        response.shown_sign_off = response.sign_off
        response.save(update_fields=["shown_sign_off"])
    signed = response.sign_off
    ledger.append(
        consultation_id=consultation.pk,
        act="response_signed_off",
        at=at,
        payload={
            "response": response.reference,
            "outcome": signed.outcome if signed else "",
            "by": user.pk,
        },
    )
