"""The admin in Chromium: axe, the content policy, 320 px, and a decision by keyboard."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from consultations.digests import jobs
from consultations.models import Case, Comment, Consultation, User
from consultations.moderation import decide
from tests.browser.axe import violations
from tests.factories import (
    give_role,
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_reason,
    make_report,
    make_response,
    make_staff,
    make_version,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def enter(context: BrowserContext, user: User) -> Page:
    """Return a page in which the person is logged in, and that notes what goes wrong."""
    cookie = log_in(user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
    )
    page = context.new_page()
    page.troubles = []  # type: ignore[attr-defined]
    page.on("console", lambda said: _note(page, said.type, said.text))
    page.on("pageerror", lambda error: _note(page, "error", str(error)))
    return page


def _note(page: Page, kind: str, text: str) -> None:
    if kind == "error" and "status of 40" not in text:
        page.troubles.append(f"{page.url}: {text}")  # type: ignore[attr-defined]


def fill() -> tuple[Consultation, list[str]]:
    """Make a consultation with something in every list; return it and the pages to look at."""
    organisation = make_organisation("Forge & Sons", domains=["forge.example"])
    membership = make_membership(None, organisation)
    consultation, now = make_consultation(), timezone.now()
    recommendation = consultation.recommendations.get(number=1)
    first = make_comment(recommendation, make_response(consultation))
    first.submitted_version = make_version(first, text="Longer words. " * 60)
    first.save()
    waiting = make_case(first, since=now - timedelta(days=5), marks=["e-mail address"])
    make_response(consultation, membership.user, membership=membership)
    claim = make_case(membership=membership, consultation=consultation)
    decided = make_case(make_comment(recommendation, make_response(consultation)))
    officer = make_staff(consultation, "officer", "officer@example.org")
    said = {"reason": make_reason(), "note": "Twice.", "by": officer, "at": now}
    decide.reject(case=decided, version_number=1, **said)
    shown = make_comment(recommendation, make_response(consultation), state="published")
    reported = make_report(shown).cases.get()
    later = make_consultation("later", opens_at=now + timedelta(days=1))
    give_role(officer, later, "officer")
    number, base = consultation.pk, "/admin/consultations"
    lists = [
        "case",
        "comment",
        "decision",
        "message",
        "role",
        "reason",
        "organisation",
        "user",
        "trustedorganisation",
    ]
    return consultation, [
        "/admin/",
        *(f"{base}/{name}/" for name in [*lists, "ledgerentry", "edition", "consultation"]),
        f"{base}/case/?q=nothing-like-it",
        f"{base}/case/?state=report",
        *(f"{base}/case/{case.pk}/change/" for case in (waiting, claim, decided, reported)),
        f"{base}/comment/{shown.pk}/change/",
        f"{base}/comment/{shown.pk}/hide/",
        f"{base}/reason/add/",
        f"{base}/role/add/",
        f"{base}/consultation/{number}/change/",
        f"{base}/consultation/{later.pk}/change/",
        f"{base}/consultation/{number}/digests/",
        f"{base}/consultation/{number}/expected/",
        f"{base}/consultation/{number}/publish/",
    ]


def test_pages_pass_axe_and_the_policy_and_fit_a_phone(context: BrowserContext) -> None:
    _consultation, paths = fill()
    page = enter(context, User.objects.get(email="officer@example.org"))
    pictures = Path(os.environ["PICTURES"]) if "PICTURES" in os.environ else None
    found: list[str] = []
    for path in paths:
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path} is {wide} px wide"] if wide > 320 else []
        name = path.strip("/").replace("/", "-").replace("?", "-")
        if pictures:
            page.screenshot(path=pictures / f"{name}-320.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        if pictures:
            page.screenshot(path=pictures / f"{name}-1280.png", full_page=True)
        found += violations(page)
    assert "\n".join(found + page.troubles) == ""  # type: ignore[attr-defined]


def test_preview_arrives_on_the_page_by_itself(context: BrowserContext) -> None:
    consultation, _paths = fill()
    page = enter(context, User.objects.get(email="officer@example.org"))
    page.goto(reverse("admin:consultations_consultation_digests", args=[consultation.pk]))
    page.get_by_role("button", name="Preview the next digest").click()
    page.get_by_role("link", name="Look again").wait_for()
    found = violations(page)
    done = jobs.run_one(timezone.now())
    assert done is not None
    page.get_by_text("This is a preview: nothing has been published").first.wait_for()
    found += violations(page)
    if "PICTURES" in os.environ:
        page.screenshot(path=Path(os.environ["PICTURES"]) / "preview.png", full_page=True)
    assert found + page.troubles == []  # type: ignore[attr-defined]


def test_errors_and_bulk_pages_pass_axe(context: BrowserContext) -> None:
    fill()
    case = Case.objects.filter(comment__isnull=False).waiting().earliest("since")
    page = enter(context, User.objects.get(email="officer@example.org"))
    page.goto(reverse("admin:consultations_case_change", args=[case.pk]))
    page.get_by_role("button", name="Reject for this reason").click()
    page.get_by_role("alert").wait_for()
    found = violations(page)
    expect(page.locator("#error-summary")).to_be_focused()
    page.goto(reverse("admin:consultations_case_changelist"))
    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_role("combobox", name="Action").select_option(label="Reject with a reason…")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("heading", name="Reject these comments").wait_for()
    found += violations(page)
    if "PICTURES" in os.environ:
        page.screenshot(path=Path(os.environ["PICTURES"]) / "bulk.png", full_page=True)
    assert found + page.troubles == []  # type: ignore[attr-defined]


def test_case_is_decided_by_keyboard(context: BrowserContext) -> None:
    consultation, _paths = fill()
    case = Case.objects.filter(comment__isnull=False).waiting().earliest("since")
    page = enter(context, User.objects.get(email="officer@example.org"))
    page.goto(reverse("admin:consultations_case_change", args=[case.pk]))
    publish = page.get_by_role("button", name="Publish", exact=True)
    for _n in range(40):
        page.keyboard.press("Tab")
        if publish.evaluate("button => button === document.activeElement"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("Published.").wait_for()  # said again, so that it is read out
    case.refresh_from_db()
    assert case.closed_at is not None
    assert Comment.objects.get(pk=case.comment_id).state == Comment.State.PUBLISHED
    assert consultation.cases.filter(closed_at__isnull=True).count() == 2
