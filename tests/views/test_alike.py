"""Sign-up, log-in and recovery answer alike whether or not there is an account (WSTG-IDNT-04).

Compared are status, place, page, and the number of password hashes and of mails, rather than time.
"""

import json
import re
from dataclasses import dataclass

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from consultations.models import Message
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "four brown horses walking"
# each door: its address, its field, what else is typed, and the hashes and mails that it costs
DOORS = {
    "sign-up": ("account_signup", "email", {}, 0, 1),
    "sign-up with a password": ("account_signup", "email", {"password1": PASSWORD}, 1, 1),
    "log-in by code": ("account_request_login_code", "email", {}, 0, 1),
    "log-in by password": ("account_login", "login", {"password": "quite another"}, 1, 0),
    "password reset": ("account_reset_password", "email", {}, 0, 1),
}


class CountingHasher(PBKDF2PasswordHasher):
    """Django's own hasher, which counts what it is asked for."""

    iterations = 1_000
    made = 0

    def encode(self, *said: object) -> str:
        """Count, then hash."""
        type(self).made += 1
        return super().encode(*said)


@dataclass(frozen=True)
class Seen:
    """What somebody who asks about an address can see, or measure."""

    pages: list[tuple[int, str, str]]
    hashes: int
    mails: int


@pytest.fixture(autouse=True)
def counted(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    settings.EMAIL_BACKEND = "consultations.mail.backend.OutboxBackend"  # as production has it


def people() -> dict[str, str]:
    """Return an address of each sort: no account, with a password, without one, and disabled."""
    addresses = {"unknown": "nobody@example.org"}
    for name, fields in {
        "with a password": {"password": PASSWORD},
        "without": {},
        "disabled": {"is_active": False},
    }.items():
        person = make_user(f"{name.replace(' ', '-')}@example.org", **fields)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        addresses[name] = person.email
    return addresses


def asked(name: str, form: dict[str, str], email: str) -> Seen:
    """Ask at a door as somebody new, follow where it leads, and try a code there."""
    client = Client(REMOTE_ADDR="192.0.2.1")
    cache.clear()
    CountingHasher.made, mails = 0, Message.objects.count()
    first = client.post(reverse(name), form)
    onward = first.get("Location", reverse(name))
    answers = [first, client.get(onward), client.post(onward, {"code": "XXXX-XXXX"})]
    return Seen(
        [(each.status_code, each.get("Location", ""), page(each, email)) for each in answers],
        CountingHasher.made,
        Message.objects.count() - mails,
    )


def page(answer: HttpResponse, email: str) -> str:
    """Return a page without its tokens and the address."""
    text = answer.content.decode().replace(email, "<address>")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


@pytest.mark.parametrize("door", DOORS)
def test_door_answers_alike_whoever_has_an_account(door: str) -> None:
    name, field, more, hashes, mails = DOORS[door]

    seen = {who: asked(name, {field: email, **more}, email) for who, email in people().items()}

    assert seen == dict.fromkeys(seen, seen["unknown"])
    assert (seen["unknown"].hashes, seen["unknown"].mails) == (hashes, mails)


@pytest.mark.parametrize(
    ("door", "leads_to"),
    [
        ("account_signup", "account_request_login_code"),
        ("account_request_login_code", "account_signup"),
        ("account_reset_password", "account_signup"),
    ],
)
def test_link_in_mail_is_of_the_sites_own_address_whatever_the_host(
    client: Client, settings: Settings, door: str, leads_to: str
) -> None:
    settings.ALLOWED_HOSTS = ["other.example"]
    addresses = people()
    email = addresses["with a password" if door == "account_signup" else "unknown"]

    client.post(reverse(door), {"email": email}, headers={"host": "other.example"})

    letter = json.dumps(Message.objects.get().letter)
    assert re.findall(r"https?://[^\s\"\\]+", letter) == [settings.SITE_URL + reverse(leads_to)]
    assert "other.example" not in letter
