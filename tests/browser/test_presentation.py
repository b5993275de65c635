"""The reader's own settings: text spacing, zoom, forced colours, reduced motion, paper."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.eyes import OVERFLOW, PHONE, Eyes
from tests.browser.scene import crowd, make_editions, make_open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
PAGE = "/consultations/report/recommendations/1/"
# the values of WCAG 2.2, success criterion 1.4.12
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
CLIPPED = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.clientWidth && !one.matches('.visually-hidden, textarea, input, svg *')
        && getComputedStyle(one).overflow !== 'visible' && !one.closest('.scroll')
        && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1))
    .map(one => one.outerHTML.slice(0, 120))"""
BORDER = """one => { const style = getComputedStyle(one);
    return [style.borderTopStyle, parseFloat(style.borderTopWidth)]; }"""


def fits(page: Page) -> None:
    """Check that nothing is cut off, and that nothing has to be scrolled sideways."""
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(OVERFLOW)
    assert page.evaluate(CLIPPED) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_wider_text_spacing_cuts_nothing_off(
    browser: Browser, live_server: Any, width: int
) -> None:
    consultation = make_open()
    crowd(consultation.recommendations.get(number=1), 7)
    # the policy allows no inline style, from a test either
    size = {"width": width, "height": 800}
    with browser.new_context(base_url=live_server.url, bypass_csp=True, viewport=size) as context:
        page = context.new_page()
        page.goto(PAGE)
        before = page.evaluate("document.documentElement.scrollHeight")
        page.add_style_tag(content=SPACING)
        assert page.evaluate("document.documentElement.scrollHeight") > before
        fits(page)


def test_zoom_of_200_and_400_per_cent_cuts_nothing_off(browser: Browser, live_server: Any) -> None:
    """Zooming makes the window smaller in CSS pixels: 1280 wide are 640, and 320."""
    consultation = make_open()
    crowd(consultation.recommendations.get(number=1), 7)
    for zoom in (2, 4):
        size = {"width": 1280 // zoom, "height": 800 // zoom}
        with browser.new_context(
            base_url=live_server.url, viewport=size, device_scale_factor=zoom
        ) as context:
            page = context.new_page()
            page.goto(PAGE)
            fits(page)


def test_larger_letters_alone_cut_nothing_off(browser: Browser, live_server: Any) -> None:
    """Firefox's "zoom text only", and a phone's own text size: the letters grow, nothing else."""
    consultation = make_open()
    crowd(consultation.recommendations.get(number=1), 7)
    size = {"width": 640, "height": 800}
    with browser.new_context(base_url=live_server.url, bypass_csp=True, viewport=size) as context:
        page = context.new_page()
        page.goto(PAGE)
        page.add_style_tag(content="html { font-size: 200% }")
        assert page.locator("p").first.evaluate("one => getComputedStyle(one).fontSize") >= "32px"
        fits(page)


def test_forced_colours_leave_choices_and_buttons_to_be_seen(
    browser: Browser, live_server: Any
) -> None:
    consultation = make_open()
    crowd(consultation.recommendations.get(number=1), 7)
    with browser.new_context(base_url=live_server.url, forced_colors="active") as context:
        page = context.new_page()
        page.goto(PAGE)
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        button = page.get_by_role("button", name="Log in and send")
        assert button.evaluate(BORDER) == ["solid", 2]
        label = page.locator("label", has=page.get_by_label("Support", exact=True))
        colour = "one => getComputedStyle(one).borderTopColor"
        plain = label.evaluate(colour)
        page.get_by_label("Support", exact=True).check()
        assert (label.evaluate(BORDER), label.evaluate(colour) != plain) == (["solid", 2], True)
        colours = page.locator(".stance-bar rect").evaluate_all(
            "all => all.map(one => getComputedStyle(one).fill)"
        )
        assert len(set(colours)) == 6  # the bar keeps its colours, which are its meaning
        page.keyboard.press("Tab")
        outline = "one => getComputedStyle(one).outlineStyle"
        assert page.locator(":focus").evaluate(outline) == "solid"


def test_scrolling_is_smooth_only_where_motion_is_wanted(eyes: Eyes) -> None:
    eyes.page.goto("/contact/")
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    eyes.page.emulate_media(reduced_motion="no-preference")
    assert eyes.page.evaluate(behaviour) == "smooth"
    eyes.page.emulate_media(reduced_motion="reduce")
    assert eyes.page.evaluate(behaviour) == "auto"


def test_paper_shows_the_text_and_no_navigation(eyes: Eyes) -> None:
    _first, edition = make_editions()
    slug = edition.consultation.slug
    page = eyes.page
    page.goto(f"/consultations/{slug}/digests/{edition.number}/")
    gone = page.locator(".top, .crumbs, .pager, .foot ul, .skip")
    assert gone.count() == 5
    page.emulate_media(media="print")
    for place in gone.all():
        expect(place).to_be_hidden()
    for kept in ("h1", "blockquote", "table", ".stance-bar"):
        expect(page.locator(kept).first).to_be_visible()

    page.goto(f"/consultations/{slug}/recommendations/1/")
    page.emulate_media(media="screen")
    assert page.locator("#answer form").is_visible()
    page.emulate_media(media="print")
    for place in ("#answer form", ".find", ".report"):
        expect(page.locator(place).first).to_be_hidden()
    expect(page.locator(".comment").first).to_be_visible()
    expect(page.get_by_text("The Council was wound up in 2021.")).to_be_visible()


def test_phone_is_not_kept_from_zooming(eyes: Eyes) -> None:
    eyes.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    eyes.page.goto("/contact/")
    wanted = eyes.page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert wanted.replace(" ", "").split(",") == ["width=device-width", "initial-scale=1"]
