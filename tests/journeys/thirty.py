"""Thirty comments as a queue brings them, and the moderator who clears it by keyboard."""

import time
from collections import Counter
from datetime import timedelta

from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from consultations.models import Campaign, Case, Comment, Consultation, User
from portal.bench import letters
from tests.digests.scene import REASONS
from tests.factories import make_consultation, make_staff, make_subscription, make_user
from tests.journeys.keyboard import DEAF, Hand, keyed
from tests.screening.scene import EDITED, LETTER, OTHER, WITH_OWN, send

FIRST, SECOND, AUTHOR = "first@council.example", "second@council.example", "angry@works.example"
NOW, LATER = "now@reader.example", "later@reader.example"
ADDRESS = "foreman@works.example"
HIDDEN = "[removed: personal data]"
WITH_ADDRESS = f"Come and see our furnace before you decide. Write to {ADDRESS} and he shows you."
PHONES = (
    "Ring my neighbour Ann on 0161 496 0000, who was refused the grant three times over.",
    "The officer who lost our forms is on 020 7946 0958, and anybody may ask him why.",
)
ANGRY = "This plan is a disgrace, and whoever signed it should come here and say so to our faces."
ABUSE = (
    ANGRY,
    "You are all vermin, and I hope that your building burns down with you inside.",
    "The chair is a drunken idiot whom I would gladly throw down his own stairs.",
)
CAMPAIGN = (LETTER, LETTER, LETTER.upper(), EDITED, LETTER, WITH_OWN, f"{LETTER} Yours, Jo", LETTER)
SECOND_CAMPAIGN = (OTHER, OTHER, OTHER.lower(), f"{OTHER} Ann Lloyd, Corby", OTHER, OTHER)
HONEST = (*REASONS[:4], *(letters.letters()[place] for place in (0, 1, 2, 3, 6, 7)))


def opened() -> Consultation:
    """Open a consultation with two moderators and two readers of its digests."""
    call_command("load_reference_data")
    opens = timezone.now() - timedelta(days=30)
    consultation = make_consultation("report", title="A report", opens_at=opens)
    for email in (FIRST, SECOND):
        keyed(make_staff(consultation, "moderator", email))
    for email in (NOW, LATER):
        make_subscription(make_user(email), consultation)
    return consultation


def thirty_comments(consultation: Consultation) -> User:
    """Send them as thirty people do, in a mixed order; return the angry one."""
    author = keyed(make_user(AUTHOR))
    singles = [*HONEST, *PHONES, *ABUSE, WITH_ADDRESS]
    texts = [(text, 1 + place % 2) for place, text in enumerate(singles)]
    texts += [(text, 1) for text in CAMPAIGN] + [(text, 2) for text in SECOND_CAMPAIGN]
    mixed = sorted(texts, key=lambda each: (len(each[0]) % 7, each))
    for text, number in mixed:
        send(consultation, text, author if text == ANGRY else None, number=number)
    assert Case.objects.waiting().count() == 30
    sizes = Campaign.objects.order_by("recommendation__number", "pk").values_list("size", flat=True)
    assert list(sizes) == [len(CAMPAIGN), len(SECOND_CAMPAIGN)]
    return author


def clear(page: Page) -> None:
    """Decide on whatever comes, as its words ask for, until nothing waits."""
    hand, started = Hand(page), time.monotonic()
    page.goto(reverse("admin:consultations_case_changelist"))
    hand.follow(".backlogs button")
    slipped = False
    while "/change/" in page.url:
        words = page.locator(".review-text .words").first.inner_text()
        if not slipped and words in ABUSE:
            slipped = True
            hand.go("p")
            hand.go("u")
            page.get_by_text("Undone. It is as it was").wait_for()
        decide(hand, words)
    seconds = time.monotonic() - started
    print(f"\n30 comments cleared in {seconds:.0f} s with {hand.keys} key presses")  # noqa: T201
    assert page.get_by_text("Nothing else waits that nobody is reading.").is_visible()
    states = Counter(Comment.objects.values_list("state", flat=True))
    assert states == {"published": 20, "rejected": 10}


def decide(hand: Hand, words: str) -> None:
    """Take the decision that these words ask for, and go on to the next case."""
    reading = [*HONEST, *PHONES, *ABUSE, WITH_ADDRESS]
    if words not in reading:
        return decide_alike(hand)
    if words == WITH_ADDRESS:
        return remove_address(hand)
    if words in HONEST:
        return hand.go("p")
    hand.page.wait_for_timeout(DEAF)
    hand.press("2" if words in PHONES else "4")
    return hand.go("Enter")


def remove_address(hand: Hand) -> None:
    """Remove the e-mail address, look at both readings, and publish the rest."""
    hand.go("x")
    redact(hand, ADDRESS, "publish")
    hand.page.get_by_text("Removed, and the rest published").wait_for()


def redact(hand: Hand, words: str, then: str) -> None:
    """Find words on the page that removes them, and remove them as tells something private."""
    hand.tab_to("#id_words")
    hand.type(words)
    hand.tab_to("#id_reason")
    hand.press("T")
    hand.follow("button[value=find]")
    assert HIDDEN in hand.page.locator("[aria-labelledby=public-heading]").inner_text()
    hand.follow(f"button[value={then}]")


def decide_alike(hand: Hand) -> None:
    """Publish the first campaign whole; of the second publish one, and reject the rest as copies.

    Nothing is rejected as a copy before the text is public.
    """
    page = hand.page
    second = page.locator("#review-heading").inner_text().startswith("2.")
    if second and not Comment.objects.filter(public_text__startswith=OTHER[:40]).exists():
        return hand.go("p")
    hand.go("l")
    hand.follow("a[href$='/decide/']")
    waiting = len(SECOND_CAMPAIGN) - 1 if second else len(CAMPAIGN)
    hand.tab_to("[name=decision]")
    hand.press("Space")
    if second:
        hand.press("ArrowDown")
        hand.tab_to("#id_reason")
        hand.press("5")
    hand.tab_to("#id_count")
    hand.type(str(waiting))
    hand.go("Enter")
    page.get_by_text(f"{waiting} comments decided.").wait_for()
    return hand.follow("#content form button.default")
