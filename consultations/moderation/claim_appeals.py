"""The verb by which a claimant who was refused asks, once, that somebody else looks again.

The claim then waits as it did before, with what they say; whoever refused it does not decide again
where somebody else can.
"""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.mail import outbox
from consultations.mail.letter import Letter, Paragraph, Quotation
from consultations.models import Case, Decision, Membership, Message, User
from consultations.models.appeal import DAYS
from consultations.models.clock import LONDON, day_of
from consultations.moderation import claims

Claim = Membership.Claim


class ClaimAppealError(Exception):
    """An appeal that cannot be made, with the sentence that the claimant reads."""


def last_day(membership: Membership) -> str:
    """Return the last day on which a refused claimant may appeal, as "23 December 2026"."""
    return day_of(_ends_at(membership) - timedelta(hours=1))


def refusal(membership: Membership, at: datetime) -> str:
    """Return the sentence that refuses an appeal against what became of a claim, or ""."""
    if membership.appealed_at is not None:
        return _("You have appealed already. There is no second appeal.")
    if membership.claim != Claim.REFUSED or membership.ended_at is not None:
        return _("This claim was not refused, or you have made it anew since.")
    if not Case.objects.filter(membership=membership).exists():
        return _("A lead of the organisation decided on this: write to them.")
    return "" if at < _ends_at(membership) else _("The time to appeal is over.")


@transaction.atomic
def make(*, membership: Membership, words: str, by: User, at: datetime) -> Membership:
    """Put a claim that was refused before a moderator again, with what its claimant says.

    Sent twice, it is one appeal. Raises ClaimAppealError where it was not refused, was appealed
    before, or the time is over.
    """
    fresh, _waiting = claims.lock(membership)
    if fresh.user_id == by.pk and fresh.appeal == words and fresh.appealed_at is not None:
        return fresh
    if fresh.user_id != by.pk or refusal(fresh, at):
        raise ClaimAppealError(refusal(fresh, at) or _("Only the claimant appeals."))
    # It can no longer be undone, so its letter waits no more: it comes before that of the appeal.
    decided = Decision.objects.filter(case__membership=fresh, verb=Decision.Verb.REFUSE)
    refused = decided.filter(undone_by__isnull=True)
    for decision in refused.order_by("pk"):
        outbox.hasten(decision.letter_key, at=at)
    fresh.claim, fresh.decided_by, fresh.decided_at = Claim.PENDING, None, None
    fresh.appeal, fresh.appealed_at = words, at
    fresh.save(update_fields=["claim", "decided_by", "decided_at", "appeal", "appealed_at"])
    here = Case.objects.filter(membership=fresh).order_by().values_list("consultation", flat=True)
    consultations = sorted(set(here))
    Case.objects.bulk_create(
        Case(membership=fresh, consultation_id=number, since=at) for number in consultations
    )
    _tell(fresh, at)
    for number in consultations:
        ledger.append(
            consultation_id=number,
            act="claim_appealed",
            at=at,
            payload={
                "membership": fresh.pk,
                "organisation": fresh.organisation_id,
                "user": by.pk,
                "by": by.pk,
            },
        )
    return fresh


def _ends_at(membership: Membership) -> datetime:
    decided = membership.decided_at or membership.claimed_at
    last = decided.astimezone(LONDON).date() + timedelta(days=DAYS)
    return datetime.combine(last + timedelta(days=1), time(), LONDON)


def _tell(membership: Membership, at: datetime) -> None:
    said = _("We look again at your claim to speak for %(name)s, and e-mail you what is decided.")
    letter = Letter(
        subject=_("We have your appeal"),
        blocks=(
            Paragraph(said % {"name": membership.organisation.name}),
            Paragraph(_("What you wrote:")),
            Quotation(membership.appeal),
        ),
    )
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"claim:{membership.pk}:appealed",
        to=membership.user.email,
        letter=letter,
        at=at,
        user=membership.user,
    )
