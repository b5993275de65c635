"""Undoing a decision on a claim: within ten minutes, by who took it, as a decision of its own.

A refusal is taken back with all that it did to the desk. A confirmation is only while nothing has
come of it: no colleague was admitted, no other response was joined with the member's or gave way,
and nothing was sent or signed since. Otherwise `memberships.revoke` ends it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.mail import outbox
from consultations.models import (
    CommentVersion,
    Decision,
    Membership,
    Note,
    Organisation,
    Response,
    SignOff,
    User,
)
from consultations.moderation import owning, record
from consultations.moderation.letters import WITHIN, key_of
from consultations.moderation.record import DecisionRefused, Verdict

Claim, Verb = Membership.Claim, Decision.Verb
CLAIMS = {Verb.CONFIRM, Verb.REFUSE}


def stood(membership: Membership) -> dict[str, Any]:
    """Return how a claim and its desk stand before a decision, for `undo` to bring back."""
    living = membership.invitations.filter(accepted_at=None, withdrawn_at=None)
    open_responses = membership.responses.filter(
        respondent=membership.user, for_organisation=True, organisation=None
    )
    return {
        "role": membership.role,
        "refusal": membership.refusal,
        "host": membership.host_id,
        "shares": membership.shares,
        "guests": _keys(membership.guests),
        "invitations": _keys(living),
        "notes": _keys(membership.desk_notes),
        "responses": _keys(open_responses),
        "shared": _keys(open_responses.filter(shared=True)),
    }


def can_be_undone(membership: Membership, before: dict[str, Any]) -> bool:
    """Whether what a decision has just done can be taken back: nothing was joined or set aside."""
    here = Response.objects.filter(pk__in=before["responses"])
    if here.count() != len(before["responses"]):
        return False
    if membership.claim == Claim.REFUSED:
        return not here.filter(shared=True).exists()
    ours = here.filter(organisation=membership.organisation_id).count()
    return ours == len(before["responses"]) and not before["guests"]


@transaction.atomic
def undo(*, decision: Decision, by: User, at: datetime) -> list[Decision]:
    """Let the claim wait again as it did, in every consultation; tell nobody that it was decided.

    Raises DecisionRefused after ten minutes, for anybody but who took the decision, and where
    something has come of it since.
    """
    membership = _lock(decision)
    taken = _taken(decision)
    if sentence := _refusal(decision, membership, by, at):
        raise DecisionRefused(sentence)
    if not outbox.call_back([key_of(one) for one in taken], at=at):
        raise DecisionRefused(_("Somebody has been told by now, so it can no longer be undone."))
    was, before = membership.claim, decision.stood
    _put_back(membership, before, decision)
    undone = []
    for one in taken:
        one.case.closed_at = None
        one.case.save(update_fields=["closed_at"])
        verdict = Verdict(Verb.UNDO, by, at)
        undone.append(
            record.write(
                verdict, case=one.case, version=None, before=was, after=Claim.PENDING, undoes=one
            )
        )
    _chain(taken, undone, membership, by, at)
    return undone


def _refusal(decision: Decision, membership: Membership, by: User, at: datetime) -> str:
    """Return the sentence that refuses to undo the decision, or ""."""
    if decision.verb not in CLAIMS or not decision.stood:
        return _("This decision cannot be undone.")
    if decision.decided_by_id != by.pk:
        return _("Only who took the decision can undo it.")
    if at >= decision.decided_at + WITHIN:
        return _("The ten minutes in which this could be undone are over.")
    same = membership.claim == decision.state_after and membership.ended_at is None
    if not same or membership.decided_at != decision.decided_at:
        return _("The claim has changed since. Decide anew.")
    if decision.verb == Verb.CONFIRM and _used(decision, membership):
        return _("Something was done in the organisation’s name since. Revoke the claim instead.")
    return ""


def _used(decision: Decision, membership: Membership) -> bool:
    """Whether the member has sent, signed, admitted or appointed anybody since."""
    mine = Response.objects.filter(organisation=membership.organisation_id)
    since = decision.decided_at
    others = Membership.objects.filter(organisation=membership.organisation_id)
    admitted = others.filter(decided_by=membership.user, decided_at__gte=since)
    return (
        CommentVersion.objects.filter(response__in=mine, written_at__gt=since).exists()
        or SignOff.objects.filter(response__in=mine, signed_at__gt=since).exists()
        or mine.exclude(pk__in=decision.stood["responses"]).exists()
        or admitted.exclude(pk=membership.pk).exists()
    )


def _put_back(membership: Membership, before: dict[str, Any], decision: Decision) -> None:
    """Bring the claim, its desk and its responses back to how they stood."""
    host = Membership.objects.filter(pk=before["host"], claim=Claim.PENDING, ended_at=None).first()
    membership.claim, membership.decided_by, membership.decided_at = Claim.PENDING, None, None
    membership.role, membership.host, membership.shares = before["role"], host, before["shares"]
    membership.refusal, membership.independent = before.get("refusal", ""), None
    membership.save()
    guests = Membership.objects.filter(pk__in=before["guests"], claim=Claim.PENDING, host=None)
    guests.filter(ended_at=None).update(host=membership)
    ended = membership.invitations.filter(pk__in=before["invitations"], accepted_at=None)
    ended.filter(withdrawn_at=decision.decided_at).update(withdrawn_at=None)
    Note.objects.filter(pk__in=before["notes"], host=None).update(host=membership)
    rows = Response.objects.filter(pk__in=before["responses"])
    for response in rows.select_for_update(of=("self",), no_key=True).order_by("pk"):
        _give_back(response, shared=response.pk in before["shared"])


def _give_back(response: Response, *, shared: bool) -> None:
    response.organisation, response.shared = None, shared
    try:
        with transaction.atomic():
            response.save(update_fields=["organisation", "shared"])
    except IntegrityError as error:
        raise DecisionRefused(
            _("The claimant has answered in their own name since. Decide anew.")
        ) from error
    owning.sign_again(response)


def _lock(decision: Decision) -> Membership:
    """Lock the organisation and the claim that a decision is about; return the claim."""
    if decision.case.membership_id is None:
        raise DecisionRefused(_("This is no claim."))
    found = Membership.objects.get(pk=decision.case.membership_id)
    Organisation.objects.select_for_update(no_key=True).get(pk=found.organisation_id)
    rows = Membership.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("user").get(pk=found.pk)


def _taken(decision: Decision) -> list[Decision]:
    """Return the decision in every consultation in which it closed a case, with these cases."""
    together = Decision.objects.filter(
        case__membership=decision.case.membership_id,
        verb=decision.verb,
        decided_at=decision.decided_at,
        undone_by__isnull=True,
    )
    return list(together.select_related("case").order_by("case__consultation", "pk"))


def _chain(
    taken: Sequence[Decision],
    undone: Sequence[Decision],
    membership: Membership,
    by: User,
    at: datetime,
) -> None:
    """Write it on every ledger that tells of the decision."""
    where = {one.case.consultation_id for one in taken}
    given = Response.objects.filter(pk__in=taken[0].stood["responses"], submitted_at__isnull=False)
    where |= set(given.order_by().values_list("consultation_id", flat=True))
    for number in sorted(where):
        ledger.append(
            consultation_id=number,
            act="decision_undone",
            at=at,
            payload={
                "membership": membership.pk,
                "organisation": membership.organisation_id,
                "user": membership.user_id,
                "undoes": taken[0].verb,
                "by": by.pk,
                "decided": [
                    ledger.seal_decision(one)
                    for one in undone
                    if one.case.consultation_id == number
                ],
            },
        )


def _keys(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))
