"""Ending what a person was to organisations and consultations, in the transaction of `erase`."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from consultations import ledger
from consultations.accounts.reach import addresses
from consultations.mail.addresses import hashed
from consultations.models import (
    Appeal,
    Case,
    ColleagueInvitation,
    Consultation,
    Invitation,
    Membership,
    Note,
    Organisation,
    Report,
    Response,
    Role,
    Suppression,
    User,
)
from consultations.moderation import appeals

# Where a row must keep an address that nobody has.
NOBODY = "erased.invalid"


def no_address() -> str:
    """Return an address that nobody has, or can have, each time another."""
    return f"{secrets.token_hex(16)}@{NOBODY}"


def lock(person: User) -> None:
    """Lock what other verbs lock before a response: consultations, organisations, claims."""
    officiates = Role.objects.filter(user=person, ends_at__isnull=True).values("consultation")
    speaks = Membership.objects.filter(user=person, ended_at__isnull=True).values("organisation")
    _take(Consultation.objects.filter(pk__in=officiates).order_by("pk"))
    _take(Organisation.objects.filter(pk__in=speaks).order_by("pk"))


def _take(rows: QuerySet[Any]) -> None:
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def end_memberships(person: User, at: datetime) -> None:
    """End the person's claims; whom they had invited while theirs waited keep the desk."""
    mine = Membership.objects.select_for_update(of=("self",), no_key=True).filter(user=person)
    for membership in mine.order_by("pk"):
        _hand_over(membership)
        living = membership.invitations.filter(accepted_at=None, withdrawn_at=None)
        living.update(withdrawn_at=at)
        Case.objects.waiting().filter(membership=membership).update(closed_at=at)
        membership.host, membership.shares = None, False
        membership.refusal = membership.appeal = ""
        membership.ended_at = membership.ended_at or at
        membership.save(update_fields=["host", "shares", "refusal", "appeal", "ended_at"])


def _hand_over(membership: Membership) -> None:
    """Give a desk that is shared to the colleague who has sat there longest."""
    rows = membership.guests.select_for_update(of=("self",), no_key=True)
    guests = list(rows.filter(ended_at__isnull=True).order_by("claimed_at", "pk"))
    if not guests:
        return
    first, others = guests[0], guests[1:]
    first.host, first.shares = None, True
    first.save(update_fields=["host", "shares"])
    for guest in others:
        guest.host = first
        guest.save(update_fields=["host"])
    Note.objects.filter(host=membership).update(host=first)
    shared = Response.objects.filter(membership=membership, shared=True, organisation__isnull=True)
    shared.update(membership=first, respondent=first.user_id, name="")


def end_roles(person: User, at: datetime) -> list[Role]:
    """End the person's rights; `record_roles` puts them on the ledger."""
    ended = list(Role.objects.filter(user=person, ends_at__isnull=True).order_by("pk"))
    Role.objects.filter(pk__in=[role.pk for role in ended]).update(ends_at=at)
    return ended


def record(
    person: User,
    by: User,
    roles: Collection[Role],
    concerned: Collection[int],
    at: datetime,
    *,
    ended: Collection[Appeal] = (),
) -> None:
    """Write on each ledger that is concerned that the person was erased, last of all.

    Before that, which of their appeals this `ended`.
    """
    who: dict[str, ledger.JSON] = {"user": person.pk, "by": by.pk}
    for consultation_id in sorted(concerned):
        mine = [one for one in ended if one.decision.case.consultation_id == consultation_id]
        record_ended(mine, by, at)
        here = [role for role in roles if role.consultation_id == consultation_id]
        acts = [("role_ended", {**who, "right": role.right}) for role in here]
        for act, payload in [*acts, ("person_erased", who)]:
            ledger.append(consultation_id=consultation_id, act=act, at=at, payload=payload)


def record_ended(ended: Collection[Appeal], by: User, at: datetime) -> None:
    """Write on the ledgers, one after another, which appeals ended with their author's erasure."""
    for appeal in sorted(ended, key=lambda one: (one.decision.case.consultation_id, one.pk)):
        appeals.record_void(appeal, by, at)


def forget_words(person: User) -> None:
    """Forget the person's notes at desks, and what they wrote in reports."""
    Note.objects.filter(author=person).delete()
    Report.objects.filter(reporter=person).update(words="", reporter=None)


def forget_invitations(person: User, at: datetime) -> None:
    """Take the person's addresses out of the invitations that went there, and those of desks.

    One that they answered and that went to somebody else stays that one's; where it names them it
    went to an address that they have given up since.
    """
    mine = addresses(person)
    named = Q(accepted_by=person, name__iexact=person.name) & ~Q(name="")
    asked = Invitation.objects.filter(Q(email__in=mine) | named)
    for invitation in asked.exclude(email__endswith=f"@{NOBODY}").order_by("pk"):
        invitation.name, invitation.email = "", no_address()
        invitation.withdrawn_at = invitation.withdrawn_at or at
        invitation.save(update_fields=["name", "email", "withdrawn_at"])
    Invitation.objects.filter(accepted_by=person).update(accepted_by=None)
    for one in ColleagueInvitation.objects.filter(email__in=mine).order_by("pk"):
        one.email = no_address()
        one.withdrawn_at = one.withdrawn_at or (None if one.accepted_at else at)
        one.save(update_fields=["email", "withdrawn_at"])


def keep_suppressed(person: User) -> None:
    """Keep an address that was refused for good as a hash: nothing is sent there all the same."""
    for row in Suppression.objects.filter(address__in=addresses(person)).order_by("pk"):
        row.address, row.reason = hashed(row.address), ""
        row.save(update_fields=["address", "reason"])
