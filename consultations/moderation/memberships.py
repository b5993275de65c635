"""Ending what a confirmed claim gave: access alone, or the organisation's name with it.

Both take effect at once: every page asks anew who speaks for an organisation.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations import ledger, policy
from consultations.models import (
    Document,
    Draft,
    Membership,
    Organisation,
    QuestionDraft,
    Response,
    User,
)
from consultations.moderation import claim_letters, claims, owning
from consultations.moderation.record import DecisionRefused


@transaction.atomic
def end(*, membership: Membership, by: User, at: datetime) -> None:
    """End a membership: the person no longer speaks for the organisation, whose responses stay.

    Raises DecisionRefused for a claim that waits or has ended, and unless `by` may end it. A lead
    of the organisation may end a colleague's, as long as somebody leads it afterwards.
    """
    membership = _take(membership, by, leads_too=True)
    if membership.user_id == by.pk:
        _refuse_last_lead(membership)
    _end(membership, "membership_ended", [], by, at)


@transaction.atomic
def appoint(*, membership: Membership, role: str, by: User, at: datetime) -> None:
    """Make a member a lead, or a contributor; at least one lead is left.

    Raises DecisionRefused as `end`, and for the only lead.
    """
    membership = _take(membership, by, leads_too=True)
    if membership.claim != Membership.Claim.CONFIRMED:
        raise DecisionRefused(_("Only who speaks for the organisation has a role in it."))
    if membership.role == role:
        return
    if role != Membership.Right.LEAD:
        _refuse_last_lead(membership)
    membership.role = Membership.Right(role)
    membership.save(update_fields=["role"])
    for consultation_id in sorted(claims.reach(membership)):
        ledger.append(
            consultation_id=consultation_id,
            act="membership_role_changed",
            at=at,
            payload={
                "membership": membership.pk,
                "organisation": membership.organisation_id,
                "user": membership.user_id,
                "role": role,
                "by": by.pk,
            },
        )


@transaction.atomic
def revoke(*, membership: Membership, by: User, at: datetime, why: str = "") -> list[Response]:
    """End a membership that should never have been confirmed: its name goes from its responses.

    The person is told, with the reason `why`, which is kept with the membership. Returns the
    responses that keep the name, because the person has another of their own in the same
    consultation: their comments are to be hidden by hand. Raises DecisionRefused as `end`.
    """
    membership = _take(membership, by)
    signed = Response.objects.filter(
        organisation_id=membership.organisation_id, membership=membership
    )
    responses = list(signed.select_for_update(of=("self",), no_key=True).order_by("pk"))
    sent = [response for response in responses if response.submitted_at is not None]
    taken = [response for response in sent if _take_back(response, membership, at)]
    _let_go([response for response in responses if response.submitted_at is None], membership)
    membership.refusal = why
    claim_letters.tell_revoked(membership, taken, at)
    _end(membership, "membership_revoked", taken, by, at)
    return [response for response in sent if response not in taken]


def _refuse_last_lead(membership: Membership) -> None:
    """Raise DecisionRefused where nobody else leads the organisation (which is locked)."""
    others = Membership.objects.filter(
        organisation_id=membership.organisation_id,
        claim=Membership.Claim.CONFIRMED,
        role=Membership.Right.LEAD,
        ended_at__isnull=True,
    ).exclude(pk=membership.pk)
    if membership.leads and not others.exists():
        raise DecisionRefused(_("An organisation keeps at least one lead: name another one first."))


def _take(membership: Membership, by: User, *, leads_too: bool = False) -> Membership:
    """Lock the organisation and return its membership as it stands; raise where it cannot end.

    An officer may; where `leads_too`, a lead of the organisation as well.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    fresh = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)
    leads = leads_too and policy.leads(by, fresh.organisation_id)
    if not leads and not policy.may_end_membership(by, claims.reach(fresh)):
        raise DecisionRefused(
            _("Only an officer of a consultation that it reaches into ends a membership.")
        )
    if fresh.ended_at is not None:
        raise DecisionRefused(_("This membership has ended already."))
    if fresh.claim == Membership.Claim.PENDING:
        raise DecisionRefused(_("This claim still waits: confirm or refuse it in the queue."))
    return fresh


def _let_go(begun: list[Response], membership: Membership) -> None:
    """Leave with the organisation what was only begun: it is its colleagues' as well."""
    for response in begun:
        response.membership = None
        if response.respondent_id == membership.user_id:
            response.respondent = None
        response.save(update_fields=["membership", "respondent"])


def _leave_drafts(
    response: Response, organisation: Organisation, membership: Membership, at: datetime
) -> None:
    """Leave with the organisation what colleagues saved, unsent, in a response taken back."""
    mine = {"written_by": membership.user_id}
    theirs = Draft.objects.filter(response=response).exclude(**mine)
    answers = QuestionDraft.objects.filter(response=response).exclude(**mine)
    saved = Document.objects.in_hand().exclude(uploaded_by=membership.user_id)
    attached = saved.filter(response=response)
    if not (theirs.exists() or answers.exists() or attached.exists()):
        return
    left = Response.objects.create(
        consultation_id=response.consultation_id,
        organisation=organisation,
        kind=response.kind,
        for_organisation=True,
        organisation_name=organisation.name,
        organisation_kind=organisation.kind,
        region_id=organisation.region_id,
        permission=response.permission,
        started_at=at,
    )
    theirs.move(response, to=left)
    answers.move(response, to=left)
    saved.move(response, to=left)


def _take_back(response: Response, membership: Membership, at: datetime) -> bool:
    """Make the response the person's own again, without the organisation's name."""
    organisation, response.organisation = response.organisation, None
    try:
        with transaction.atomic():
            response.save(update_fields=["organisation"])
    except IntegrityError:
        response.organisation = organisation
        return False
    owning.sign_again(response)
    if organisation is not None:
        _leave_drafts(response, organisation, membership, at)
    return True


def _end(membership: Membership, act: str, taken: list[Response], by: User, at: datetime) -> None:
    """Store the end, and write it on the ledger of every consultation that it reaches."""
    touched = claims.reach(membership) | {response.consultation_id for response in taken}
    membership.ended_at = at
    membership.save(update_fields=["ended_at", "refusal"])
    for consultation_id in sorted(touched):
        mine = [one.reference for one in taken if one.consultation_id == consultation_id]
        ledger.append(
            consultation_id=consultation_id,
            act=act,
            at=at,
            payload={
                "membership": membership.pk,
                "organisation": membership.organisation_id,
                "user": membership.user_id,
                "responses": mine,
                "by": by.pk,
            },
        )
