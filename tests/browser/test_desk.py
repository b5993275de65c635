"""A council's response from the first claim to the approval, by three colleagues in browsers."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from consultations import ledger
from consultations.models import Comment, Consultation, LedgerEntry, Membership, Response, User
from consultations.moderation import claims, decide
from tests.browser.chrome import PATIENCE
from tests.browser.eyes import Eyes
from tests.browser.scene import close, make_open
from tests.browser.test_drafting import press
from tests.desk.scene import make_council, make_person, seat, token_to
from tests.factories import make_staff

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
FRONT = "/consultations/report/"


@pytest.fixture
def others(browser: Browser, live_server: Any) -> Iterator[list[Page]]:
    """Open two more browsers, for two colleagues."""
    with ExitStack() as stack:
        contexts = [
            stack.enter_context(browser.new_context(base_url=live_server.url, locale="en-GB"))
            for _n in "12"
        ]
        for context in contexts:
            context.set_default_timeout(PATIENCE)
        yield [context.new_page() for context in contexts]


def recommendation(number: int) -> str:
    return f"{FRONT}recommendations/{number}/"


def write(page: Page, number: int, text: str) -> None:
    """Write a whole answer, and press the button that saves it."""
    page.goto(recommendation(number))
    page.get_by_label("Support", exact=True).check()
    page.locator("textarea").fill(text)
    choice = page.get_by_label("Publish with my name")
    if choice.is_visible():
        choice.check()
    page.get_by_role("button", name="Save and go on").click()


def invite_and_join(eyes: Eyes, desk: str, page: Page, colleague: User) -> None:
    """Invite a colleague, who accepts by the link in their mail."""
    eyes.page.goto(desk)
    press(eyes.page, "Invite a colleague", "Invite a colleague")
    eyes.page.get_by_label("E-mail address of your colleague").fill(colleague.email)
    press(eyes.page, "Send the invitation", "The desk of")
    theirs = Eyes(page)
    theirs.enter(colleague)
    theirs.go(f"/join/{token_to(colleague.email)}/", name=f"invitation of {colleague.name}")
    press(page, "Yes, write for", "The desk of")
    theirs.look(f"desk as {colleague.name} finds it")
    assert theirs.report() == ""


def moderate(consultation: Consultation) -> None:
    """Confirm the first claim, then publish what waits."""
    moderator = make_staff(consultation)
    waiting = consultation.cases.waiting()
    claims.confirm(case=waiting.get(membership__isnull=False), by=moderator, at=timezone.now())
    signed = Response.objects.get().sign_off_id
    for case in waiting.order_by("pk"):
        decide.publish(case=case, version_number=1, by=moderator, at=timezone.now(), signed=signed)


def test_council_of_three_from_the_first_claim_to_the_approval(
    eyes: Eyes, others: list[Page]
) -> None:
    consultation, council = make_open(recommendations=2), make_council()
    ann, bea, cal = (make_person(name) for name in ("Ann", "Bea", "Cal"))
    seat(ann, council, claim="pending")
    desk, mine = f"/organisations/{council.reference}/desk/", f"{FRONT}response/"
    eyes.enter(ann)

    # The first one whose domain matches drafts and invites at once.
    eyes.go(desk, name="desk of a first claimant")
    for page, colleague in zip(others, (bea, cal), strict=True):
        invite_and_join(eyes, desk, page, colleague)
    eyes.go(desk, name="desk of three")
    eyes.go(f"{desk}invite/", name="invite")
    press(eyes.page, "Send the invitation", "There is a problem")
    eyes.look("invite, nothing written")

    # They draft together, and two of them collide.
    eyes.page.goto(recommendation(1))
    expect(eyes.page.get_by_text("You are answering for Aldermoor Borough Council")).to_be_visible()
    write(others[0], 1, "Drafted by Bea.")
    others[0].get_by_role("heading", name="Proposal 2").wait_for()
    write(others[1], 2, "Drafted by Cal.")
    others[1].get_by_role("heading", name="My response").wait_for()
    eyes.page.get_by_label("Support", exact=True).check()
    eyes.page.locator("textarea").fill("Written by Ann.")
    press(eyes.page, "Save and go on", "Your draft was not saved")
    eyes.look("collision at the desk")
    for text in ("Drafted by Bea.", "Bea, at"):
        expect(eyes.page.get_by_text(text).first).to_be_visible()
    eyes.page.locator("textarea").fill("Both: Bea's words and Ann's.")
    eyes.page.get_by_role("button", name="Save and go on").click()
    eyes.page.get_by_role("heading", name="My response").wait_for()
    eyes.look("my response at a desk")

    # Notes stay between them; a contributor is told whom to ask.
    others[1].goto(f"{FRONT}notes/")
    others[1].locator("textarea").fill("Cabinet meets after the close.")
    others[1].get_by_role("button", name="Save the note").click()
    expect(others[1].locator("textarea")).to_have_value("")
    eyes.go(f"{FRONT}notes/", name="notes")
    expect(eyes.page.get_by_text("Cabinet meets after the close.")).to_be_visible()
    guest = Eyes(others[1])
    guest.go(f"{mine}check/", name="check as a contributor")
    expect(others[1].get_by_text("Ask Ann to check and send it.")).to_be_visible()
    expect(others[1].get_by_role("button", name="Send my response")).to_have_count(0)
    assert guest.report() == ""

    # The lead signs off, subject to approval, and sends.
    eyes.page.goto(f"{mine}check/")
    press(eyes.page, "Say whom you consulted", "Sign off for Aldermoor Borough Council")
    eyes.look("sign off")
    eyes.page.get_by_label("Whom did you consult before you answered?").fill("Two committees.")
    eyes.page.get_by_label("No, it is subject to approval").check()
    press(eyes.page, "Save and check my answers", "There is a problem")
    eyes.look("sign off, unfinished")
    eyes.page.get_by_label("Who approves it?").fill("Cabinet")
    after = consultation.closes_at + timedelta(days=7)
    eyes.page.get_by_label("When do you expect the approval?").fill(f"{after:%Y-%m-%d}")
    press(eyes.page, "Save and check my answers", "Check your answers")
    eyes.look("check, signed off")
    press(eyes.page, "Send my response", "We have your response")
    eyes.look("receipt of a council")

    # A moderator confirms the claim: the guests are members, the public sees the mark.
    moderate(consultation)
    assert (
        list(
            Membership.objects.order_by("user__name").values_list(
                "claim", "role", "decided_by__name"
            )
        )[1:]
        == [("confirmed", "contributor", "Ann")] * 2
    )
    eyes.page.context.clear_cookies()
    page = f"{FRONT}organisations/{council.reference}/"
    eyes.go(page, name="organisation, subject to approval")
    expect(eyes.page.get_by_text("Subject to approval by Cabinet, expected").first).to_be_visible()
    expect(eyes.page.get_by_text("Two committees.")).to_be_visible()

    # After the close the lead confirms, and takes one answer back.
    close(consultation)
    eyes.enter(ann)
    eyes.go(mine, name="my response, to be confirmed")
    press(eyes.page, "Confirm the approval by Cabinet", "Confirm the approval")
    eyes.look("confirm")
    eyes.page.get_by_label("2. Proposal 2").check()
    press(eyes.page, "Confirm: approved by Cabinet", "My response")
    eyes.look("my response, confirmed")
    expect(eyes.page.get_by_text("Approved by Cabinet").first).to_be_visible()
    expect(eyes.page.get_by_text("Drafted by Cal.")).to_be_visible()
    eyes.page.context.clear_cookies()
    eyes.go(page, name="organisation, approved")
    expect(eyes.page.get_by_text("Subject to approval")).to_have_count(0)
    expect(eyes.page.get_by_text("Drafted by Cal.")).to_have_count(0)
    expect(eyes.page.get_by_text("Both: Bea's words and Ann's.")).to_be_visible()

    # Access that is withdrawn is gone with the next click.
    eyes.enter(ann)
    eyes.page.goto(desk)
    eyes.page.get_by_role("link", name="Change Cal").click()
    eyes.page.get_by_role("heading", name="Cal").wait_for()
    eyes.look("a colleague")
    press(eyes.page, "End their access", "The desk of")
    answer = others[1].goto(desk)
    assert answer is not None
    assert answer.status == 404

    assert eyes.report() == ""
    states = Comment.objects.order_by("recommendation__number").values_list("state", flat=True)
    assert list(states) == ["published", "withdrawn"]
    outcomes = Response.objects.get().sign_offs.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["subject", "approved"]
    assert LedgerEntry.objects.filter(act="response_approved").count() == 1
    assert ledger.verify(consultation.pk) == []


def test_request_is_granted_and_the_name_switched_in_a_browser(eyes: Eyes) -> None:
    make_open(recommendations=2)
    council = make_council()
    lead = seat(make_person("Ann"), council)
    seat(make_person("Bea", "elsewhere.example"), council, claim="pending")
    desk = f"/organisations/{council.reference}/desk/"
    eyes.enter(lead.user)

    eyes.go(desk, name="desk with a request")
    eyes.page.get_by_role("link", name="Decide about Bea").click()
    eyes.page.get_by_role("heading", name="Bea").wait_for()
    eyes.look("a request")
    press(eyes.page, "Grant the request", "The desk of")
    eyes.look("desk with a new member")
    eyes.go("/account/", name="account of a lead")
    eyes.go(f"{FRONT}response/", name="my response before anything is written")
    press(eyes.page, "Write for myself instead", "My response")
    expect(eyes.page.get_by_text("You write in your own name.")).to_be_visible()
    eyes.look("my response in my own name")
    eyes.go(desk, name="desk while one writes for oneself")

    assert eyes.report() == ""
