"""Signing off: what a lead states for a response, and its approval by a body after the close."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import (
    Comment,
    Consultation,
    Membership,
    Recommendation,
    Response,
    SignOff,
    StatementTimestamp,
    User,
)
from consultations.models.clock import LONDON, day_of
from consultations.participation import desks, withdraw
from consultations.participation.answers import ParticipationError, UnreadyError
from consultations.participation.opening import Opened, open_response

# A body that meets after the close has so long to approve what was sent before it.
APPROVED_WITHIN = timedelta(days=60)
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


def last_day(consultation: Consultation) -> datetime | None:
    """Return the instant until which an approval may be confirmed; None where no close is set."""
    return consultation.closes_at and consultation.closes_at + APPROVED_WITHIN


@transaction.atomic
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


@transaction.atomic
def approve(*, response: Response, withdrawn: Collection[int], user: User, at: datetime) -> None:
    """Confirm once, after the close, that the body has approved what was sent.

    The answers to the recommendations in `withdrawn` are taken back; what was sent stays as it was
    sent otherwise. Raises UnreadyError before the close, too long after it, and for a response that
    waits for no approval.
    """
    locked = (
        Response.objects.select_for_update(of=("self",), no_key=True)
        .select_related("sign_off", "consultation")
        .annotate(now=StatementTimestamp())
        .get(pk=response.pk)
    )
    signed = _awaited(locked, locked.now)
    locked.sign_off = SignOff.objects.create(
        response=locked,
        represents=signed.represents,
        consulted=signed.consulted,
        outcome=SignOff.Outcome.APPROVED,
        body=signed.body,
        expected_on=signed.expected_on,
        signed_by=user,
        signed_at=at,
    )
    if locked.shown_sign_off_id == signed.pk:
        locked.shown_sign_off = locked.sign_off
    locked.save(update_fields=["sign_off", "shown_sign_off"])
    taken = _take_back(locked, withdrawn, at)
    for number in taken:
        withdraw.record(locked, number, user=user, at=at)
    ledger.append(
        consultation_id=locked.consultation_id,
        act="response_approved",
        at=at,
        payload={"response": locked.reference, "withdrawn": list(taken), "by": user.pk},
    )


def _awaited(response: Response, now: datetime) -> SignOff:
    """Return the sign-off that waits for an approval; raise UnreadyError where none may come."""
    signed, closes_at = response.sign_off, response.consultation.closes_at
    until = last_day(response.consultation)
    if response.submitted_at is None or signed is None or not signed.subject:
        raise UnreadyError(_("Nothing here waits for an approval."))
    if closes_at is None or until is None or now < closes_at:
        raise UnreadyError(
            _("Until the consultation closes you can still change what you sent, or sign off anew.")
        )
    if now >= until:
        raise UnreadyError(
            _("An approval could be confirmed until %(day)s.") % {"day": day_of(until)}
        )
    return signed


def _take_back(response: Response, numbers: Collection[int], at: datetime) -> list[int]:
    """Withdraw the answers to these recommendations; return the numbers of those that stood."""
    asked = Recommendation.objects.filter(consultation_id=response.consultation_id)
    named = asked.filter(number__in=numbers)
    rows = Comment.objects.filter(response=response, recommendation__in=named)
    found = rows.select_related("recommendation").order_by("recommendation__number", "pk")
    return [
        comment.recommendation.number for comment in found if withdraw.take_back(comment, at=at)
    ]


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
