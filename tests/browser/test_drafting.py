"""A response in the making, in a browser: saved, shared, checked, sent, printed."""

import pytest
from playwright.sync_api import Browser, Page, expect

from consultations.models import Comment, Draft, Message, Response
from tests.browser.chrome import PATIENCE
from tests.browser.eyes import Eyes
from tests.browser.scene import LONG, WORDS, close, make_open
from tests.factories import make_user
from tests.participation.scene import make_council, recommendation_of, save

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
FRONT = "/consultations/report/"
PAGE = f"{FRONT}recommendations/1/"


def press(page: Page, button: str, heading: str) -> None:
    """Press a button or a link that looks like one, and wait for the page that comes."""
    page.get_by_role("button", name=button).or_(page.get_by_role("link", name=button)).first.click()
    page.get_by_role("heading", name=heading).first.wait_for()


def test_drafting_is_sound_from_first_words_to_the_printed_copy(eyes: Eyes) -> None:
    make_open(recommendations=2)
    eyes.go(f"{FRONT}print/", name="everything that is asked")
    eyes.enter(make_user())

    eyes.page.goto(PAGE)
    press(eyes.page, "Save and go on", "There is a problem")
    eyes.look("nothing to save")
    eyes.page.locator("textarea").fill(WORDS)
    press(eyes.page, "Save and go on", "Proposal 2")
    eyes.look("saved, and the next")
    eyes.go(PAGE, name="draft to go on with")
    expect(eyes.page.locator("textarea")).to_have_value(WORDS)
    eyes.go(f"{FRONT}response/", name="my response with a draft")
    press(eyes.page, "Check my answers and send them", "Check your answers")
    eyes.look("check, unfinished")
    expect(eyes.page.get_by_role("button", name="Send my response")).to_have_count(0)
    eyes.page.get_by_role("link", name="Change").click()
    eyes.page.get_by_label("Support", exact=True).check()
    eyes.page.get_by_label("Publish with my name").check()
    press(eyes.page, "Save and go on", "Proposal 2")
    eyes.go(f"{FRONT}response/check/", name="check, ready")
    press(eyes.page, "Send my response", "We have your response")
    eyes.look("receipt of a response")
    eyes.go(f"{FRONT}response/print/", name="copy of my response")
    eyes.go(f"{FRONT}response/confidentiality/", name="ask for confidentiality")
    press(eyes.page, "Send my request", "There is a problem")
    eyes.look("ask without a reason")
    eyes.page.locator("textarea").fill(WORDS)
    press(eyes.page, "Send my request", "You asked at")
    eyes.look("asked for confidentiality")

    assert eyes.report() == ""
    assert len(eyes.seen) == 12
    assert (Comment.objects.count(), Draft.objects.count()) == (1, 0)


def test_draft_that_was_too_late_or_is_thrown_away_is_sound(eyes: Eyes) -> None:
    consultation, person = make_open(recommendations=2), make_user()
    seen = save(person, recommendation_of(consultation), text=WORDS).stamp
    eyes.enter(person)

    eyes.go(f"{PAGE}draft/discard/", name="throw away")
    save(person, recommendation_of(consultation), text="Newer.", over=seen)
    press(eyes.page, "Throw the draft away", "There is a problem")
    eyes.look("throw away, stale")
    eyes.page.goto(f"{FRONT}response/check/")
    close(consultation)
    press(eyes.page, "Send my response", "Your response was not sent")
    eyes.look("sent too late")
    eyes.go(f"{FRONT}response/", name="my response with a draft, closed")

    assert eyes.report() == ""
    assert (Comment.objects.count(), Draft.objects.get().text) == (0, "Newer.")


def test_three_colleagues_draft_together_collide_and_send_one_response(
    browser: Browser, eyes: Eyes, live_server
) -> None:
    consultation = make_open(recommendations=3)
    lead, *colleagues = make_council(3)
    eyes.enter(lead)
    with (
        browser.new_context(base_url=live_server.url, locale="en-GB") as one,
        browser.new_context(base_url=live_server.url, locale="en-GB") as other,
    ):
        pages = []
        for context, colleague in zip((one, other), colleagues, strict=True):
            theirs = Eyes(context.new_page())
            theirs.enter(colleague)
            pages.append(theirs.page)
        for page in (*pages, eyes.page):
            page.goto(PAGE)
            expect(page.get_by_text("Aldermoor Borough Council", exact=True)).to_be_visible()
        pages[0].locator("textarea").fill("Drafted by the first.")
        press(pages[0], "Save and go on", "Proposal 2")
        pages[1].goto(f"{FRONT}recommendations/2/")
        pages[1].locator("textarea").fill("Drafted by the second.")
        press(pages[1], "Save and go on", "Proposal 3")

    # The lead's page is older than the first colleague's draft.
    eyes.page.locator("textarea").fill(f"The lead's own words. {LONG}")
    press(eyes.page, "Save and go on", "Your draft was not saved")
    eyes.look("collision")
    expect(eyes.page.get_by_text("Drafted by the first.")).to_be_visible()
    expect(eyes.page.get_by_text(colleagues[0].name).first).to_be_visible()
    expect(eyes.page.locator("textarea")).to_have_value(f"The lead's own words. {LONG}")
    eyes.page.get_by_label("Oppose", exact=True).check()
    eyes.page.get_by_label("Publish with my name").check()
    eyes.page.locator("textarea").fill("Both: drafted by the first, and the lead's own words.")
    press(eyes.page, "Save and go on", "Proposal 3")
    eyes.page.goto(f"{FRONT}recommendations/2/")
    eyes.page.get_by_label("Support", exact=True).check()
    press(eyes.page, "Save and go on", "Proposal 3")
    eyes.go(f"{FRONT}response/check/", name="check of a council")
    press(eyes.page, "Send my response", "We have your response")

    assert eyes.report() == ""
    response = Response.objects.get()
    assert (response.organisation_name, response.state) == (
        "Aldermoor Borough Council",
        "submitted",
    )
    sent = Comment.objects.order_by("recommendation__number")
    assert [row.submitted_version.text for row in sent] == [
        "Both: drafted by the first, and the lead's own words.",
        "Drafted by the second.",
    ]
    assert list(Message.objects.values_list("to", flat=True)) == [lead.email]
    assert consultation.responses.count() == 1


def test_page_saves_by_itself_and_says_so(eyes: Eyes) -> None:
    make_open()
    eyes.enter(make_user())
    eyes.page.goto(PAGE)

    eyes.page.locator("textarea").fill("Half an answer, and the bus comes.")

    eyes.page.locator("p.count", has_text="Saved at").wait_for(timeout=PATIENCE)
    eyes.look("saved by itself")
    eyes.page.reload()
    expect(eyes.page.locator("textarea")).to_have_value("Half an answer, and the bus comes.")
    eyes.page.locator("textarea").fill("Half an answer, and then the rest.")
    press(eyes.page, "Save and go on", "Proposal 2")
    assert eyes.report() == ""
    assert Draft.objects.get().text == "Half an answer, and then the rest."
