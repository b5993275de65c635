"""What the migration makes of organisations whose members had no roles yet."""

from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone

from consultations import migrations
from consultations.models import Membership
from tests.factories import make_membership, make_organisation

pytestmark = pytest.mark.django_db


def test_first_confirmed_member_leads_an_organisation_that_nobody_leads() -> None:
    council, other, role = make_organisation(), make_organisation(), "contributor"
    now = timezone.now()
    ended = make_membership(None, council, "confirmed", role=role, ended_at=now)
    first = make_membership(None, council, "confirmed", role=role)
    later = make_membership(None, council, "confirmed", role=role)
    lead = make_membership(None, other, "confirmed")
    colleague = make_membership(None, other, "confirmed")
    pending = make_membership(None, make_organisation())
    [name] = [path.stem for path in Path(migrations.__path__[0]).glob("*_desk.py")]

    import_module(f"consultations.migrations.{name}").name_leads(apps, None)

    leads = Membership.objects.filter(role="lead").order_by("pk")
    assert list(leads) == [first, lead]
    assert not {ended, later, colleague, pending} & set(leads)
