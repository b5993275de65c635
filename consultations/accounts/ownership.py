"""Whose words a response holds: the person's own, or those of a body that writes together."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.models import Membership, Response, User


def own(person: User) -> QuerySet[Response]:
    """Return the responses whose words are the person's alone.

    An organisation's response is its own. So is one that is shared under a claim that waits, as
    long as somebody else sits at that desk: what was written together stays with the others.
    """
    return Response.objects.filter(~Exists(_guests()), respondent=person, organisation__isnull=True)


def _guests() -> QuerySet[Membership]:
    """Return who else sits at the desk of a response that is shared."""
    return Membership.objects.filter(
        Q(host=OuterRef("membership")),
        claim=Membership.Claim.PENDING,
        ended_at__isnull=True,
    )
