"""allauth's pages, in the look of the site, at 320 and 1280 px, in every state that can be met."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command

from consultations.models import User
from tests.browser.eyes import Eyes
from tests.factories import make_consultation, make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
PASSWORD = "a-long-enough-password"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Forget how often somebody has tried to log in; the cache outlives a test."""
    cache.clear()


def make_known(email: str, **fields: object) -> User:
    """Make somebody who can log in with a password."""
    person = make_user(email, **fields)
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def log_in_by_password(eyes: Eyes, email: str) -> None:
    """Go through the page, as allauth asks who has not to prove themselves again."""
    eyes.page.goto("/accounts/login/")
    eyes.page.locator("main input[name=login]").fill(email)
    eyes.page.locator("main input[name=password]").fill(PASSWORD)
    eyes.page.locator("main form").first.locator("button[type=submit]").click()
    eyes.page.wait_for_url(lambda url: "/accounts/login/" not in url)


def prove(eyes: Eyes) -> None:
    """Give the password once more, as allauth asks before what is delicate."""
    eyes.page.goto("/accounts/reauthenticate/?next=/contact/")
    eyes.page.locator("main input[name=password]").fill(PASSWORD)
    eyes.page.locator("main form").first.locator("button").first.click()
    eyes.page.wait_for_url(lambda url: url.endswith("/contact/") and "?" not in url)


def send(eyes: Eyes, name: str, form: str = "main form >> nth=0") -> None:
    """Send a form, and look at what comes of it."""
    with eyes.page.expect_navigation():
        eyes.page.locator(form).locator("button[type=submit], button:not([type])").first.click()
    eyes.look(name)


def test_ways_in_are_sound(eyes: Eyes) -> None:
    make_known("esme@example.org")
    for place in ("login", "signup", "login/code", "password/reset"):
        eyes.go(f"/accounts/{place}/")
        send(eyes, f"{place} with errors")
    eyes.page.goto("/accounts/signup/")
    eyes.page.locator("main input[name=email]").fill("new@example.org")
    send(eyes, "confirm e-mail")
    eyes.page.locator("main input[name=code]").fill("WRONG1")
    send(eyes, "confirm e-mail with error")
    eyes.page.context.clear_cookies()
    eyes.page.goto("/accounts/login/code/")
    eyes.page.locator("main input[name=email]").fill("esme@example.org")
    send(eyes, "confirm log-in code")
    eyes.page.locator("main input[name=code]").fill("WRONG1")
    send(eyes, "confirm log-in code with error")
    eyes.page.goto("/accounts/password/reset/")
    eyes.page.locator("main input[name=email]").fill("esme@example.org")
    send(eyes, "confirm reset code")
    eyes.page.locator("main input[name=code]").fill(newest_code())
    send(eyes, "new password")
    eyes.page.locator("main input[name=password1]").fill("short")
    send(eyes, "new password with errors")
    eyes.go("/accounts/password/reset/done/", name="password reset done")
    eyes.go("/accounts/inactive/")

    assert eyes.report() == ""
    assert len(eyes.seen) == 17


def newest_code() -> str:
    """Return the code in the newest mail; pytest-django keeps mails in memory."""
    found = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None
    return found[1]


def test_link_of_a_new_officer_is_sound(eyes: Eyes, capsys: pytest.CaptureFixture[str]) -> None:
    make_consultation("report")
    call_command("create_officer", "officer@example.org")
    link = next(line for line in capsys.readouterr().out.splitlines() if "://" in line)
    eyes.go(f"/accounts/{link.partition('/accounts/')[2]}", name="set password by link")
    send(eyes, "set password by link with errors")
    eyes.go("/accounts/password/reset/key/zz-aaaa-bbbb/", name="set password by a used link")
    eyes.go("/accounts/password/reset/key/done/", name="set password by link done")

    assert eyes.report() == ""
    assert len(eyes.seen) == 4


def test_ones_own_pages_are_sound(eyes: Eyes) -> None:
    person = make_known("esme@example.org")
    log_in_by_password(eyes, person.email)
    prove(eyes)
    for place in (
        *("email", "password/change", "reauthenticate", "logout"),
        *("2fa", "2fa/totp/activate", "2fa/webauthn", "2fa/webauthn/add"),
    ):
        eyes.go(f"/accounts/{place}/")
    for place in ("email", "password/change", "reauthenticate", "2fa/totp/activate"):
        eyes.page.goto(f"/accounts/{place}/")
        if place == "email":
            eyes.page.locator("main input[name=email][type=email]").fill("no address")
            eyes.page.locator("button[name=action_add]").click()
            eyes.page.get_by_text("There is a problem").wait_for()
            eyes.look("email with error")
        else:
            send(eyes, f"{place} with errors")
    person.set_unusable_password()
    person.save()
    eyes.enter(person)
    eyes.go("/accounts/password/set/")

    assert eyes.report() == ""
    assert len(eyes.seen) == 13


def test_second_factor_is_sound_once_it_is_set_up(eyes: Eyes) -> None:
    person = make_known("esme@example.org")
    log_in_by_password(eyes, person.email)
    prove(eyes)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(person)
    for number in (1, 2):
        Authenticator.objects.create(
            user=person,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": f"Key {number}", "credential": {"clientExtensionResults": {}}},
        )
    key = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).earliest("pk").pk
    for place in (
        *("2fa", "2fa/totp/deactivate", "2fa/recovery-codes", "2fa/recovery-codes/generate"),
        *("2fa/webauthn", f"2fa/webauthn/keys/{key}/edit", f"2fa/webauthn/keys/{key}/remove"),
        "2fa/reauthenticate",
    ):
        eyes.go(f"/accounts/{place}/")
    Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).delete()
    eyes.page.context.clear_cookies()
    log_in_by_password(eyes, person.email)
    eyes.look("authenticate")
    send(eyes, "authenticate with error")

    assert eyes.report() == ""
    assert len(eyes.seen) == 10
