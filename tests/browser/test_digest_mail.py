"""The HTML part of a digest's mail: sound by axe, by day and by night, on a phone and wide."""

import pytest
from playwright.sync_api import Browser

from consultations.digests import mailing
from consultations.digests.render import view
from tests.browser.axe import violations
from tests.digests.scene import fill, make_edition, make_scene

WIDER = "() => document.documentElement.scrollWidth > window.innerWidth"
ASKED = "() => performance.getEntriesByType('resource').map(each => each.name)"


@pytest.mark.django_db(transaction=True)
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
