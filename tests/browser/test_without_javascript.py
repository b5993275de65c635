"""The main job in Chromium with JavaScript off, on real servers, from sign-up to leaving."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from consultations.digests.due import newest_slot
from consultations.models import Case, Comment, Consultation, Membership, Subscription
from tests.browser.chrome import PATIENCE
from tests.factories import make_consultation, make_staff
from tests.running import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
EMPLOYER = "esme@pennine.example"
PASSWORD = "a-long-enough-password"
WORDS = "Our furnace takes seven years to pay for, and no policy has lasted that long."
RECOMMENDATION = "/consultations/report/recommendations/{}/"


def test_main_job_needs_no_javascript(browser: Browser, site: Site) -> None:
    call_command("load_reference_data")
    opened = timezone.now() - timedelta(days=30)
    consultation = make_consultation("report", title="A report", recommendations=5, opens_at=opened)
    let_in(make_staff(consultation, "moderator", "moderator@example.org"))
    plain: dict[str, Any] = {"base_url": site.url, "java_script_enabled": False}
    with browser.new_context(**plain) as context, browser.new_context(**plain) as office:
        for opened_one in (context, office):
            opened_one.set_default_timeout(PATIENCE)
        page = context.new_page()
        sign_up(site, page)
        answer_all_five(page)
        decide(office.new_page())
        read_edition(site, page, consultation)
    with browser.new_context(**plain) as stranger:
        leave(site, stranger.new_page())


def let_in(person: Any) -> None:
    """Give somebody a password and a confirmed address."""
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


def press(page: Page, name: str) -> None:
    """Press a button of the page's own part."""
    page.locator("main, #content").get_by_role("button", name=name, exact=True).click()


def sign_up(site: Site, page: Page) -> None:
    """Write first; be asked who one is; find the words again."""
    page.goto(RECOMMENDATION.format(1))
    page.get_by_label("Support", exact=True).check()
    page.locator("textarea").fill(WORDS)
    page.get_by_label("Publish with my name").check()
    press(page, "Log in and send")
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    page.locator("main input[name=email]").fill(EMPLOYER)
    press(page, "Send me a code")
    page.locator("main input[name=code]").fill(mailed_code(site))
    page.locator("main form").first.locator("button").first.click()
    page.get_by_label("Your name").fill("Esme Hollin")
    page.get_by_label("I run, own or manage an employer").check()
    page.get_by_label("For an organisation").check()
    page.get_by_label("Which region are you in?").select_option(label="North East")
    press(page, "Save and go on")
    page.get_by_label("Type part of its name").fill("Pennine")
    press(page, "Find it")
    expect(page.get_by_text("We know no organisation of your kind")).to_be_visible()
    page.get_by_label("Name of the organisation").fill("Pennine Castings")
    for question in ("What kind of", "How many people", "Which industry"):
        page.get_by_label(question).select_option(index=1)
    press(page, "Add this organisation")
    expect(page.locator("textarea")).to_have_value(WORDS)


def mailed_code(site: Site) -> str:
    """Return the code, which must come within five seconds."""
    body = site.mail(EMPLOYER, "confirm", 5).parsed.get_body(("plain",)).get_content()
    found = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", body, re.MULTILINE)
    assert found is not None
    return found[1]


def answer_all_five(page: Page) -> None:
    """Send the kept words, choose digests, then answer the others from receipt to receipt."""
    press(page, "Send my comment")
    page.get_by_label("Yes: every digest").check()
    with page.expect_navigation():
        press(page, "Save my choice")
    page.goto(RECOMMENDATION.format(1) + "receipt/")
    for number in range(2, 6):
        page.get_by_role("link", name=f"Go on to recommendation {number}").click()
        page.get_by_label("Oppose", exact=True).check()
        page.locator("textarea").fill(f"Reason {number}.")
        press(page, "Send my comment")
        said = f"We have your comment on recommendation {number}"
        expect(page.get_by_role("heading", name=said)).to_be_visible()
    expect(page.get_by_text("You have answered every recommendation.")).to_be_visible()


def decide(page: Page) -> None:
    """Confirm the claim, publish one comment and reject another, in the admin."""
    page.goto("/admin/")
    page.locator("main input[name=login]").fill("moderator@example.org")
    page.locator("main input[name=password]").fill(PASSWORD)
    press(page, "Log in")
    page.wait_for_url(lambda url: url.endswith("/admin/") and "?" not in url)
    decisions = {
        "confirm": Case.objects.get(membership__user__email=EMPLOYER),
        "publish": Case.objects.get(comment__recommendation__number=1),
        "reject": Case.objects.get(comment__recommendation__number=2),
    }
    for decision, case in decisions.items():
        page.goto(f"/admin/consultations/case/{case.pk}/change/")
        if decision == "reject":
            reasons = page.locator("#content select[name=reason]")
            reasons.select_option(label="1. Not about this recommendation")
        page.locator(f"#content button[value={decision}]").click()
        expect(page.locator(".messagelist .success")).to_be_visible()
    states = dict(Comment.objects.values_list("recommendation__number", "state"))
    assert (states[1], states[2], states[3]) == ("published", "rejected", "submitted")
    assert Membership.objects.get(user__email=EMPLOYER).claim == "confirmed"


def read_edition(site: Site, page: Page, consultation: Consultation) -> None:
    """Let a week pass; read the edition by the link in its mail, and one's own rejection."""
    slot = newest_slot(consultation.cadence, timezone.now())
    Comment.objects.filter(listed=True).update(
        first_published_at=slot - timedelta(hours=1), counted_since=slot - timedelta(hours=1)
    )
    body = site.mail(EMPLOYER, "A report").parsed.get_body(("plain",)).get_content()
    edition = re.search(r"https?://\S+/digests/\d+/", body)
    assert edition is not None
    page.goto(edition[0])
    expect(page.get_by_role("blockquote").filter(has_text="seven years to pay for")).to_have_count(
        1
    )
    expect(page.get_by_role("link", name="Pennine Castings").first).to_be_visible()
    assert "Reason 2." not in page.locator("main").inner_text()
    page.goto("/consultations/report/response/")
    expect(page.get_by_text("Not published.", exact=True)).to_have_count(1)
    expect(page.locator(".notice.warn")).to_contain_text("Not about this recommendation")


def leave(site: Site, page: Page) -> None:
    """Open the mail's link without being logged in, and press its button."""
    body = site.mail(EMPLOYER, "A report").parsed.get_body(("plain",)).get_content()
    link = re.search(r"https?://\S+/u/\S+", body)
    assert link is not None
    page.goto(link[0].rstrip(".)>"))
    assert Subscription.objects.get(user__email=EMPLOYER).choice == "every"
    page.get_by_role("button", name="Stop these e-mails").click()
    said = "You will get no more of these e-mails"
    expect(page.get_by_role("heading", name=said)).to_be_visible()
    assert Subscription.objects.get(user__email=EMPLOYER).choice == "nothing"
