"""The way from a recommendation to its receipt by Tab, Space, arrows and Enter alone."""

import pytest
from playwright.sync_api import Page, expect

from consultations.models import Comment
from tests.browser.eyes import PHONE, Eyes
from tests.browser.scene import crowd, make_open
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/consultations/report/recommendations/1/"
# How the focused element, and the label around it, look; then the same without the focus.
LOOKS = """one => {
    const look = () => [one, one.closest('label')].filter(Boolean).map(part => {
        const style = getComputedStyle(part);
        return [style.outline, style.boxShadow, style.backgroundColor, style.border].join();
    }).join();
    const focused = look();
    one.blur();
    const plain = look();
    one.focus();
    return focused !== plain;
}"""
# Inside the window, and on top of whatever else is drawn there.
IN_SIGHT = """one => {
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + Math.min(box.width / 2, 12), box.top + Math.min(box.height / 2, 12)];
    const top = document.elementFromPoint(x, y);
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.left >= 0
        && box.right <= innerWidth + 1 && Boolean(top) && (one.contains(top) || top.contains(one));
}"""
NAME = "one => one.innerText || one.labels?.[0]?.innerText || one.id || one.name"


def tab(page: Page, wrong: list[str]) -> str:
    """Go to the next stop; note there what cannot be seen, and return its name."""
    page.keyboard.press("Tab")
    stop = page.locator(":focus")
    if stop.count() == 0:
        return ""
    name = " ".join(str(stop.evaluate(NAME)).split())
    if not stop.evaluate(IN_SIGHT):
        wrong.append(f"“{name}” has the focus, and cannot be seen")
    if not stop.evaluate(LOOKS):
        wrong.append(f"“{name}” looks the same with the focus and without")
    return name


def tab_to(page: Page, name: str, wrong: list[str]) -> None:
    """Go on to the stop of this name."""
    passed = []
    for _n in range(60):
        passed.append(tab(page, wrong))
        if passed[-1] == name:
            return
    raise AssertionError(f"Tab does not reach “{name}”, only {passed}")


@pytest.mark.parametrize(
    "size", [PHONE, pytest.param({"width": 1280, "height": 720}, marks=pytest.mark.exhaustive)]
)
def test_comment_is_sent_by_keyboard_alone(eyes: Eyes, size: dict[str, int]) -> None:
    consultation = make_open()
    crowd(consultation.recommendations.get(number=1), 3)
    eyes.enter(make_user())
    page, wrong = eyes.page, eyes.wrong
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")  # scrolling arrives at once
    page.goto(PAGE)

    assert tab(page, wrong) == "Skip to main content"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert tab(page, wrong) == "Consultations"  # the first of the crumbs, past the header
    tab_to(page, "What has changed since publication", wrong)
    page.keyboard.press("Enter")
    expect(page.get_by_text("The Council was wound up in 2021.")).to_be_visible()
    tab_to(page, "Strongly support", wrong)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Support", exact=True)).to_be_checked()
    tab_to(page, "Why? Tell us what you have seen", wrong)
    page.keyboard.type("By keyboard alone.")
    tab_to(page, "Publish with my name", wrong)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Publish without my name")).to_be_checked()
    tab_to(page, "Send my comment", wrong)
    page.keyboard.press("Enter")

    heading = page.get_by_role("heading", name="We have your comment on recommendation 1")
    expect(heading).to_be_visible()
    tab_to(page, "Go on to recommendation 2", wrong)
    tab_to(page, "Yes: every digest of what people say", wrong)
    tab_to(page, "Save my choice", wrong)
    assert eyes.report() == ""
    said = Comment.objects.get(response__respondent__email__startswith="person", waiting=True)
    found = said.submitted_version
    assert (found.text, found.stance, found.permission) == (
        "By keyboard alone.",
        "support",
        "unnamed",
    )


def test_error_summary_leads_by_keyboard_to_the_field(eyes: Eyes) -> None:
    make_open()
    eyes.enter(make_user())
    page, wrong = eyes.page, eyes.wrong
    page.emulate_media(reduced_motion="reduce")
    page.goto(PAGE)
    page.locator("textarea").fill("Typed, and not to be lost.")
    page.get_by_role("button", name="Send my comment").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Error:")
    assert tab(page, wrong) == "Choose your view, or “No view”."
    page.keyboard.press("Enter")
    expect(page.get_by_label("Strongly support")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("Strongly support")).to_be_checked()
    page.locator("#error-summary").focus()
    tab(page, wrong)
    assert tab(page, wrong) == "Choose whether we may publish your answer."
    page.keyboard.press("Enter")
    expect(page.get_by_label("Publish with my name")).to_be_focused()
    expect(page.locator("textarea")).to_have_value("Typed, and not to be lost.")
    described = page.locator("fieldset#id_stance").get_attribute("aria-describedby") or ""
    told = [page.locator(f"#{part}").inner_text() for part in described.split()]
    assert told == ["Choose your view, or “No view”."]
    assert eyes.report() == ""
