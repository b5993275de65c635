"""An officer says which mix of respondents is expected."""

import pytest

from consultations.models import ExpectedShare, LedgerEntry
from tests import factories

pytestmark = pytest.mark.django_db


def test_officer_says_whom_to_expect_and_changes_it() -> None:
    consultation = factories.make_consultation()
    region = factories.make_region()
    officer = factories.log_in(factories.make_staff(consultation, right="officer"))
    address = f"/admin/consultations/consultation/{consultation.pk}/expected/"

    officer.post(address, {"kind_employer": "60", f"region_{region.pk}": "10"})
    officer.post(address, {"kind_employer": "55", f"region_{region.pk}": ""})

    rows = ExpectedShare.objects.filter(consultation=consultation)
    assert list(rows.values_list("kind", "region", "percent")) == [("employer", None, 55)]
    acts = LedgerEntry.objects.filter(consultation=consultation, act="respondents_expected")
    assert acts.count() == 2


def test_shares_of_more_than_everybody_are_refused_and_kept_in_the_form() -> None:
    consultation = factories.make_consultation()
    officer = factories.log_in(factories.make_staff(consultation, right="officer"))
    address = f"/admin/consultations/consultation/{consultation.pk}/expected/"

    page = officer.post(address, {"kind_employer": "60", "kind_other": "41"})

    html = page.content.decode()
    assert "The kinds come to more than 100 per cent." in html
    assert 'value="60"' in html
    assert not ExpectedShare.objects.exists()


def test_who_is_no_officer_there_finds_no_page() -> None:
    consultation = factories.make_consultation()
    moderator = factories.log_in(factories.make_staff(consultation, right="moderator"))

    page = moderator.get(f"/admin/consultations/consultation/{consultation.pk}/expected/")

    assert page.status_code == 404
