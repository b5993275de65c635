"""A consultation in which everybody answered who can stand in a row of the results."""

from datetime import timedelta
from itertools import product

from django.utils import timezone

from consultations.models import Consultation, Membership, Permission, SizeBand
from tests import factories
from tests.digests.scene import say


def make_answered(slug: str = "", *, each: int = 1, **fields: object) -> Consultation:
    """Make an open consultation with comments of every permission by persons and organisations."""
    now = timezone.now()
    values = {"opens_at": now - timedelta(days=9), "closes_at": now + timedelta(days=9), **fields}
    consultation = factories.make_consultation(*filter(None, [slug]), recommendations=1, **values)
    regions = [factories.make_region("TLL", "Wales"), factories.make_region("TLI", "London")]
    small = SizeBand.objects.create(code="small", edition="2026", name="10 to 49", order=2)
    council = factories.make_organisation_kind("county", "local_leader")
    cast = product(Permission.values, regions, range(each))
    for number, (permission, region, _again) in enumerate(cast):
        say(
            consultation.recommendations.get(),
            number,
            user=factories.make_user(kind="other", region=region),
            permission=permission,
        )
        for kind, size in ((factories.make_organisation_kind(), small), (council, None)):
            body = factories.make_organisation(kind=kind, region=region, size_band=size)
            member = factories.make_membership(None, body, claim=Membership.Claim.CONFIRMED)
            response = factories.make_response(
                consultation,
                member.user,
                membership=member,
                organisation=body,
                kind=kind.stakeholder_kind,
                region=region,
                size_band=size,
                permission=permission,
            )
            say(consultation.recommendations.get(), number, response=response)
    return consultation
