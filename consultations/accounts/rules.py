"""What stands in the way of an erasure: posts that somebody must hold."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from consultations import policy
from consultations.models import Membership, Role, User

LEADS = Q(claim=Membership.Claim.CONFIRMED, role=Membership.Right.LEAD, ended_at__isnull=True)
SPEAKS = Q(claim=Membership.Claim.CONFIRMED, ended_at__isnull=True)
OFFICIATES = Q(right=Role.Right.OFFICER, ends_at__isnull=True, user__is_active=True)
ADMINISTERS = Q(is_superuser=True) | Q(groups__name=policy.ADMINISTRATORS)


def refusals(person: User) -> list[str]:
    """Return why the person cannot be erased yet, each with what to do first."""
    return [*_officer(person), *_lead(person), *_administrator(person)]


def _officer(person: User) -> list[str]:
    """Name the consultations that would be left without an officer."""
    others = Role.objects.filter(OFFICIATES, consultation=OuterRef("consultation")).exclude(
        user=person
    )
    alone = Role.objects.filter(OFFICIATES, ~Exists(others), user=person)
    said = _("“%(title)s” would be left without an officer: first make somebody else one.")
    rows = alone.select_related("consultation").order_by("consultation__title", "pk")
    return [said % {"title": role.consultation.title} for role in rows]


def _lead(person: User) -> list[str]:
    """Name the organisations whose people would be left without a lead.

    Whoever is alone there leaves nobody behind: the organisation's words stay, and the next
    claimant waits for a moderator as the first one did.
    """
    there = Membership.objects.filter(organisation=OuterRef("organisation")).exclude(user=person)
    alone = Membership.objects.filter(
        LEADS, Exists(there.filter(SPEAKS)), ~Exists(there.filter(LEADS)), user=person
    )
    said = _("Others write for %(name)s, and nobody else leads: first make one of them a lead.")
    rows = alone.select_related("organisation").order_by("organisation__name", "pk")
    return [said % {"name": membership.organisation.name} for membership in rows]


def _administrator(person: User) -> list[str]:
    """Say that nobody would be left who keeps the site."""
    keepers = User.objects.filter(ADMINISTERS, is_active=True)
    if policy.administers(person) and not keepers.exclude(pk=person.pk).exists():
        return [_("Nobody else keeps this site: first make somebody else an administrator.")]
    return []
