"""The owner's questions in a browser: built, answered, sent; by keyboard, without JavaScript."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from consultations.models import Consultation, QuestionAnswer, QuestionDraft
from tests.browser.chrome import PATIENCE
from tests.browser.eyes import Eyes
from tests.browser.scene import DAY, LONG, WORDS, close, make_open
from tests.browser.test_drafting import press
from tests.factories import make_question, make_staff, make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
FRONT = "/consultations/report/"
KINDS = ("single", "several", "scale", "short", "long")


def make_asked() -> Consultation:
    """Make an open consultation with a question of each kind; the first has to be answered."""
    consultation = make_open(recommendations=1)
    first = consultation.recommendations.get(number=1)
    long = f"{LONG}: which of these comes first for you, and for those with whom you work?"
    for kind in KINDS:
        choices = {"options": ["The cost", LONG, "Neither"]} if kind in KINDS[:2] else {}
        ends = {"lowest": "not at all", "highest": "very much"} if kind == "scale" else {}
        make_question(
            consultation,
            kind=kind,
            words=long if kind == "single" else f"A question with {kind}?",
            hint="Think of the last year." if kind == "single" else "",
            required=kind == "single",
            asks_why=kind in KINDS[:3],
            recommendation=first if kind == "single" else None,
            **choices,
            **ends,
        )
    return consultation


def answer_all(page: Page) -> None:
    """Answer the questions one after another, led on by the site."""
    page.goto(f"{FRONT}questions/1/")
    page.get_by_label("The cost").check()
    page.get_by_label("Why do you say so?").fill(WORDS)
    press(page, "Save and go on", "A question with several?")
    page.get_by_label("The cost").check()
    page.get_by_label("Neither").check()
    press(page, "Save and go on", "A question with scale?")
    page.get_by_label("5: very much").check()
    press(page, "Save and go on", "A question with short?")
    page.get_by_label("Your answer", exact=True).fill("Forty people")
    press(page, "Save and go on", "A question with long?")
    page.locator("textarea").fill(f"{WORDS}\n{LONG}")


def said() -> list[tuple[list[int], str, str]]:
    """Return what was sent, by question."""
    rows = QuestionAnswer.objects.select_related("current").order_by("question__number")
    return [(row.current.chosen, row.current.text, row.current.why) for row in rows if row.current]


SENT = [
    ([1], "", WORDS),
    ([1, 3], "", ""),
    ([5], "", ""),
    ([], "Forty people", ""),
    ([], f"{WORDS}\n{LONG}", ""),
]


def test_questions_are_sound_from_the_first_to_the_receipt(eyes: Eyes) -> None:
    make_asked()
    eyes.go(FRONT, name="front with questions")
    eyes.go(f"{FRONT}print/", name="everything that is asked")
    for number, kind in enumerate(KINDS, start=1):
        eyes.go(f"{FRONT}questions/{number}/", name=f"{kind} before log-in")
    eyes.enter(make_user())
    eyes.go(f"{FRONT}recommendations/1/", name="recommendation that owes an answer")
    expect(eyes.page.get_by_role("button", name="Send my comment")).to_have_count(0)
    eyes.page.locator("textarea").fill(WORDS)
    eyes.page.get_by_label("Support", exact=True).check()
    eyes.page.get_by_label("Publish with my name").check()
    press(eyes.page, "Save and go on", LONG)
    eyes.go(f"{FRONT}response/check/", name="check that owes an answer")
    expect(eyes.page.get_by_role("button", name="Send my response")).to_have_count(0)

    eyes.page.goto(f"{FRONT}questions/1/")
    press(eyes.page, "Save and go on", "There is a problem")
    eyes.look("nothing chosen")
    answer_all(eyes.page)
    press(eyes.page, "Save and go on", "My response")
    eyes.look("my response with answers")
    eyes.go(f"{FRONT}questions/2/draft/discard/", name="throw an answer away")
    eyes.go(f"{FRONT}response/check/", name="check of the answers")
    press(eyes.page, "Send my response", "We have your response")
    eyes.go(f"{FRONT}response/", name="my response with what was sent")
    eyes.go(f"{FRONT}questions/3/", name="question that was answered")
    eyes.go(f"{FRONT}questions/3/withdraw/", name="withdraw an answer")
    eyes.go(f"{FRONT}response/print/", name="copy with answers")

    assert eyes.report() == ""
    assert said() == SENT


def test_question_that_is_stale_or_closed_is_sound(eyes: Eyes) -> None:
    consultation = make_asked()
    eyes.enter(make_user())
    other = eyes.page.context.new_page()
    for page in (eyes.page, other):
        page.goto(f"{FRONT}questions/2/")
    eyes.page.get_by_label("The cost").check()
    press(eyes.page, "Save and go on", "A question with scale?")
    other.get_by_label("Neither").check()
    press(other, "Save and go on", "Your answer was not saved")
    collided = Eyes(other)
    collided.look("collision")
    eyes.page.goto(f"{FRONT}questions/2/")
    eyes.page.get_by_label("Neither").check()
    close(consultation)
    press(eyes.page, "Save and go on", "Your answer was not saved")
    eyes.look("saved too late")
    eyes.go(f"{FRONT}questions/2/", name="question, closed")

    assert eyes.report() + collided.report() == ""
    assert QuestionDraft.objects.get().chosen == [1]


def test_question_saves_by_itself_and_says_so(eyes: Eyes) -> None:
    make_asked()
    eyes.enter(make_user())
    eyes.page.goto(f"{FRONT}questions/3/")

    eyes.page.get_by_label("5: very much").check()

    eyes.page.locator("p.count", has_text="Saved at").wait_for(timeout=PATIENCE)
    eyes.page.reload()
    expect(eyes.page.get_by_label("5: very much")).to_be_checked()
    eyes.page.get_by_label("1: not at all").check()
    press(eyes.page, "Save and go on", "A question with short?")
    assert eyes.report() == ""
    assert QuestionDraft.objects.get().chosen == [1]


def test_questions_need_no_javascript(browser: Browser, live_server: Any) -> None:
    make_asked()
    with browser.new_context(
        base_url=live_server.url, java_script_enabled=False, locale="en-GB"
    ) as context:
        eyes = Eyes(context.new_page())
        eyes.enter(make_user())
        answer_all(eyes.page)
        press(eyes.page, "Save and go on", "Proposal 1")
        eyes.page.goto(f"{FRONT}response/check/")
        press(eyes.page, "Send my response", "We have your response")

    assert said() == SENT


def test_question_is_answered_by_keyboard_alone(eyes: Eyes) -> None:
    make_asked()
    eyes.enter(make_user())
    eyes.page.goto(f"{FRONT}questions/3/")

    eyes.page.get_by_label("1: not at all").focus()
    eyes.page.keyboard.press("ArrowDown")
    eyes.page.keyboard.press("Tab")
    eyes.page.keyboard.type("Because.")
    for _stop in range(2):
        eyes.page.keyboard.press("Tab")
    eyes.page.keyboard.press("Enter")
    eyes.page.get_by_role("heading", name="A question with short?").wait_for()

    draft = QuestionDraft.objects.get()
    assert (draft.chosen, draft.why) == ([2], "Because.")


def test_admin_pages_of_questions_are_sound(eyes: Eyes) -> None:
    consultation = make_open(opens_at=timezone.now() + DAY)
    eyes.enter(make_staff(consultation, "officer"))
    listed = reverse("admin:consultations_question_changelist")

    eyes.go(f"{listed}?consultation={consultation.pk}", name="no question yet")
    eyes.go(reverse("admin:consultations_question_add"), name="a new question")
    eyes.page.get_by_label("Consultation:").select_option(str(consultation.pk))
    eyes.page.get_by_label("Kind of answer:").select_option("single")
    eyes.page.get_by_label("Question:", exact=True).fill("Which of these?")
    eyes.page.get_by_label("Choices:").fill("The cost\nThe skills")
    eyes.page.get_by_role("button", name="Save", exact=True).click()
    eyes.page.get_by_role("link", name="Which of these?").first.wait_for()
    question = consultation.questions.get()
    eyes.go(reverse("admin:consultations_question_change", args=[question.pk]), name="a question")

    assert question.options == ["The cost", "The skills"]
    shown = [line for line in eyes.wrong if "title" not in line and "does not say" not in line]
    assert "\n".join(shown) == ""
