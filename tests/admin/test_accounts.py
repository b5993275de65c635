"""Copying and erasing one person from the admin: who may, and what is asked first."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import accounts
from consultations.models import Consultation, Role, User
from tests.admin.scene import administrator, page_of
from tests.factories import (
    log_in,
    make_comment,
    make_consultation,
    make_response,
    make_staff,
    make_subscription,
    make_user,
)
from tests.proving import prove

pytestmark = pytest.mark.django_db
PAGES = ("copy", "erase")


@pytest.fixture
def here() -> Consultation:
    """Return a consultation in which somebody takes part."""
    return make_consultation(title="Level up")


def officer_of(consultation: Consultation) -> User:
    return make_staff(consultation, Role.Right.OFFICER)


def answers(client: Client, person: User) -> list[int]:
    """Return how the two pages answer."""
    return [
        client.get(reverse(f"admin:consultations_user_{name}", args=[person.pk])).status_code
        for name in PAGES
    ]


def test_officer_may_where_all_of_it_is_theirs(here: Consultation) -> None:
    person = make_response(here).respondent
    client = log_in(officer_of(here))

    assert answers(client, person) == [200, 200]
    assert "Erase this person" in client.get(page_of(person)).content.decode()

    make_subscription(person, make_consultation())
    assert answers(client, person) == [403, 403]
    assert "Erase this person" not in client.get(page_of(person)).content.decode()
    assert answers(log_in(administrator()), person) == [200, 200]


def test_officer_may_not_touch_staff_and_moderators_nobody(here: Consultation) -> None:
    colleague = make_staff(here)
    person = make_response(here).respondent

    assert answers(log_in(officer_of(here)), colleague) == [403, 403]
    assert answers(log_in(colleague), person) == [404, 404]


def test_nobody_erases_themselves_or_a_superuser_from_here(here: Consultation) -> None:
    keeper = administrator()
    superuser = make_user(is_superuser=True, is_staff=True)

    assert answers(log_in(keeper), keeper) == [403, 403]
    assert answers(log_in(keeper), superuser) == [403, 403]


def test_erasure_is_previewed_and_confirmed_by_typing(here: Consultation) -> None:
    response = make_response(here)
    person = response.respondent
    make_comment(None, response)
    officer = officer_of(here)
    client = log_in(officer)
    page = reverse("admin:consultations_user_erase", args=[person.pk])
    prove(client.session, officer)

    asked = client.get(page).content.decode()
    wrong = client.post(page, {"email": "x@example.org"}).content.decode()
    assert "1 comment that is not public" in asked
    assert "This is not the e-mail address of the account." in wrong

    done = client.post(page, {"email": person.email}, follow=True).content.decode()
    assert "Within the hour nothing says who it was." in done
    person.refresh_from_db()
    assert person.erased_at is not None
    assert answers(client, person) == [404, 404]


def test_erasure_from_the_admin_asks_staff_to_prove_themselves() -> None:
    consultation = make_consultation()
    person = make_response(consultation).respondent
    client = log_in(officer_of(consultation))
    page = reverse("admin:consultations_user_erase", args=[person.pk])

    answer = client.post(page, {"email": person.email})

    assert "reauthenticate" in answer["Location"]
    person.refresh_from_db()
    assert person.erased_at is None


def test_copy_is_fetched_by_who_asked_for_it(here: Consultation) -> None:
    person = make_response(here).respondent
    one, other = log_in(officer_of(here)), log_in(officer_of(here))
    page = reverse("admin:consultations_user_copy", args=[person.pk])
    fetch = reverse("admin:consultations_user_fetch", args=[person.pk])

    one.post(page)
    assert "is being made" in one.get(page).content.decode()
    accounts.build_one(timezone.now())

    assert "The copy is ready" in one.get(page).content.decode()
    assert one.get(fetch)["Content-Type"] == "application/zip"
    assert other.get(fetch).status_code == 404
