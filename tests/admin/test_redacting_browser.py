"""Removing words in Chromium: by keyboard, by selection, without a script, and to axe's liking."""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from consultations.models import Case, Comment, Redaction
from tests.admin.test_browser import enter
from tests.admin.test_paper_browser import look
from tests.browser.scene import LONG, WORDS
from tests.factories import make_case, make_comment, make_reason, make_staff, make_version
from tests.moderation.scene import HIDDEN, TEXT, remove

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
NUMBER = "0161 496 0000"
FIND = "Find them, and show both readings"


def scene(text: str = TEXT) -> tuple[Comment, str]:
    """Make a comment that waits, a reason, and the address of the page."""
    make_reason("personal_data", name="Tells something private about a person")
    comment = make_comment(text=text)
    case = make_case(comment)
    address = reverse("admin:consultations_comment_redact", args=[comment.pk])
    return comment, f"{address}?case={case.pk}"


def moderator(context: BrowserContext, comment: Comment) -> Page:
    return enter(context, make_staff(comment.recommendation.consultation))


def tab_to(page: Page, selector: str) -> None:
    """Go on with the Tab key until this has the focus."""
    for _n in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", selector):
            return
    pytest.fail(f"no Tab leads to {selector}")


def test_words_are_selected_found_and_removed_by_keyboard_alone(context: BrowserContext) -> None:
    comment, address = scene()
    page = moderator(context, comment)
    page.goto(address)
    tab_to(page, "#sent")
    page.keyboard.press("Control+Home")
    for _n in range(TEXT.index(NUMBER)):
        page.keyboard.press("ArrowRight")
    for _n in range(len(NUMBER)):
        page.keyboard.press("Shift+ArrowRight")

    page.keyboard.type("x")
    tab_to(page, "[data-selected-offer] button")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.value") == NUMBER
    assert page.locator("#sent").input_value() == TEXT
    tab_to(page, "#id_reason")
    page.keyboard.press("T")
    tab_to(page, "button[value=find]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_focused()
    tab_to(page, "button[value=publish]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    comment.refresh_from_db()
    assert comment.public_text == TEXT.replace(NUMBER, HIDDEN)
    assert page.troubles == []  # type: ignore[attr-defined]


def test_button_without_a_selection_says_what_to_do(context: BrowserContext) -> None:
    comment, address = scene()
    page = moderator(context, comment)
    page.goto(address)

    page.get_by_role("button", name="Use the words that I have selected").click()

    assert page.get_by_role("status").inner_text() == "Select words in the text above first."


def test_every_state_passes_axe_and_the_policy_and_fits_a_phone(context: BrowserContext) -> None:
    comment, address = scene(f"{TEXT} {WORDS}")
    page = moderator(context, comment)
    page.goto(address)
    found = look(page, "redact")
    page.get_by_label("Words to remove").fill("nowhere")
    page.get_by_role("button", name=FIND).click()
    page.get_by_role("alert").wait_for()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Error:")
    found += look(page, "redact-errors")
    page.get_by_label("Words to remove").fill(LONG)
    page.get_by_label("Why").select_option(label="Tells something private about a person")
    page.get_by_role("button", name=FIND).click()
    page.get_by_role("heading", name="2. Check, then remove").wait_for()
    page.get_by_label("Words to remove").fill("bob")
    page.get_by_role("button", name="Find, and show both readings again").click()
    page.get_by_text("3 passages were found.").wait_for()
    found += look(page, "redact-found")
    page.get_by_role("button", name="Remove what is ticked").click()
    page.get_by_text("Removed. Where the public reads").wait_for()
    found += look(page, "redact-case")
    comment.submitted_version = make_version(comment, text="Another text.")
    comment.save()
    page.goto(f"{address}&version=2")
    found += look(page, "redact-other")
    assert Redaction.objects.count() == 3
    assert Case.objects.waiting().count() == 1
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]


def test_what_is_removed_is_shown_and_put_back(context: BrowserContext) -> None:
    comment, _address = scene()
    comment = make_comment(comment.recommendation, state="published", text=TEXT)
    remove(comment)
    page = moderator(context, comment)
    page.goto(reverse("admin:consultations_comment_redact", args=[comment.pk]))
    found = look(page, "redact-removed")
    page.get_by_role("link", name="Show these words again").click()
    page.get_by_role("heading", name="Show these words again").wait_for()
    found += look(page, "redact-back")
    page.get_by_role("button", name="Show these words again").click()
    page.get_by_text("Put back; the author is told").wait_for()
    comment.refresh_from_db()
    assert comment.public_text == TEXT
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]


def test_author_sees_what_was_removed_and_why(context: BrowserContext) -> None:
    comment, _address = scene()
    comment = make_comment(comment.recommendation, state="published", text=TEXT)
    remove(comment)
    author = comment.response.respondent
    assert author is not None
    page = enter(context, author)
    slug = comment.recommendation.consultation.slug
    page.goto(reverse("responses.mine", args=[slug]))
    assert page.get_by_text(f"“{NUMBER}”: Tells something private about a person").count() == 1
    found = look(page, "mine-removed")
    page.goto(reverse("comments.show", args=[slug, 1, comment.reference]))
    assert page.get_by_text(HIDDEN).count() == 1
    found += look(page, "comment-removed")
    page.goto(reverse("responses.printed", args=[slug]))
    found += look(page, "printed-removed")
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]
