"""The admin's pages of documents in Chromium: axe, the content policy, 320 px, adding one."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, FilePayload, Page

from consultations.models import Document
from tests import samples
from tests.admin.test_browser import enter
from tests.browser.axe import violations
from tests.browser.scene import LONG
from tests.factories import (
    make_case,
    make_consultation,
    make_document,
    make_evidence,
    make_reason,
    make_response,
    make_staff,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
REPORT: FilePayload = {"name": "report.pdf", "mimeType": "", "buffer": samples.PDF}


def wrong_with(page: Page, name: str) -> list[str]:
    """Return what is wrong with the page as it stands, at both widths."""
    found = []
    # a page that a click has only begun to open has no elements yet
    page.wait_for_load_state()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name} is {wide} px wide"] if wide > width else []
        found += [f"{name} {line}" for line in violations(page)]
        if "PICTURES" in os.environ:
            place = Path(os.environ["PICTURES"]) / f"admin-{name}-{width}.png"
            page.screenshot(path=place, full_page=True)
    return found


def test_pages_of_documents_pass_axe_and_fit_a_phone(context: BrowserContext) -> None:
    consultation, base = make_consultation(), "/admin/consultations"
    owners = make_document(consultation, title=f"Firms by place: {LONG}")
    make_document(
        consultation,
        content=samples.CSV,
        name="a.csv",
        recommendation=consultation.recommendations.get(number=1),
    )
    response = make_response(consultation)
    public = make_evidence(response, title="What our suppliers said")
    waiting = make_case(
        document=make_evidence(
            response, "submitted", title=f"Survey of {LONG}", permission="unnamed"
        )
    )
    make_reason()
    page = enter(context, make_staff(consultation, "officer"))
    pages = {
        "documents": reverse("admin:consultations_consultation_documents", args=[consultation.pk]),
        "withdraw": f"{base}/document/{owners.pk}/withdraw/",
        "hide": f"{base}/document/{public.pk}/hide/",
        "list": f"{base}/document/",
        "one": f"{base}/document/{public.pk}/change/",
        "queue": f"{base}/case/?state=document",
        "case": f"{base}/case/{waiting.pk}/change/",
    }

    found: list[str] = []
    for name, path in pages.items():
        page.goto(path)
        found += wrong_with(page, name)

    assert "\n".join([*found, *page.troubles]) == ""  # type: ignore[attr-defined]


def test_officer_adds_a_document_after_an_error(context: BrowserContext) -> None:
    consultation = make_consultation()
    page = enter(context, make_staff(consultation, "officer"))
    page.goto(reverse("admin:consultations_consultation_change", args=[consultation.pk]))
    page.get_by_role("link", name="Documents", exact=True).last.click()

    page.get_by_label("Title").fill("The report")
    page.get_by_role("button", name="Add this document").click()
    page.get_by_role("alert").wait_for()
    found = wrong_with(page, "documents-error")
    large: Any = {**REPORT, "buffer": samples.pdf(11 * 1024 * 1024)}
    page.get_by_label("File").set_input_files(large)
    page.get_by_role("button", name="Add this document").click()
    page.get_by_text("This file has 11 MB").first.wait_for()
    page.get_by_label("File").set_input_files(REPORT)
    page.get_by_role("button", name="Add this document").click()
    page.get_by_text("Added. Look at it").wait_for()

    assert found + page.troubles == []  # type: ignore[attr-defined]
    assert Document.objects.get().title == "The report"
