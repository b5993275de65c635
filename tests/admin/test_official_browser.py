"""The admin's pages of the official response in Chromium; the whole way is one of the journeys."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext

from tests.admin.test_browser import enter
from tests.admin.test_documents_browser import wrong_with
from tests.browser.scene import LONG
from tests.factories import (
    make_campaign,
    make_closed,
    make_comment,
    make_official,
    make_response,
    make_staff,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def test_pages_of_the_official_response_pass_axe_and_fit_a_phone(context: BrowserContext) -> None:
    now = timezone.now()
    times = {"opens_at": now - timedelta(weeks=30), "closes_at": now - timedelta(weeks=13)}
    consultation = make_closed("report", recommendations=3, response_clock=True, **times)
    first, second, _third = consultation.recommendations.order_by("number")
    letters = [
        make_comment(first, make_response(consultation), state="published", text=f"{LONG} now.")
        for _n in range(3)
    ]
    make_campaign(*letters)
    make_official(first)
    make_official(second, published=False, said=LONG)
    page = enter(context, make_staff(consultation, "officer"))
    overview = reverse("admin:consultations_consultation_official", args=[consultation.pk])
    pages = {
        "official": overview,
        "answer": f"{overview}1/",
        "answer-of-a-colleague": f"{overview}2/",
        "answer-to-write": f"{overview}3/",
    }
    wrong = []
    for name, path in pages.items():
        page.goto(path)
        if page.locator("details summary").count():
            page.locator("details summary").first.click()
        wrong += wrong_with(page, name)
    page.get_by_role("button", name="Save this draft").click()
    page.locator(".problems").wait_for()
    wrong += wrong_with(page, "answer-with-problems")

    assert wrong == []
