"""Which people and claims concern a set of consultations: what their staff may see of the site.

Whoever has only begun to answer does not concern them yet: a draft is nobody else's business.
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.models import Case, Membership, Response, Role


def people(consultations: Collection[int]) -> Q:
    """Return the condition on users who answer, claim or have a right in these consultations."""
    answers = _sent(consultations).filter(respondent=OuterRef("pk"))
    rights = Role.objects.filter(user=OuterRef("pk"), consultation__in=consultations)
    claims = Membership.objects.filter(memberships(consultations), user=OuterRef("pk"))
    return Q(Exists(answers)) | Q(Exists(rights)) | Q(Exists(claims))


def memberships(consultations: Collection[int]) -> Q:
    """Return the condition on claims that wait in these consultations, or reach into them."""
    mine = _sent(consultations)
    waiting = Case.objects.filter(membership=OuterRef("pk"), consultation__in=consultations)
    return (
        Q(Exists(waiting))
        | Q(Exists(mine.filter(membership=OuterRef("pk"))))
        | Q(Exists(mine.filter(organisation=OuterRef("organisation"))))
    )


def _sent(consultations: Collection[int]) -> QuerySet[Response]:
    """Return the responses to these consultations that were sent, withdrawn since or not."""
    return Response.objects.filter(consultation__in=consultations, submitted_at__isnull=False)
