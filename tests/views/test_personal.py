"""The pages on which people copy what is held about them, and delete their account."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import accounts
from consultations.models import User
from tests.factories import log_in, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db
ERASE = "personal.erase"


def test_copy_is_asked_for_waited_for_and_fetched_by_its_owner_alone() -> None:
    client = log_in(make_user())
    page = reverse("personal.copy")

    assert "Make a copy" in client.get(page).content.decode()
    assert client.get(reverse("personal.fetch")).status_code == 404
    client.post(page)
    assert "is being made" in client.get(page).content.decode()
    accounts.build_one(timezone.now())

    assert "Your copy is ready" in client.get(page).content.decode()
    answer = client.get(reverse("personal.fetch"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert "no-store" in answer["Cache-Control"]
    assert log_in(make_user()).get(reverse("personal.fetch")).status_code == 404


def test_erase_takes_the_address_of_the_account_and_no_other() -> None:
    person = make_user("mine@example.org")
    client = log_in(person)

    refused = client.post(reverse(ERASE), {"email": "other@example.org"})
    person.refresh_from_db()
    assert (refused.status_code, person.erased_at) == (422, None)

    answer = client.post(reverse(ERASE), {"email": "MINE@example.org "})
    assert answer["Location"] == reverse("personal.erased")
    person.refresh_from_db()
    assert person.erased_at is not None
    assert "Your account is deleted" in client.get(answer["Location"]).content.decode()
    assert client.get(reverse("people.account")).status_code == 302


def test_erase_with_a_password_asks_for_it_once_more() -> None:
    person = make_user("mine@example.org")
    person.set_password("a-long-enough-password")
    person.save()
    client = log_in(person)

    answer = client.post(reverse(ERASE), {"email": person.email})

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    person.refresh_from_db()
    assert person.erased_at is None


def test_erase_of_a_last_lead_says_what_to_do_first() -> None:
    body = make_organisation("Pennine Castings")
    lead = make_membership(organisation=body, claim="confirmed").user
    make_membership(organisation=body, claim="confirmed")
    client = log_in(lead)

    page = client.get(reverse(ERASE)).content.decode()
    answer = client.post(reverse(ERASE), {"email": lead.email})

    assert "Others write for Pennine Castings" in page
    assert "Delete my account for good" not in page
    assert answer.status_code == 409
    assert User.objects.get(pk=lead.pk).erased_at is None


def test_account_page_leads_to_both(client: Client) -> None:
    client.force_login(make_user())

    page = client.get(reverse("people.account")).content.decode()

    assert reverse("personal.copy") in page
    assert reverse(ERASE) in page
