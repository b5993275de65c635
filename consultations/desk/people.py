"""Who sits at a desk, who asks to, and who may invite to it."""

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from consultations.mail.addresses import FREE_MAIL
from consultations.models import ColleagueInvitation, Membership, User

CURRENT = Q(ended_at__isnull=True)
SPEAKS = CURRENT & Q(claim=Membership.Claim.CONFIRMED)
WAITS = CURRENT & Q(claim=Membership.Claim.PENDING)


def member_of(user: User, reference: str) -> Membership | None:
    """Return the user's standing claim to the organisation with this reference, if any."""
    mine = Membership.objects.filter(CURRENT, user=user, organisation__reference=reference)
    standing = mine.exclude(claim=Membership.Claim.REFUSED)
    return standing.select_related("organisation__kind", "host__user").first()


def colleagues(membership: Membership) -> QuerySet[Membership]:
    """Return who sits at the member's desk: leads first, then by name of the account."""
    desk = membership.desk
    if desk is None:
        rows = Membership.objects.filter(SPEAKS, organisation_id=membership.organisation_id)
    else:
        rows = Membership.objects.filter(WAITS & (Q(pk=desk.pk) | Q(host=desk)))
    return rows.select_related("user").order_by("-role", "user__name", "pk")


def requests(membership: Membership) -> QuerySet[Membership]:
    """Return the claims that a lead may grant or turn down; none for anybody else."""
    if not membership.leads:
        return Membership.objects.none()
    rows = Membership.objects.filter(WAITS, organisation_id=membership.organisation_id)
    return rows.select_related("user", "organisation").order_by("claimed_at", "pk")


def invitations(membership: Membership) -> QuerySet[ColleagueInvitation]:
    """Return the invitations to the member's desk that nobody has answered yet."""
    living = ColleagueInvitation.objects.filter(
        organisation_id=membership.organisation_id,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
    )
    desk = membership.desk
    of_the_desk = Q(by=desk) if desk else Q(by__claim=Membership.Claim.CONFIRMED)
    return living.filter(of_the_desk).select_related("by__user").order_by("-invited_at", "pk")


def may_invite(membership: Membership) -> bool:
    """Whether the member may invite: a lead, or the first claimant whose domain matches.

    A claimant may while nobody is confirmed, and nobody with a matching address came before. At
    most three queries, none for a lead.
    """
    if membership.claim == Membership.Claim.CONFIRMED:
        return membership.leads
    if membership.ended_at is not None or membership.host_id is not None:
        return False
    others = Membership.objects.filter(CURRENT, organisation_id=membership.organisation_id)
    if others.filter(claim=Membership.Claim.CONFIRMED).exists():
        return False
    earlier = Q(claimed_at__lt=membership.claimed_at)
    earlier |= Q(claimed_at=membership.claimed_at, pk__lt=membership.pk)
    before = others.filter(earlier, claim=Membership.Claim.PENDING, host__isnull=True)
    matching = _at_its_domains(membership)
    return membership.user_id in matching and not before.filter(user__in=matching).exists()


def _at_its_domains(membership: Membership) -> set[int]:
    """Return the accounts with a verified address at one of the organisation's own domains."""
    domains = {domain.lower() for domain in membership.organisation.domains} - FREE_MAIL
    claimants = Membership.objects.filter(CURRENT, organisation_id=membership.organisation_id)
    verified = EmailAddress.objects.filter(
        user__in=claimants.values("user"), verified=True
    ).values_list("user_id", "email")
    return {number for number, email in verified if email.rpartition("@")[2].lower() in domains}
