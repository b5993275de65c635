"""Trusting an organisation in one consultation, and ending that; each on the ledger.

What its confirmed members send is published at once, and looked at after (`participation`).
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Consultation, Organisation, TrustedOrganisation, User


class TrustRefused(Exception):  # noqa: N818  a refusal is no error
    """Trust that cannot be given or ended, with the sentence that the officer reads."""


@transaction.atomic
def give(
    *, organisation: Organisation, consultation: Consultation, by: User, at: datetime
) -> TrustedOrganisation:
    """Publish at once what the organisation sends from now on. Given twice, it is given once."""
    if organisation.merged_into_id is not None:
        raise TrustRefused(_("This entry was merged into another one: choose that."))
    trust, made = TrustedOrganisation.objects.get_or_create(
        organisation=organisation,
        consultation=consultation,
        ends_at=None,
        defaults={"starts_at": at, "given_by": by},
    )
    if made:
        _record(trust, "organisation_trusted", by, at)
    return trust


@transaction.atomic
def end(*, trust: TrustedOrganisation, by: User, at: datetime) -> None:
    """Let what the organisation sends wait again; what is public stays so. Raises TrustRefused."""
    ended = TrustedOrganisation.objects.filter(pk=trust.pk, ends_at__isnull=True).update(ends_at=at)
    if not ended:
        raise TrustRefused(_("This has ended already."))
    trust.ends_at = at
    _record(trust, "organisation_trust_ended", by, at)


def _record(trust: TrustedOrganisation, act: str, by: User, at: datetime) -> None:
    ledger.append(
        consultation_id=trust.consultation_id,
        act=act,
        at=at,
        payload={"organisation": trust.organisation_id, "by": by.pk},
    )
