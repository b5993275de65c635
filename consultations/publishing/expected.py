"""What mix of respondents the owner expects, against which the results tell who is missing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Consultation, ExpectedShare, Region, User
from consultations.publishing.rules import PublishingError

WHOLE = 100


def expect(
    *,
    consultation: Consultation,
    kinds: Mapping[str, int],
    regions: Mapping[Region, int],
    by: User,
    at: datetime,
) -> None:
    """Store the expected shares, in whole per cent of all respondents, in place of earlier ones.

    Raises PublishingError where the kinds, or the regions, come to more than 100 per cent.
    """
    if sum(kinds.values()) > WHOLE:
        raise PublishingError(_("The kinds come to more than 100 per cent."))
    if sum(regions.values()) > WHOLE:
        raise PublishingError(_("The regions come to more than 100 per cent."))
    rows = [
        *(ExpectedShare(consultation=consultation, kind=k, percent=n) for k, n in kinds.items()),
        *(
            ExpectedShare(consultation=consultation, region=r, percent=n)
            for r, n in regions.items()
        ),
    ]
    payload: dict[str, ledger.JSON] = {
        "kinds": dict(sorted(kinds.items())),
        "regions": dict(sorted((region.code, n) for region, n in regions.items())),
        "by": by.pk,
    }
    with transaction.atomic():
        Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        ExpectedShare.objects.filter(consultation=consultation).delete()
        ExpectedShare.objects.bulk_create(rows)
        ledger.append(
            consultation_id=consultation.pk, act="respondents_expected", at=at, payload=payload
        )
