"""What is shown when something goes wrong: sound pages, and the words are never lost."""

from typing import Any

import pytest
from playwright.sync_api import expect

from consultations.models import Comment
from tests.browser.eyes import Eyes
from tests.browser.scene import WORDS, make_open
from tests.browser.test_answering import write
from tests.factories import make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
PAGE = "/consultations/report/recommendations/{}/"
FAULTS = [
    (1, "The site is away for a moment", 503, True),
    (2, "Something went wrong", 500, True),
    (3, "We could not read that", 400, False),
    (4, "You may not do this", 403, False),
]


def test_error_pages_are_sound_and_keep_the_words(eyes: Eyes, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.browser.faulty_urls"
    make_open(recommendations=4)
    eyes.enter(make_user())
    for number, heading, status, kept in FAULTS:
        eyes.page.goto(PAGE.format(number))
        write(eyes.page)
        with eyes.page.expect_response(lambda found: found.request.method == "POST") as answer:
            eyes.page.get_by_role("button", name="Send my comment").click()
        eyes.page.get_by_role("heading", name=heading).wait_for()
        assert answer.value.status == status
        eyes.look(f"error {status}")
        if kept:
            expect(eyes.page.get_by_label("Your text")).to_have_value(WORDS)
            fields = eyes.page.locator("main input[type=hidden]")
            sent = {field.get_attribute("name") for field in fields.all()}
            opened_on = {"key", "based_on", "answering", "draft", "whose", "notices"}
            assert sent == {"csrfmiddlewaretoken", "stance", "permission"} | opened_on

    eyes.go("/accessibilityy/", 404, name="error 404")
    assert eyes.report() == ""
    assert len(eyes.seen) == 5


def test_words_sent_without_a_cookie_are_kept_and_taken_the_second_time(eyes: Eyes) -> None:
    make_open()
    eyes.enter(make_user())
    eyes.page.goto(PAGE.format(1))
    write(eyes.page)
    eyes.page.context.clear_cookies(name="csrf")
    eyes.page.get_by_role("button", name="Send my comment").click()
    eyes.page.get_by_role("heading", name="Please send this again").wait_for()
    eyes.look("error csrf")
    expect(eyes.page.get_by_label("Your text")).to_have_value(WORDS)
    eyes.page.get_by_role("button", name="Send it again").click()
    eyes.page.get_by_role("heading", name="We have your comment").wait_for()

    assert eyes.report() == ""
    assert Comment.objects.get().submitted_version.text == WORDS
