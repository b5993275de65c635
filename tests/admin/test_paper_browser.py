"""The pages for what came otherwise, in Chromium: axe, the content policy, 320 px, by keyboard."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from consultations.models import Consultation, Response
from tests.admin.test_browser import enter
from tests.admin.test_paper import KEY, entry, today, typed, url
from tests.browser.axe import violations
from tests.factories import make_consultation, make_region, make_staff

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def look(page: Page, name: str) -> list[str]:
    """Return what is wrong with a page on a phone and on a screen."""
    page.set_viewport_size({"width": 320, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if "PICTURES" in os.environ:
        page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}-320.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    if "PICTURES" in os.environ:
        page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}-1280.png", full_page=True)
    return [*([f"{name} is {wide} px wide"] if wide > 320 else []), *violations(page)]


def scene() -> tuple[Consultation, Response]:
    consultation = make_consultation()
    make_region()
    typist = make_staff(consultation, "officer")
    return consultation, typed(consultation, typist, key=KEY)


def test_pages_pass_axe_and_the_policy_and_fit_a_phone(context: BrowserContext) -> None:
    consultation, response = scene()
    page = enter(context, make_staff(consultation, "officer"))
    found: list[str] = []
    for name, path in (
        ("entry", entry(consultation)),
        ("retype", url("retype", response)),
        ("check", url("check", response)),
        ("response", url("change", response)),
        ("responses", reverse("admin:consultations_response_changelist")),
    ):
        page.goto(path)
        found += look(page, name)
    page.goto(entry(consultation))
    page.get_by_role("button", name="Save, to be checked").click()
    page.get_by_role("alert").wait_for()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Error:")
    found += look(page, "entry-errors")
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]


def test_letter_is_typed_and_checked_by_keyboard(context: BrowserContext) -> None:
    consultation, response = scene()
    checker = make_staff(consultation, "officer")
    page = enter(context, checker)
    page.goto(entry(consultation))
    page.get_by_label("How did it come?").select_option("email")
    page.get_by_label("When was it received?").fill(today().isoformat())
    page.get_by_label("Kind of respondent").select_option("other")
    page.get_by_label("May it be published?").select_option("unnamed")
    page.get_by_label("View").first.select_option("oppose")
    page.get_by_label("Comment", exact=True).first.fill("Not like this.")
    press(page, "Save, to be checked")
    assert page.get_by_text("A second person now checks it.").count() == 1
    page.goto(url("check", response))
    press(page, "It agrees with the original")
    assert page.get_by_text("Checked. A moderator decides next.").count() == 1
    response.refresh_from_db()
    assert response.checked_by == checker


def press(page: Page, name: str) -> None:
    """Reach a button by the Tab key alone, and press it."""
    button = page.get_by_role("button", name=name)
    for _n in range(60):
        if button.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
