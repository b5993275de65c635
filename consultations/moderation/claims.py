"""The verbs on claims to speak for an organisation: confirm and refuse, each one transaction.

A claim is one person's to one organisation, so a decision closes its case in every consultation;
and a confirmed member reads and writes the organisation's response in each. So whoever decides
must decide in all of them; a lead, who speaks for it in all, grants and turns down as well. What
ends a membership is in `memberships`, whose a response becomes in `owning`, what a decision does to
the desk in `desks`.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations import ledger, policy
from consultations.models import (
    Case,
    Decision,
    Membership,
    Organisation,
    Response,
    User,
)
from consultations.moderation import claim_letters, desks, owning, record, undo_claims
from consultations.moderation.record import DecisionRefused, Verdict

ACTS = {Decision.Verb.CONFIRM: "claim_confirmed", Decision.Verb.REFUSE: "claim_refused"}


@transaction.atomic
def confirm(*, case: Case, by: User, at: datetime, note: str = "") -> list[Decision]:
    """Confirm the claim: the member's responses become the organisation's own.

    An organisation counts once in a consultation: where it has a response already, the member's
    is set aside, neither shown nor counted, and they are told. Raises DecisionRefused where the
    claim no longer waits, or `by` does not decide in every consultation that it reaches.
    """
    membership, cases = _take(case, by)
    before = undo_claims.stood(membership)
    return _admit(membership, cases, Verdict(Decision.Verb.CONFIRM, by, at, None, note), before)


@transaction.atomic
def grant(*, membership: Membership, by: User, at: datetime) -> None:
    """Confirm a claim as a lead of the organisation, at its desk; raises as `confirm` does."""
    membership, cases = lock(membership)
    if not policy.leads(by, membership.organisation_id):
        raise DecisionRefused(_("Only a lead of the organisation decides on this."))
    _refuse_settled(membership)
    _admit(membership, cases, Verdict(Decision.Verb.CONFIRM, by, at))


@transaction.atomic
def turn_down(*, membership: Membership, by: User, at: datetime) -> None:
    """Refuse a claim as a lead of the organisation, at its desk; raises as `confirm` does."""
    membership, cases = lock(membership)
    if not policy.leads(by, membership.organisation_id):
        raise DecisionRefused(_("Only a lead of the organisation decides on this."))
    _refuse_settled(membership)
    _refuse(membership, cases, Verdict(Decision.Verb.REFUSE, by, at))


@transaction.atomic
def refuse(*, case: Case, note: str, by: User, at: datetime, why: str = "") -> list[Decision]:
    """Refuse the claim: responses stay the person's, and never carry the organisation's name.

    `why` is what the claimant is told; they may appeal once.
    """
    membership, cases = _take(case, by)
    before = undo_claims.stood(membership)
    membership.refusal = why
    verdict = Verdict(Decision.Verb.REFUSE, by, at, None, note)
    return _refuse(membership, cases, verdict, before)


def _admit(
    membership: Membership,
    cases: list[Case],
    verdict: Verdict,
    before: dict[str, Any] | None = None,
) -> list[Decision]:
    """Make the member's responses the organisation's own, and admit whom they had invited.

    `before` is how it stood, where the decision may be undone.
    """
    # The ledgers' locks are everybody's: they come last, after all that the guests bring.
    admitted = [(verdict, membership, cases, *_give(membership, verdict))]
    by_the_lead = Verdict(Decision.Verb.CONFIRM, membership.user, verdict.at)
    for guest in admitted[0][-1]:
        invited, waiting = lock(guest)
        admitted.append((by_the_lead, invited, waiting, *_give(invited, by_the_lead)))
    decided = []
    for by, member, closed, given, kept, _guests in admitted:
        known = before if member is membership else None
        decisions = _note(by, member, closed, given, kept, known)
        claim_letters.tell_confirmed(decisions, member, kept)
        decided.append(decisions)
    return decided[0]


def _give(
    membership: Membership, verdict: Verdict
) -> tuple[list[Response], list[Response], list[Membership]]:
    """Settle a claim; return the responses that are the organisation's now, those set aside, and
    whom the member brings along.
    """
    guests = _settle(membership, Membership.Claim.CONFIRMED, verdict)
    given: list[Response] = []
    kept: list[Response] = []
    for response in _responses(membership):
        if owning.give(response, membership.organisation):
            given.append(response)
        elif response.submitted_at is None:
            response.delete()
        else:
            owning.set_aside(response, verdict.at)
            kept.append(response)
    return given, kept, guests


def _refuse(
    membership: Membership,
    cases: list[Case],
    verdict: Verdict,
    before: dict[str, Any] | None = None,
) -> list[Decision]:
    """Refuse a claim that is locked, and tell the claimant; `before` as `_admit` has it."""
    _settle(membership, Membership.Claim.REFUSED, verdict)
    decisions = _note(verdict, membership, cases, [], [], before)
    claim_letters.tell_refused(decisions, membership)
    return decisions


def _take(case: Case, by: User) -> tuple[Membership, list[Case]]:
    """Lock the organisation, the claim and its cases, this one first; raise where it is decided."""
    if case.report_id is not None:
        raise DecisionRefused(_("This is a reader’s report: hide the comment or close the report."))
    if case.document_id is not None:
        raise DecisionRefused(_("This is a document: publish or reject it."))
    if case.appeal_id is not None:
        raise DecisionRefused(_("This is an appeal: it is decided on its own page."))
    if case.membership_id is None:
        raise DecisionRefused(_("This is a comment: publish, reject or hold it."))
    found = Membership.objects.get(pk=case.membership_id)
    membership, cases = lock(found)
    fresh = Case.objects.get(pk=case.pk)
    record.refuse_decided(fresh)
    _refuse_settled(membership)
    if not policy.may_decide_claim(by, reach(membership)):
        raise DecisionRefused(
            _(
                "This claim reaches into other consultations, where you do not decide. It needs "
                "somebody who decides in all of them, or a site administrator."
            )
        )
    if _is_for_others(membership, by):
        raise DecisionRefused(
            _("You have refused this claim, and its claimant appeals: somebody else decides.")
        )
    return membership, sorted(cases, key=lambda one: one.pk != case.pk)


def _is_for_others(membership: Membership, by: User) -> bool:
    """Whether the claimant appeals against a refusal by `by`, and somebody else can decide."""
    if membership.appealed_at is None or not policy.has_refused(by, membership):
        return False
    return policy.others_decide_claim(by, membership, reach(membership))


def _settle(membership: Membership, claim: Membership.Claim, verdict: Verdict) -> list[Membership]:
    """Settle a claim at its desk, and say of an appeal whether somebody else decided on it."""
    if membership.appealed_at is not None:
        own = verdict.by.pk == membership.user_id
        membership.independent = not own and not policy.has_refused(verdict.by, membership)
    return desks.settle(membership, claim, verdict.by, verdict.at)


def lock(membership: Membership) -> tuple[Membership, list[Case]]:
    """Lock the organisation, the claim and its cases; return it as it stands, and them.

    The claim comes before the cases: whoever sends under it holds it while a case is added.
    """
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=membership.organisation_id
    )
    claims = Membership.objects.select_for_update(of=("self",), no_key=True)
    fresh = claims.select_related("user").get(pk=membership.pk)
    waiting = Case.objects.waiting().filter(membership=membership)
    cases = list(waiting.select_for_update(of=("self",), no_key=True).order_by("pk"))
    fresh.organisation = organisation
    return fresh, cases


def _refuse_settled(membership: Membership) -> None:
    if membership.claim != Membership.Claim.PENDING or membership.ended_at is not None:
        raise DecisionRefused(_("This claim has ended or was decided already."))


def reach(membership: Membership) -> set[int]:
    """Return the consultations where the organisation answered, or the member in its name."""
    answered = Response.objects.filter(
        Q(organisation_id=membership.organisation_id)
        | Q(membership=membership, for_organisation=True),
        submitted_at__isnull=False,
    )
    waiting = Case.objects.filter(membership=membership)
    return {
        *answered.order_by().values_list("consultation_id", flat=True),
        *waiting.order_by().values_list("consultation_id", flat=True),
    }


def _responses(membership: Membership) -> list[Response]:
    """Return the member's responses under this claim that are not yet the organisation's."""
    found = Response.objects.filter(
        respondent=membership.user,
        membership=membership,
        for_organisation=True,
        organisation__isnull=True,
    )
    return list(
        found.select_for_update(of=("self",), no_key=True).order_by("consultation_id", "pk")
    )


def _note(
    verdict: Verdict,
    membership: Membership,
    cases: list[Case],
    given: list[Response],
    kept: list[Response],
    before: dict[str, Any] | None = None,
) -> list[Decision]:
    """Write a decision on every case, and on every ledger that is touched, in order."""
    for_good = not before or not undo_claims.can_be_undone(membership, before)
    decisions = [
        record.write(
            verdict,
            case=case,
            version=None,
            before=Membership.Claim.PENDING,
            after=membership.claim,
            stood=None if for_good else before,
        )
        for case in cases
    ]
    touched = {case.consultation_id for case in cases}
    # What is only begun is nobody's business: no ledger names it.
    given = [response for response in given if response.submitted_at is not None]
    touched |= {response.consultation_id for response in (*given, *kept)}
    if not cases:  # decided at the desk: wherever it opens a response
        touched |= reach(membership)
    who: dict[str, ledger.JSON] = {
        "membership": membership.pk,
        "organisation": membership.organisation_id,
        "user": membership.user_id,
        "by": verdict.by.pk,
    }
    if membership.independent is not None:
        who["independent"] = membership.independent
    for number in sorted(touched):
        mine = [one.reference for one in given if one.consultation_id == number]
        here = [one for one in decisions if one.case.consultation_id == number]
        sealed = {"decided": [ledger.seal_decision(one) for one in here]}
        _append(verdict, number, ACTS[verdict.verb], {**who, "responses": mine, **sealed})
        for one in kept:
            if one.consultation_id == number:
                _append(verdict, number, "response_set_aside", {**who, "response": one.reference})
    return decisions


def _append(
    verdict: Verdict, consultation_id: int, act: str, payload: dict[str, ledger.JSON]
) -> None:
    ledger.append(consultation_id=consultation_id, act=act, at=verdict.at, payload=payload)
