"""The queue in Chromium: cleared by single keys alone, with the keys off, axe, 320 px."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from consultations.models import Case, Comment, Consultation, Decision, User
from consultations.moderation import turns
from tests.admin.test_browser import enter
from tests.admin.test_documents_browser import wrong_with
from tests.browser.scene import LONG
from tests.factories import (
    give_role,
    make_campaign,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_reason,
    make_response,
    make_staff,
    make_user,
    make_version,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/consultations/case/"
DEAF = 500  # milliseconds in which a fresh page hears no key


def scene(many: int = 4) -> tuple[Consultation, User, list[Case]]:
    """Make a consultation whose comments wait, and its moderator."""
    for code in ("abusive", "off_topic"):
        make_reason(code)
    consultation, now = make_consultation(), timezone.now()
    recommendation = consultation.recommendations.get(number=1)
    cases = [
        make_case(
            make_comment(
                recommendation, make_response(consultation), text=f"Comment {place}. {LONG}"
            ),
            since=now - timedelta(days=many - place),
        )
        for place in range(many)
    ]
    return consultation, make_staff(consultation), cases


def press(page: Page, key: str) -> None:
    """Strike a key that leads to another page."""
    page.wait_for_timeout(DEAF)
    with page.expect_navigation():
        page.keyboard.press(key)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.innerText"))


def decided() -> list[tuple[str, str]]:
    found = Decision.objects.order_by("pk").values_list("verb", "reason__code")
    return [(verb, reason or "") for verb, reason in found]


@pytest.mark.exhaustive
def test_queue_is_cleared_by_keys_alone(context: BrowserContext) -> None:
    _consultation, moderator, cases = scene()
    page = enter(context, moderator)
    page.goto(QUEUE)
    page.get_by_role("button", name="Start reviewing").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#review-heading")).to_be_focused()

    press(page, "p")
    page.get_by_role("status").get_by_text("Published.").wait_for()
    expect(page.locator("#review-heading")).to_be_focused()
    page.wait_for_timeout(DEAF)
    page.keyboard.press("2")
    assert focused(page) == "Reject for this reason"
    press(page, "Enter")
    press(page, "u")
    page.get_by_role("status").get_by_text("Undone.").wait_for()
    page.wait_for_timeout(DEAF)
    page.keyboard.press("1")
    press(page, "Enter")
    press(page, "n")
    page.wait_for_timeout(DEAF)
    page.keyboard.press("r")
    assert focused(page) == "id_reason"
    page.keyboard.press("p")
    page.keyboard.press("h")
    page.locator("#review-heading").focus()
    press(page, "h")

    assert decided() == [
        ("publish", ""),
        ("reject", "off_topic"),
        ("undo", ""),
        ("reject", "abusive"),
        ("hold", ""),
    ]
    assert page.url.endswith(f"/{cases[2].pk}/change/")
    assert page.troubles == []  # type: ignore[attr-defined]


@pytest.mark.exhaustive
def test_keys_lead_to_the_words_to_remove_and_to_those_like_this(context: BrowserContext) -> None:
    _consultation, moderator, cases = scene(2)
    make_campaign(*(case.comment for case in cases if case.comment))
    page = enter(context, moderator)
    page.goto(f"{QUEUE}{cases[0].pk}/change/")

    press(page, "x")
    removing = page.url
    page.go_back()
    press(page, "l")

    comment = cases[0].comment
    assert comment is not None
    assert removing.endswith(f"/comment/{comment.pk}/redact/?case={cases[0].pk}&version=1")
    assert page.get_by_role("heading", name="2 like this").is_visible()
    assert page.troubles == []  # type: ignore[attr-defined]


@pytest.mark.exhaustive
def test_keys_do_nothing_in_a_field_or_with_a_modifier(context: BrowserContext) -> None:
    _consultation, moderator, cases = scene(1)
    page = enter(context, moderator)
    page.goto(f"{QUEUE}{cases[0].pk}/change/")
    page.wait_for_timeout(DEAF)

    page.get_by_label("Note for colleagues").press_sequentially("phn 12 rt")
    page.locator("#review-heading").focus()
    page.keyboard.press("Control+h")
    page.keyboard.press("v")

    assert page.get_by_label("Note for colleagues").input_value() == "phn 12 rt"
    assert page.get_by_text("Do this.").is_visible()
    assert decided() == []


@pytest.mark.exhaustive
def test_keys_that_are_switched_off_stay_off(context: BrowserContext) -> None:
    _consultation, moderator, cases = scene(2)
    page = enter(context, moderator)
    page.goto(f"{QUEUE}{cases[0].pk}/change/")
    page.get_by_role("button", name="Turn the keys off").click()
    page.get_by_text("Single-key shortcuts are off.").wait_for()
    page.goto(f"{QUEUE}{cases[1].pk}/change/")
    page.wait_for_timeout(DEAF)

    for key in "phn12rtvxl":
        page.keyboard.press(key)

    assert page.get_by_role("button", name="Turn the keys on").is_visible()
    assert (decided(), focused(page)) == ([], "review-heading")


@pytest.mark.exhaustive
def test_queue_works_without_a_script(context: BrowserContext) -> None:
    _consultation, moderator, cases = scene(2)
    page = enter(context, moderator)
    page.route("**/*.js", lambda route: route.abort())
    page.goto(QUEUE)
    page.get_by_role("button", name="Start reviewing").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Publish", exact=True).click()

    assert page.get_by_text("Published.").is_visible()
    assert page.url.endswith(f"/{cases[1].pk}/change/")
    assert not page.get_by_role("heading", name="Keys").is_visible()


@pytest.mark.exhaustive
def test_pages_pass_axe_and_fit_a_phone(context: BrowserContext) -> None:
    consultation, moderator, cases = scene()
    later = make_consultation("later", title=f"Another: {LONG}", target_days=30)
    give_role(moderator, later)
    make_case(membership=make_membership(), consultation=later)
    make_case(make_comment(later.recommendations.get(number=1), state="published"))
    for case in cases[2:]:
        other = make_user(name=f"Ada Byron {LONG}")
        turns.take(case=case, by=other, at=timezone.now())
    comment = cases[0].comment
    assert comment is not None
    comment.submitted_version = make_version(comment, text="Comment 1, changed a lot since.")
    comment.save()
    second = consultation.recommendations.get(number=2)
    make_comment(second, comment.response, state="rejected", reason=make_reason(), text=LONG)
    make_comment(comment.recommendation, text="Comment 1, changed a lot since.")
    page, found = enter(context, moderator), []
    for name, address in (
        ("queue", QUEUE),
        ("queue-found", f"{QUEUE}?q=comment"),
        ("queue-empty", f"{QUEUE}?state=held"),
        *((f"case-{n}", f"{QUEUE}{case.pk}/change/") for n, case in enumerate(cases[:3])),
        ("reasons", reverse("admin:consultations_reason_changelist")),
    ):
        page.goto(address)
        found += wrong_with(page, name)
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]


@pytest.mark.exhaustive
def test_bulk_preview_and_its_errors_pass_axe(context: BrowserContext) -> None:
    _consultation, moderator, cases = scene()
    turns.take(case=cases[3], by=make_user(), at=timezone.now())
    page = enter(context, moderator)
    page.goto(QUEUE)
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_role("combobox", name="Action").select_option(label="Publish…")
    with page.expect_navigation():
        page.get_by_role("button", name="Go").click()
    found = wrong_with(page, "bulk")
    page.get_by_label("How many does this decide?").fill("4")
    page.get_by_role("button", name="Publish these comments").click()
    page.get_by_role("alert").wait_for()
    found += wrong_with(page, "bulk-error")
    page.get_by_label("How many does this decide?").fill("3")
    page.get_by_role("button", name="Publish these comments").click()

    page.get_by_text("3 cases decided.").wait_for()
    assert Comment.objects.filter(state="published").count() == 3
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]
