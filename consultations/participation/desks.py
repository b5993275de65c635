"""Where colleagues write together before a moderator has confirmed the first of them.

Whom a first claimant has invited writes in the claimant's response, and in no other. Once the
claim is confirmed all of them write in the organisation's own response.
"""

from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext as _

from consultations.models import Membership, Response, User
from consultations.participation.answers import ParticipationError


class NotLeadError(ParticipationError):
    """A contributor sends or takes back what is for a lead to."""


def speaks(user: User) -> Exists:
    """Whether the user speaks for the organisation that they answer for."""
    return Exists(
        Membership.objects.filter(
            user=user,
            organisation=user.organisation_id,
            claim=Membership.Claim.CONFIRMED,
            ended_at__isnull=True,
        )
    )


def at_desk(user: User) -> Exists:
    """Whether the user's waiting claim shares a desk, its own or that of whoever invited them."""
    return Exists(_waiting(user).filter(Q(host__isnull=False) | Q(shares=True), user=user))


def shared_with(user: User) -> Q:
    """Return the condition on responses that the user writes in by a desk that is shared."""
    guest = Q(
        guests__user=user,
        guests__claim=Membership.Claim.PENDING,
        guests__ended_at__isnull=True,
    )
    hosts = _waiting(user).filter(Q(user=user) | guest, shares=True)
    return Q(shared=True, organisation__isnull=True, membership__in=hosts)


def refuse_contributor(membership: Membership | None) -> None:
    """Raise NotLeadError where the user answers for an organisation and may not sign off."""
    if membership is not None and not membership.signs_off:
        raise NotLeadError(
            _("Only a lead sends, changes or withdraws in the name of %(name)s. Save it, and ask.")
            % {"name": membership.organisation}
        )


def refuse_unsigned(membership: Membership | None, response: Response | None) -> None:
    """Raise ParticipationError where a representative body has not said whom it represents."""
    if membership is None or not membership.organisation.kind.is_representative:
        return
    if response is None or response.sign_off_id is None:
        raise ParticipationError(
            _("First say whom %(name)s represents: save this answer, then sign off.")
            % {"name": membership.organisation}
        )


def _waiting(user: User) -> QuerySet[Membership]:
    return Membership.objects.filter(
        organisation=user.organisation_id,
        claim=Membership.Claim.PENDING,
        ended_at__isnull=True,
    )
