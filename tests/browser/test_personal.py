"""Copying one's data and deleting one's account, at both widths, by keyboard, and in the admin."""

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone

from consultations import accounts
from consultations.models import Comment, User
from tests.browser.axe import violations
from tests.browser.eyes import DESK, PHONE, Eyes
from tests.browser.scene import make_open
from tests.factories import (
    make_comment,
    make_membership,
    make_organisation,
    make_response,
    make_staff,
    make_user,
)
from tests.proving import prove

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def make_known() -> User:
    """Make somebody with a published comment and one that waits."""
    consultation = make_open()
    person = make_user("zebedee.quillfeather@aldermoor.gov.example", name="Zebedee Quillfeather")
    response = make_response(consultation, person)
    one, two = consultation.recommendations.order_by("number")[:2]
    make_comment(one, response, state=Comment.State.PUBLISHED)
    make_comment(two, response)
    return person


def test_copy_and_deletion_are_sound_and_work_by_keyboard(eyes: Eyes) -> None:
    person, page = make_known(), eyes.page
    eyes.enter(person)
    eyes.go("/account/")
    eyes.go("/account/copy/", name="copy")
    page.keyboard.press("Tab")
    page.locator("main button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    eyes.look("copy being made")
    accounts.build_one(timezone.now())
    eyes.go("/account/copy/", name="copy ready")
    with page.expect_download() as saved:
        page.locator("main a.button").press("Enter")
    assert saved.value.suggested_filename == "what-we-hold.zip"
    eyes.go("/account/delete/", name="delete")
    page.locator("main input[name=email]").focus()
    page.keyboard.type("somebody@else.example")
    page.keyboard.press("Enter")
    page.wait_for_selector(".summary")
    eyes.look("delete with error")
    page.locator(".summary a").press("Enter")
    page.wait_for_function("document.activeElement.name === 'email'")
    page.keyboard.press("Control+A")
    page.keyboard.type(person.email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/deleted/*")
    eyes.look("deleted")

    person.refresh_from_db()
    assert person.erased_at is not None
    assert eyes.report() == ""


def test_deletion_that_somebody_must_make_way_for_is_sound(eyes: Eyes) -> None:
    council = make_organisation("Aldermoor Borough Council")
    lead = make_membership(organisation=council, claim="confirmed")
    make_membership(organisation=council, claim="confirmed")
    eyes.enter(lead.user)

    eyes.go("/account/delete/", name="delete as the last lead")

    assert eyes.report() == ""


def test_pages_of_staff_are_sound(eyes: Eyes) -> None:
    person = make_known()
    officer = make_staff(person.responses.get().consultation, "officer")
    eyes.enter(officer)
    cookies = {one["name"]: one["value"] for one in eyes.page.context.cookies()}
    prove(SessionStore(cookies[settings.SESSION_COOKIE_NAME]), officer)
    pages = {
        name: reverse(f"admin:consultations_user_{name}", args=[person.pk])
        for name in ("change", "copy", "erase")
    }
    wrong = []
    for name, path in pages.items():
        eyes.page.goto(path)
        wrong += looked(eyes, f"admin {name}")
    eyes.page.locator("#content form input[name=email]").fill("x@example.org")
    eyes.page.locator("#content form button").press("Enter")
    eyes.page.wait_for_selector("text=This is not the e-mail address")
    wrong += looked(eyes, "admin erase with error")
    eyes.page.goto(pages["copy"])
    eyes.page.locator("#content form button").press("Enter")
    eyes.page.wait_for_selector("[role=status]")
    accounts.build_one(timezone.now())
    eyes.page.goto(pages["copy"])
    wrong += looked(eyes, "admin copy ready")

    assert wrong == []
    assert eyes.wrong == []


def looked(eyes: Eyes, name: str) -> list[str]:
    """Return what is wrong with a page of the admin, at both widths."""
    wrong = []
    for size in (PHONE, DESK):
        eyes.page.set_viewport_size(size)
        wide = eyes.page.evaluate("document.documentElement.scrollWidth")
        wrong += [f"{name} is {wide} px wide"] if wide > size["width"] else []
        wrong += violations(eyes.page)
        eyes._picture(name, size["width"])
    return wrong
