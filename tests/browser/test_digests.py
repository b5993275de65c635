"""A digest with all that it can hold: its page with its sources open, and its mail by night."""

import pytest
from playwright.sync_api import Browser

from consultations.digests import mailing
from consultations.digests.render import view
from tests.browser.axe import violations
from tests.browser.eyes import Eyes
from tests.digests.scene import fill, make_edition, make_scene
from tests.digests.test_same_facts import two_editions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDER = "() => document.documentElement.scrollWidth > window.innerWidth"
ASKED = "() => performance.getEntriesByType('resource').map(each => each.name)"


@pytest.mark.exhaustive
def test_mail_of_a_digest_is_sound_by_day_and_by_night(browser: Browser) -> None:
    fill(make_scene(), each=8)
    html = mailing.parts(mailing.fitted(view(make_edition()))).html
    found, grounds = [], set()

    for scheme in ("light", "dark"):
        page = browser.new_page(viewport={"width": 320, "height": 900}, color_scheme=scheme)
        page.set_content(html)
        found += violations(page)
        grounds.add(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
        assert (page.evaluate(WIDER), page.evaluate(ASKED)) == (False, [])
        page.close()

    assert found == []
    assert grounds == {"rgb(255, 255, 255)", "rgb(16, 21, 31)"}
    assert "<img" not in html


@pytest.mark.exhaustive
def test_page_is_sound_with_its_sources_open(eyes: Eyes) -> None:
    consultation = two_editions()

    eyes.go(f"/consultations/{consultation.slug}/digests/2/", name="digest with everything")
    for summary in eyes.page.locator("details summary").all():
        if summary.is_visible():
            summary.click()
    eyes.look("digest with its sources open")

    assert eyes.page.locator("details.sourced[open] li").count() > 10
    assert eyes.report() == ""
