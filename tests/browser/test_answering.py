"""Every page and state that a respondent meets, at 320 and 1280 px."""

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from consultations.models import Comment, Consultation, Subscription, User
from tests.browser.eyes import Eyes
from tests.browser.scene import (
    LONG,
    WORDS,
    answered_in_every_way,
    close,
    crowd,
    make_open,
    reword,
    say,
)
from tests.factories import (
    make_organisation,
    make_organisation_kind,
    make_response,
    make_subscription,
    make_user,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
PAGE = "/consultations/report/recommendations/1/"
PASSWORD = "a-long-enough-password"


def write(page: Page, words: str = WORDS) -> None:
    """Fill the answer form."""
    page.get_by_label("Support", exact=True).check()
    page.locator("textarea").fill(words)
    if page.get_by_label("Publish with my name").is_visible():
        page.get_by_label("Publish with my name").check()


def send(eyes: Eyes, heading: str, button: str = "Send my comment") -> None:
    """Press the button, and wait for what comes."""
    eyes.page.get_by_role("button", name=button).click()
    eyes.page.get_by_role("heading", name=heading).first.wait_for()


def test_answering_is_sound_from_first_words_to_receipts(eyes: Eyes) -> None:
    consultation, person = make_open(recommendations=2), make_user()
    crowd(consultation.recommendations.get(number=1), 6)
    eyes.enter(person)

    eyes.go(PAGE, name="answer form")
    send(eyes, "There is a problem")
    eyes.look("answer with errors")
    write(eyes.page, "x" * 5001)
    send(eyes, "There is a problem")
    eyes.look("answer too long")
    expect(eyes.page.locator("textarea")).to_have_value("x" * 5001)
    write(eyes.page)
    send(eyes, "We have your comment")
    eyes.look("receipt that asks")
    eyes.page.get_by_label("Only milestones").check()
    eyes.page.get_by_role("button", name="Save my choice").click()
    eyes.page.get_by_text("Your choice is saved.").wait_for()
    eyes.go(f"{PAGE}receipt/", name="receipt that has asked")
    eyes.go(PAGE, name="answer to change")
    eyes.page.get_by_text("Before you send: confidentiality").click()
    eyes.page.locator("summary", has_text="You chose").click()
    eyes.look("answer to change, unfolded")
    say(person, consultation.recommendations.get(number=2), "Here too.")
    eyes.go("/consultations/report/recommendations/2/receipt/", name="last receipt")
    eyes.go(f"{PAGE}withdraw/", name="withdraw")
    close(consultation)
    send(eyes, "There is a problem", "Withdraw my comment")
    eyes.look("withdraw too late")

    assert eyes.report() == ""
    assert len(eyes.seen) == 10


def test_what_was_typed_is_kept_when_it_cannot_be_taken(eyes: Eyes) -> None:
    consultation, person = make_open(), make_user()
    eyes.enter(person)
    eyes.page.goto(PAGE)
    write(eyes.page)
    say(person, consultation.recommendations.get(number=1), f"From another window. {LONG}")
    send(eyes, "Your comment was not sent")
    eyes.look("conflict")
    expect(eyes.page.locator("textarea")).to_have_value(WORDS)
    reword(consultation.recommendations.get(number=1))
    send(eyes, "Your comment was not sent", "Send my c")
    eyes.look("corrected meanwhile")
    expect(eyes.page.locator("textarea")).to_have_value(WORDS)
    close(consultation)
    send(eyes, "Your comment was not sent", "Send my c")
    eyes.look("sent after closing")
    expect(eyes.page.locator("textarea")).to_have_value(WORDS)

    assert eyes.report() == ""
    assert Comment.objects.get().submitted_version.text.startswith("From another window.")


def test_what_was_typed_before_logging_in_is_kept(eyes: Eyes) -> None:
    make_open()
    person = make_user("esme@example.org")
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    eyes.page.goto(PAGE)
    write(eyes.page)
    send(eyes, "Log in", "Log in and send")
    eyes.page.get_by_label("E-mail").or_(eyes.page.get_by_label("Email")).first.fill(person.email)
    eyes.page.get_by_label("Password").fill(PASSWORD)
    eyes.page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    eyes.page.get_by_text("We kept what you wrote.").wait_for()
    eyes.look("answer kept")

    expect(eyes.page.locator("textarea")).to_have_value(WORDS)
    assert eyes.report() == ""


def test_my_response_is_sound_in_every_state(eyes: Eyes) -> None:
    person = make_user()
    eyes.enter(person)
    make_open()
    eyes.go("/consultations/report/response/", name="my response, none yet")
    consultation = answered_in_every_way(person)
    path = f"/consultations/{consultation.slug}/response/"
    eyes.go(path, name="my response")
    for state in ("A moderator reads it", "set it aside", "Not published.", "No longer shown."):
        expect(eyes.page.get_by_text(state).first).to_be_visible()
    expect(eyes.page.get_by_text("It was abusive, which our rules do not allow.")).to_have_count(2)
    for number in (2, 4, 6, 7):
        eyes.go(f"/consultations/everything/recommendations/{number}/", name=f"own {number}")
    close(consultation)
    eyes.go(path, name="my response, closed")

    assert eyes.report() == ""
    assert len(eyes.seen) == 7


def test_account_and_questions_are_sound(eyes: Eyes) -> None:
    newcomer = User.objects.create_user("new@example.org")
    eyes.enter(newcomer)
    save = eyes.page.get_by_role("button", name="Save and go on")

    eyes.go("/account/", name="account empty")
    make_user()  # brings a region
    eyes.go("/about-you/", name="about you")
    save.click()
    eyes.page.get_by_text("There is a problem").wait_for()
    eyes.look("about you with errors")
    full = make_user("full@example.org", acting_for=User.ActingFor.ORGANISATION)
    consultation: Consultation = answered_in_every_way(full)
    make_response(make_open(), full)
    make_subscription(full, consultation, Subscription.Choice.MILESTONES)
    eyes.enter(full)
    eyes.go("/account/", name="account full")

    assert eyes.report() == ""
    assert len(eyes.seen) == 4


def test_organisation_is_found_or_added_on_sound_pages(eyes: Eyes) -> None:
    make_organisation_kind(name="Private company")
    for number in range(12):
        make_organisation(f"{LONG if number == 0 else 'Rind'} and Sons {number} Ltd")
    eyes.enter(make_user(acting_for=User.ActingFor.ORGANISATION))
    path = "/about-you/organisation/"

    eyes.go(path, name="organisation")
    eyes.go(f"{path}?words=rind", name="organisation many found")
    eyes.go(f"{path}?words=sons+3", name="organisation found")
    eyes.go(f"{path}?words=nobody+knows", name="organisation not found")
    eyes.page.get_by_label("Name of the organisation").fill("")
    eyes.page.get_by_role("button", name="Add this organisation").click()
    eyes.page.get_by_text("There is a problem").wait_for()
    eyes.look("organisation with errors")

    assert eyes.report() == ""
    assert len(eyes.seen) == 5
