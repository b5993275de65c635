"""What loading the reference data again changes, and what it leaves to administrators."""

import pytest
from django.core.management import call_command

from consultations.models import Reason, Region

pytestmark = pytest.mark.django_db


def test_load_again_updates_lists_and_adds_reasons_but_never_overwrites_them() -> None:
    call_command("load_reference_data")
    assert Reason.objects.filter(rule="").count() == 0
    kept = {"name": "Ours", "text": "In our words.", "rule": "", "still_counts": True, "order": 40}
    Reason.objects.filter(code="off_topic").update(**kept)
    Reason.objects.filter(code="personal_data").delete()
    Region.objects.filter(code="TLC").update(name="Misspelt")

    call_command("load_reference_data")

    assert Reason.objects.values(*kept).get(code="off_topic") == kept
    assert Reason.objects.filter(code="personal_data").count() == 1
    assert Region.objects.get(code="TLC").name == "North East"
