"""Joining a desk by invitation: asked by mail, accepted by whoever holds that very address."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations import organisations
from consultations.desk import letters
from consultations.desk.people import CURRENT, SPEAKS, may_invite
from consultations.models import (
    ColleagueInvitation,
    Membership,
    Organisation,
    Region,
    Response,
    User,
)
from consultations.moderation import claims, memberships

# So many invitations may an organisation have unanswered, or send in a day: no lists are mailed.
MOST_INVITED = 30
DAY = timedelta(days=1)
LIVING = Q(accepted_at__isnull=True, withdrawn_at__isnull=True)


class DeskError(Exception):
    """What cannot be done at the desk as it stands, with the sentence that says why."""


@transaction.atomic
def ask(*, user: User, organisation: Organisation, at: datetime) -> Membership:
    """Claim an organisation; where somebody leads it, they are asked to grant the claim."""
    return _asked(organisations.claim(user=user, organisation=organisation, at=at), at)


@transaction.atomic
def answer_for(
    *, user: User, organisation: Organisation, name: str, region: Region | None, at: datetime
) -> Membership:
    """Let a person answer for an organisation, as `organisations` does, and ask who leads it."""
    claim = organisations.answer_for(
        user=user, organisation=organisation, name=name, region=region, at=at
    )
    return _asked(claim, at)


def _asked(claim: Membership, at: datetime) -> Membership:
    """Tell those who lead the organisation of a claim that is theirs to grant, and return it."""
    if claim.claim == Membership.Claim.PENDING and claim.host_id is None:
        letters.tell_leads(claim, at)
    return claim


@transaction.atomic
def add(*, user: User, new: organisations.NewOrganisation, at: datetime) -> Membership:
    """Add an organisation and claim it; one of the same name and kind is claimed, not doubled."""
    return ask(user=user, organisation=organisations.find_or_add(new=new), at=at)


@transaction.atomic
def dismiss(*, guest: Membership, by: Membership, at: datetime) -> None:
    """End the claim of whom a first claimant had invited; raise DeskError for anybody else."""
    by = _lock(by)
    ended = Membership.objects.filter(CURRENT, pk=guest.pk, host=by).update(ended_at=at)
    if not ended:
        raise DeskError(_("This person does not sit at your desk any more."))


@transaction.atomic
def invite(*, by: Membership, email: str, role: str, at: datetime) -> ColleagueInvitation:
    """Invite an address to the desk of `by`, and queue the mail.

    Raises DeskError where `by` may not invite (any more), the address is invited or sits there
    already, or too many invitations wait.
    """
    by = _lock(by)
    if not may_invite(by):
        raise DeskError(_("Only a lead, or the first member from its domain, invites colleagues."))
    ours = ColleagueInvitation.objects.filter(organisation=by.organisation)
    living = ours.filter(LIVING)
    if living.filter(email__iexact=email).exists():
        raise DeskError(_("This address is invited already. Take that invitation back first."))
    if _sits_there(by, email):
        raise DeskError(_("Whoever has this address is a member already."))
    if ours.filter(LIVING | Q(invited_at__gt=at - DAY)).count() >= MOST_INVITED:
        raise DeskError(_("Too many invitations wait or were sent today. Try again tomorrow."))
    token = secrets.token_urlsafe(16)
    invitation = ColleagueInvitation.objects.create(
        organisation=by.organisation,
        by=by,
        email=email.lower(),
        role=role if by.leads else Membership.Right.CONTRIBUTOR,
        token_hash=_hashed(token),
        invited_at=at,
    )
    letters.invite(invitation, token, at)
    return invitation


@transaction.atomic
def take_back(*, invitation: ColleagueInvitation, at: datetime) -> None:
    """Take an invitation back: its link then opens nothing. One that is answered stays so."""
    ColleagueInvitation.objects.filter(LIVING, pk=invitation.pk).update(withdrawn_at=at)


def found(token: str, user: User) -> ColleagueInvitation | None:
    """Return the invitation of a link, to whoever has confirmed that they hold its address.

    For anybody else there is none, as for a link that was taken back or used.
    """
    rows = ColleagueInvitation.objects.filter(LIVING, token_hash=_hashed(token))
    invitation = rows.select_related("organisation__kind", "organisation__region", "by").first()
    if invitation is None or not may_invite_still(invitation.by):
        return None
    mine = EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True)
    return invitation if mine.exists() else None


@transaction.atomic
def accept(*, invitation: ColleagueInvitation, user: User, at: datetime) -> Membership:
    """Let the user write for the organisation: as its member, or at the first claimant's desk.

    A lead's invitation confirms the claim; a claimant's leaves it a claim, which is confirmed with
    theirs. Raises DeskError where the invitation was answered or taken back meanwhile.
    """
    by = _lock(invitation.by)
    if not ColleagueInvitation.objects.filter(LIVING, pk=invitation.pk).update(accepted_at=at):
        raise DeskError(_("This invitation was used or taken back already."))
    if not may_invite_still(by):
        raise DeskError(_("Whoever invited you can no longer do so. Ask them again."))
    _answer_for(user, by.organisation)
    membership = _claimed(user, by.organisation, at)
    if by.leads:
        _confirm(membership, invitation, at)
    elif membership.claim == Membership.Claim.PENDING:
        _seat(membership, by)
    return Membership.objects.get(pk=membership.pk)


def may_invite_still(by: Membership) -> bool:
    """Whether an invitation holds: a lead leads, or a first claimant still waits."""
    waits = by.claim == Membership.Claim.PENDING and by.ended_at is None and by.host_id is None
    return by.leads or waits


def _lock(membership: Membership) -> Membership:
    """Lock the organisation, and return its membership as it stands."""
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=membership.organisation_id
    )
    fresh = Membership.objects.select_related("user", "host").get(pk=membership.pk)
    fresh.organisation = organisation
    return fresh


def _sits_there(by: Membership, email: str) -> bool:
    """Whether the address is that of somebody at the desk."""
    sits = SPEAKS if by.leads else CURRENT & (Q(pk=by.pk) | Q(host=by))
    rows = Membership.objects.filter(sits, organisation=by.organisation)
    return rows.filter(user__email__iexact=email).exists()


def _answer_for(user: User, organisation: Organisation) -> None:
    """Let the user write in the organisation's name from now on; they may change it."""
    user.organisation, user.acting_for = organisation, User.ActingFor.ORGANISATION
    user.kind = user.kind or organisation.kind.stakeholder_kind
    user.region = user.region or organisation.region
    user.save(update_fields=["organisation", "acting_for", "kind", "region"])


def _claimed(user: User, organisation: Organisation, at: datetime) -> Membership:
    """Return the user's claim, made where there is none; a refused one is ended first."""
    mine = Membership.objects.filter(CURRENT, user=user, organisation=organisation)
    mine.filter(claim=Membership.Claim.REFUSED).update(ended_at=at)
    claim, _made = Membership.objects.get_or_create(
        user=user, organisation=organisation, ended_at=None, defaults={"claimed_at": at}
    )
    return claim


def _confirm(membership: Membership, invitation: ColleagueInvitation, at: datetime) -> None:
    """Confirm the claim of whom a lead has invited, and give the role that they were offered."""
    lead = invitation.by.user
    if membership.claim == Membership.Claim.PENDING:
        claims.grant(membership=membership, by=lead, at=at)
    if invitation.role == Membership.Right.LEAD:
        memberships.appoint(membership=membership, role=invitation.role, by=lead, at=at)


def _seat(membership: Membership, host: Membership) -> None:
    """Seat a claimant at the desk of the first one, whose responses are shared from now on."""
    if membership.pk == host.pk or membership.shares:
        raise DeskError(_("You have invited colleagues yourself. Wait for a moderator."))
    if not host.shares:
        # Claims before responses, as whoever sends locks them.
        host.shares = True
        host.save(update_fields=["shares"])
        theirs = Response.objects.filter(membership=host, respondent=host.user)
        theirs.filter(for_organisation=True, organisation__isnull=True).update(shared=True)
    membership.host = host
    membership.save(update_fields=["host"])


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
