"""The four questions, and the organisation found or added."""

import pytest
from django.test import Client
from django.urls import reverse

from consultations.models import Membership, Organisation, User
from tests.factories import (
    confirm_address,
    make_organisation,
    make_organisation_kind,
    make_region,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(client: Client) -> User:
    """Log a person in who has answered nothing."""
    user = User.objects.create_user("new@example.org")
    client.force_login(user)
    return user


def said(**fields: object) -> dict[str, object]:
    """Return filled answers."""
    region = make_region()
    answers = {"name": "Nell Ash", "kind": "employer", "acting_for": "self", "region": region.pk}
    return answers | fields


def test_about_you_for_oneself_goes_on_to_where_one_was_going(
    client: Client, newcomer: User
) -> None:
    answer = client.post(reverse("people.about_you"), said(next="/privacy/"))

    newcomer.refresh_from_db()
    assert answer["Location"] == "/privacy/"
    assert newcomer.profile_complete


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_about_you_never_sends_elsewhere(client: Client, newcomer: User, onward: str) -> None:
    answer = client.post(reverse("people.about_you"), said(next=onward))

    assert answer["Location"] == reverse("people.account")


def test_about_you_with_nothing_said_names_each_question(client: Client, newcomer: User) -> None:
    answer = client.post(reverse("people.about_you"), {})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "kind", "acting_for", "region"}


def test_organisation_found_by_typing_is_claimed_and_waits(client: Client, newcomer: User) -> None:
    client.post(reverse("people.about_you"), said(acting_for="organisation"))
    foundry = make_organisation("Pennine Castings Ltd")

    page = client.get(reverse("people.organisation"), {"words": "pennine"})
    assert [row.name for row in page.context["found"]] == ["Pennine Castings Ltd"]
    client.post(reverse("people.organisation"), {"organisation": foundry.pk})

    claim = Membership.objects.get()
    assert (claim.user, claim.organisation, claim.claim) == (newcomer, foundry, "pending")


def test_organisation_missing_is_added_once_however_often_it_is_sent(
    client: Client, newcomer: User
) -> None:
    client.post(reverse("people.about_you"), said(kind="local_leader", acting_for="organisation"))
    kind = make_organisation_kind("district", stakeholder_kind="local_leader")
    new = {"add": "yes", "name": "Aldermoor Council", "kind": kind.pk, "region": make_region().pk}

    for _n in "12":
        client.post(reverse("people.organisation"), new)

    assert Organisation.objects.get().name == "Aldermoor Council"
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("forged", ["0", "-1", "x", "99999999"])
def test_organisation_that_is_not_there_is_not_found(
    client: Client, newcomer: User, forged: str
) -> None:
    client.post(reverse("people.about_you"), said(acting_for="organisation"))

    answer = client.post(reverse("people.organisation"), {"organisation": forged})

    assert answer.status_code == 404


def test_organisation_of_another_kind_cannot_be_claimed(client: Client, newcomer: User) -> None:
    client.post(reverse("people.about_you"), said(acting_for="organisation"))
    council_kind = make_organisation_kind("district", stakeholder_kind="local_leader")
    council = make_organisation("A Council", kind=council_kind)

    answer = client.post(reverse("people.organisation"), {"organisation": council.pk})

    assert answer.status_code == 404


def test_organisation_with_none_chosen_says_so_beside_the_list(
    client: Client, newcomer: User
) -> None:
    client.post(reverse("people.about_you"), said(acting_for="organisation"))
    for name in ("Pennine Castings Ltd", "Pennine Tools Ltd"):
        make_organisation(name)
    path = f"{reverse('people.organisation')}?words=pennine"

    answer = client.post(path, {"next": "/privacy/"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("Choose your organisation, or add it.") == 2
    assert page.count('value="/privacy/"') == 3
    assert len(answer.context["found"]) == 2
    assert Membership.objects.count() == 0


def test_account_names_the_one_organisation_that_is_answered_for(
    client: Client, newcomer: User
) -> None:
    client.post(reverse("people.about_you"), said(acting_for="organisation"))
    for name in ("Pennine Castings Ltd", "Ashdown Tools Ltd"):
        chosen = make_organisation(name)
        client.post(reverse("people.organisation"), {"organisation": chosen.pk})

    page = client.get(reverse("people.account")).content.decode()

    assert ("Ashdown Tools Ltd" in page, "Pennine Castings Ltd" in page) == (True, False)


def test_log_in_without_a_password_mails_a_code_and_tells_nothing_of_the_address() -> None:
    person = confirm_address(make_user("esme@example.org"))
    answers = [
        Client().post(reverse("account_login"), {"login": email, "password": ""})
        for email in (person.email, "nobody@example.org")
    ]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("account_confirm_login_code"))
    ] * 2
