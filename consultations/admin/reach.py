"""Which people and claims concern a set of consultations: what their staff may see of the site."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from consultations.models import Case, Membership, Response, Role


def people(consultations: Collection[int]) -> Q:
    """Return the condition on users who answer, claim or have a right in these consultations."""
    answers = Response.objects.filter(respondent=OuterRef("pk"), consultation__in=consultations)
    rights = Role.objects.filter(user=OuterRef("pk"), consultation__in=consultations)
    claims = Membership.objects.filter(memberships(consultations), user=OuterRef("pk"))
    return Q(Exists(answers)) | Q(Exists(rights)) | Q(Exists(claims))


def memberships(consultations: Collection[int]) -> Q:
    """Return the condition on claims that wait in these consultations, or reach into them."""
    mine = Response.objects.filter(consultation__in=consultations)
    waiting = Case.objects.filter(membership=OuterRef("pk"), consultation__in=consultations)
    return (
        Q(Exists(waiting))
        | Q(Exists(mine.filter(membership=OuterRef("pk"))))
        | Q(Exists(mine.filter(organisation=OuterRef("organisation"))))
    )
