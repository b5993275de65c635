"""Finding comments, an organisation's page and reporting: sound at both widths, by keyboard too."""

import pytest
from playwright.sync_api import Browser

from consultations.models import Report
from tests.browser.eyes import Eyes
from tests.browser.scene import crowd, make_open
from tests.factories import make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
PAGE = "/consultations/report/recommendations/1/"


def test_finding_is_sound_in_every_state(eyes: Eyes) -> None:
    crowd(make_open().recommendations.get(number=1))
    page = eyes.page

    eyes.go(PAGE, name="comments folded")
    page.get_by_text("Find comments").click()
    eyes.look("comments unfolded")
    page.get_by_label("Words").fill("hard or gantry")
    page.get_by_label("Who").select_option(index=1)
    page.get_by_role("button", name="Find").click()
    page.locator("mark").first.wait_for()
    eyes.look("comments found")
    assert page.get_by_label("Words").input_value() == "hard or gantry"
    assert page.url.endswith("#comments")
    page.get_by_label("Words").fill("unheard-of")
    page.get_by_label("Words").press("Enter")
    page.get_by_text("No comment says that.").wait_for()
    eyes.look("comments none found")
    page.get_by_role("link", name="Clear the search").click()
    page.get_by_text("27 comments").first.wait_for()
    eyes.go(f"{PAGE}?order=oldest", name="comments oldest first")
    page.get_by_role("link", name="Newer comments").click()
    page.get_by_role("link", name="Back to the oldest").wait_for()
    eyes.look("comments newer")
    eyes.go(f"{PAGE}?words=zero%E2%80%8Bwidth", status=422, name="comments refused")

    assert eyes.report() == ""
    assert len(eyes.seen) == 7


def test_an_organisations_page_is_sound(eyes: Eyes) -> None:
    many = crowd(make_open().recommendations.get(number=1))

    eyes.go(PAGE)
    eyes.page.locator(".comment .who a").first.click()
    eyes.page.get_by_role("heading", level=1, name="and Sons of the Upper Valley").wait_for()
    eyes.look("organisation")

    assert eyes.report() == ""
    assert many[-1].response.organisation.reference in eyes.page.url


def test_reporting_is_sound(eyes: Eyes) -> None:
    many = crowd(make_open().recommendations.get(number=1), 7)
    eyes.enter(make_user())
    page = eyes.page

    eyes.go(f"{PAGE}comments/{many[0].reference}/report/", name="report")
    page.get_by_role("button", name="Send my report").click()
    page.get_by_text("There is a problem").wait_for()
    eyes.look("report with error")
    page.get_by_label("It is copied from somewhere else").check()
    page.get_by_label("Is there anything").fill("From a newsletter.")
    page.get_by_role("button", name="Send my report").click()
    page.get_by_role("heading", level=1, name="Thank you for your report").wait_for()
    eyes.look("report thanked")

    assert eyes.report() == ""
    assert Report.objects.get().words == "From a newsletter."


def test_finding_works_by_keyboard_and_without_javascript(
    browser: Browser, live_server: object
) -> None:
    crowd(make_open().recommendations.get(number=1))
    url = live_server.url  # type: ignore[attr-defined]
    with browser.new_context(base_url=url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(PAGE)
        page.locator(".find summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("hard")
        page.keyboard.press("Enter")
        page.locator("mark").first.wait_for()
        assert "words=hard" in page.url
        assert page.locator("mark").first.inner_text() == "hard"
