"""The admin's pages of the official response in Chromium, and the way from there to the mail.

Two officers write, review and publish; the cited respondent is told by mail, and follows its link.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from consultations.digests import official
from consultations.mail.delivery import drain
from consultations.models import Comment, Message, OfficialAnswer
from tests.admin.test_browser import context, enter
from tests.admin.test_documents_browser import wrong_with
from tests.browser.scene import LONG
from tests.factories import (
    make_campaign,
    make_closed,
    make_comment,
    make_official,
    make_response,
    make_staff,
    make_user,
)
from tests.mail.sink import running

__all__ = ["context"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def write(page: Page, path: str, **words: str) -> None:
    """Save a draft as an officer does."""
    page.goto(path)
    page.get_by_label("Status").select_option(label="Accepted in part")
    for label, text in words.items():
        page.get_by_label(label.replace("_", " ").capitalize(), exact=True).fill(text)
    page.get_by_role("button", name="Save this draft").click()


def test_from_the_close_to_your_point_is_answered_here(
    context: BrowserContext, settings: Any
) -> None:
    consultation = make_closed("report", recommendations=1)
    recommendation = consultation.recommendations.get()
    reader = make_user("esme@example.org")
    comment = make_comment(
        recommendation, make_response(consultation, reader), state=Comment.State.PUBLISHED
    )
    number = [consultation.pk, 1]
    answer = reverse("admin:consultations_consultation_answer", args=number)
    texts = {"we_asked": "Should it be done?", "we_will": "We will do **half**."}
    page = enter(context, make_staff(consultation, "officer"))
    write(page, answer, you_said=f"Firms say so [[{comment.reference}]].", **texts)
    page = enter(context, make_staff(consultation, "officer"))
    page.goto(answer)
    page.get_by_role("button", name="I have read this draft").click()
    page.get_by_role("button", name="Publish the chosen answers").click()
    page.get_by_text("1 answer is public.").wait_for()
    assert OfficialAnswer.objects.standing().get().status == "partly"

    later = timezone.now() + timedelta(minutes=1)
    assert official.tell(later) == 1
    with running() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        drain(streams=[Message.Stream.DIGEST], limit=9, at_clock=lambda: later)
    [mail] = sink.mails
    text = mail.parsed.get_body(("plain",)).get_content()
    assert (mail.recipient, "Your point is answered here" in text) == (reader.email, True)
    link = re.search(r"http://localhost:8000(\S+#recommendation-1)", text)
    assert link is not None

    page = enter(context, reader)
    page.goto(link[1])
    section = page.locator("#recommendation-1")
    assert "Your point is answered here." in section.inner_text()
    assert "We will do half." in section.inner_text()
    section.get_by_role("link", name=f"comment {comment.reference}").click()
    assert comment.public_text in page.locator("main").inner_text()


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
