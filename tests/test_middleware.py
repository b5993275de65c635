"""The admin's door: staff prove a second factor, others find no door."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from tests.factories import make_consultation, make_staff, make_user

pytestmark = pytest.mark.django_db
DOOR = "/admin/"


def test_staff_without_a_second_factor_are_sent_to_set_one_up(client: Client) -> None:
    client.force_login(make_staff(make_consultation()))

    assert client.get(DOOR)["Location"] == reverse("mfa_index")
    assert client.get(DOOR + "consultations/case/")["Location"] == reverse("mfa_index")


def test_staff_with_a_second_factor_come_in(client: Client) -> None:
    moderator = make_staff(make_consultation())
    TOTP.activate(moderator, generate_totp_secret())
    client.force_login(moderator)

    assert client.get(DOOR).status_code == 200


def test_respondent_is_not_told_of_a_second_factor(client: Client) -> None:
    client.force_login(make_user())

    assert client.get(DOOR, follow=True).redirect_chain != [(reverse("mfa_index"), 302)]
