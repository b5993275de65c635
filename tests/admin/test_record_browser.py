"""The record's pages in Chromium: axe, the content policy, 320 px, and files taken by keyboard."""

from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from consultations.exchange import building
from consultations.models import Comment, Consultation, LedgerEntry
from consultations.moderation import decide
from tests.admin.test_browser import enter
from tests.admin.test_documents_browser import wrong_with
from tests.factories import (
    give_role,
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_reason,
    make_response,
    make_staff,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
BASE = "/admin/consultations"


def filled() -> Consultation:
    """Make a consultation with a comment that waits, a decision, a reading and a ledger."""
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    waiting = make_comment(first, make_response(consultation))
    make_comment(first, make_response(consultation), state=Comment.State.PUBLISHED)
    decide.reject(
        case=make_case(make_comment(first, make_response(consultation))),
        version_number=1,
        reason=make_reason(),
        note="Twice.",
        by=make_staff(consultation),
        at=timezone.now(),
    )
    reader = log_in(make_staff(consultation, "analyst"))
    reader.get(f"{BASE}/comment/{waiting.pk}/change/")
    return consultation


def press(page: Page, name: str) -> None:
    """Move the focus to a button by the Tab key alone, and press it."""
    button = page.get_by_role("button", name=name).first
    for _n in range(60):
        if button.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by the Tab key")


def test_pages_of_the_record_pass_axe_and_fit_a_phone(context: BrowserContext) -> None:
    consultation = filled()
    officer = make_staff(consultation, "officer")
    page = enter(context, officer)
    page.goto(f"{BASE}/comment/download/")
    with page.expect_navigation():
        page.get_by_role("button", name="Have an XLSX built").click()
    building.run_one(timezone.now())
    page.goto(f"{BASE}/ledgerentry/chains/")
    with page.expect_navigation():
        page.get_by_role("button", name="Verify now").click()
    building.run_one(timezone.now())
    pages = {
        "comments": f"{BASE}/comment/",
        "comments-download": f"{BASE}/comment/download/?q=firms&state__exact=published",
        "log": f"{BASE}/decision/?from=2026-01-01&until=nonsense",
        "log-download": f"{BASE}/decision/download/?from=2026-01-01",
        "ledger": f"{BASE}/ledgerentry/",
        "chains": f"{BASE}/ledgerentry/chains/",
        "readings": f"{BASE}/reading/",
    }

    found: list[str] = []
    for name, path in pages.items():
        page.goto(path)
        found += wrong_with(page, name)
    give_role(officer, make_consultation(title="Another"), "officer")
    page.goto(f"{BASE}/comment/download/")
    found += wrong_with(page, "comments-which")
    page.goto(f"{BASE}/ledgerentry/chains/")
    page.get_by_label("A head that you noted earlier").fill("12")
    with page.expect_navigation():
        page.get_by_role("button", name="Verify now").click()
    found += wrong_with(page, "chains-error")

    assert "\n".join([*found, *page.troubles]) == ""  # type: ignore[attr-defined]


def test_officer_takes_both_files_by_keyboard(context: BrowserContext, tmp_path: Path) -> None:
    consultation = filled()
    page = enter(context, make_staff(consultation, "officer"))
    page.goto(f"{BASE}/comment/?state__exact=submitted")
    page.get_by_role("link", name="Download this list…").press("Enter")
    page.get_by_label("Publishable (0 rows)").focus()
    page.keyboard.press("ArrowDown")

    with page.expect_download() as csv:
        press(page, "Download CSV")
    press(page, "Have an XLSX built")
    page.get_by_text("It is being built.").wait_for()
    building.run_one(timezone.now())
    page.get_by_role("button", name="Download XLSX").wait_for()
    with page.expect_download() as workbook:
        press(page, "Download XLSX")

    csv.value.save_as(tmp_path / "a.csv")
    workbook.value.save_as(tmp_path / "a.xlsx")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").count("\n") == 2
    sheets = openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert sheets == ["Comments with everything", "Columns"]
    taken = LedgerEntry.objects.filter(act="export_downloaded").order_by("sequence")
    assert [entry.payload.content["file"] for entry in taken] == ["csv", "xlsx"]
    assert page.troubles == []  # type: ignore[attr-defined]


def test_moderator_filters_the_log_by_day(context: BrowserContext) -> None:
    consultation = filled()
    page = enter(context, make_staff(consultation))
    page.goto(f"{BASE}/decision/?subject=comment")

    page.get_by_label("From").fill("2020-01-01")
    page.get_by_label("Until, that day included").fill("2020-12-31")
    page.get_by_role("button", name="Show these days").click()

    page.get_by_role("navigation", name="Pages").get_by_text("0 rows on this page").wait_for()
    assert "subject=comment" in page.url
    assert "from=2020-01-01" in page.url
