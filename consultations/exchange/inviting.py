"""Inviting the organisations of a file: found or added, each contact invited, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import invitations, organisations
from consultations.exchange import contacts
from consultations.exchange.contacts import Line
from consultations.invitations import Contact, InvitationError
from consultations.mail.addresses import own_domain
from consultations.models import Consultation, Organisation, OrganisationKind, Region, User
from consultations.organisations import NewOrganisation


@dataclass(frozen=True)
class Invited:
    """What became of a file."""

    invitations: int
    organisations: int


@transaction.atomic
def run(
    *,
    consultation: Consultation,
    file: Path,
    by: User,
    at: datetime,
    leave_out_bad: bool = False,
    trust_domains: bool = False,
) -> Invited:
    """Invite every good row of a file, read and checked anew; a second run invites nobody.

    `trust_domains` lets the contacts' e-mail domains count as those of the organisations that are
    added now; those that are known keep theirs, which site administrators look after. Raises
    SheetError, and InvitationError where rows are bad and not to be left out, or nobody can be
    invited at present.
    """
    checked = contacts.check(file, consultation)
    if checked.bad and not leave_out_bad:
        raise InvitationError(
            _("Some rows are bad: put the file right and upload it again, or leave them out.")
        )
    found = organisations.find_or_add_all(new=_described(checked.good))
    if trust_domains:
        _trust(checked.good, found)
    many = invitations.invite(
        consultation=consultation,
        contacts=[
            Contact(organisation, line.name, line.email)
            for line, (organisation, _added) in zip(checked.good, found, strict=True)
        ],
        by=by,
        at=at,
    )
    return Invited(many, len({organisation.pk for organisation, added in found if added}))


def _described(lines: Sequence[Line]) -> list[NewOrganisation]:
    """Return each row's organisation as it would be added (two queries)."""
    kinds = OrganisationKind.objects.in_bulk({line.kind for line in lines})
    regions = Region.objects.in_bulk({line.region for line in lines if line.region is not None})
    return [
        NewOrganisation(
            name=line.organisation,
            kind=kinds[line.kind],
            size_band=None,
            industry=None,
            region=regions[line.region] if line.region is not None else None,
        )
        for line in lines
    ]


def _trust(lines: Sequence[Line], found: Sequence[tuple[Organisation, bool]]) -> None:
    """Give the organisations that were added now the domains of their contacts (one statement)."""
    changed: dict[int, Organisation] = {}
    for line, (organisation, added) in zip(lines, found, strict=True):
        domain = own_domain(line.email)
        if added and domain and domain not in organisation.domains:
            organisation.domains = [*organisation.domains, domain]
            changed[organisation.pk] = organisation
    Organisation.objects.bulk_update(changed.values(), ["domains"])
