"""Moderation, end to end: the queue cleared in Chromium by keyboard, through real HTTP and SMTP.

Thirty comments with two campaigns, personal data and abuse; an appeal that another moderator
upholds; an edition that is corrected; and a ledger that is whole until somebody forges a row.
"""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from consultations.digests.due import newest_slot
from consultations.digests.quoting import quotes_of, spoken
from consultations.models import (
    Appeal,
    Campaign,
    Case,
    Comment,
    Consultation,
    Decision,
    Edition,
    Message,
    User,
)
from consultations.models.clock import day_of
from portal.bench import letters
from portal.testenv import chromium
from tests.digests.scene import REASONS
from tests.factories import (
    confirm_address,
    make_consultation,
    make_staff,
    make_subscription,
    make_user,
)
from tests.mail.sink import Mail
from tests.running import ROOT, Site, awaited, database_url
from tests.screening.scene import EDITED, LETTER, OTHER, WITH_OWN, send

pytestmark = pytest.mark.browser
PASSWORD = "a-long-enough-password"
DEAF = 450  # milliseconds in which a fresh page hears no key
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


class Hand:
    """Somebody at the keyboard, who touches no mouse; every key is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, key: str) -> None:
        """Strike a key that stays on the page."""
        self.page.keyboard.press(key)
        self.keys += 1

    def go(self, key: str) -> None:
        """Strike a key that leads to another page, once the page hears it."""
        self.page.wait_for_timeout(DEAF)
        with self.page.expect_navigation():
            self.press(key)

    def type(self, words: str) -> None:
        """Write into what has the focus."""
        self.page.keyboard.type(words)
        self.keys += len(words)

    def tab_to(self, selector: str) -> None:
        """Go on with the Tab key until this has the focus."""
        for _n in range(60):
            self.press("Tab")
            if self.page.evaluate("css => document.activeElement.matches(css)", selector):
                return
        pytest.fail(f"no Tab leads to {selector} on {self.page.url}")

    def follow(self, selector: str) -> None:
        """Tab to a link or a button, and press Enter."""
        self.tab_to(selector)
        self.go("Enter")


@pytest.fixture
def chrome(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Start Chromium."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        yield playwright.chromium.launch(executable_path=chromium(), args=arguments)


def test_thirty_comments_from_the_queue_to_the_record(site: Site, chrome: Browser) -> None:
    consultation = opened()
    author = thirty_comments(consultation)

    with logged_in(chrome, site, FIRST) as page:
        clear(page)
    everybody_is_told(site)
    appeal(chrome, site, author)
    uphold(chrome, site)
    edition = arrive(site)
    correct(chrome, site, edition)

    assert verified(consultation) == 0
    assert verified(consultation, "--head", edition.facts["record"]["hash"]) == 0
    forge(consultation)
    assert verified(consultation) == 1


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


def keyed(user: User) -> User:
    """Give somebody a password to log in with."""
    user.set_password(PASSWORD)
    user.save()
    return confirm_address(user)


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


@contextmanager
def logged_in(chrome: Browser, site: Site, email: str, path: str = "/admin/") -> Iterator[Page]:
    """Open an address in a browser of its own, through the page that asks who it is."""
    with chrome.new_context(base_url=site.url, locale="en-GB") as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(path)
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: path in url and "login" not in url)
        yield page
        assert wrong == []


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


def everybody_is_told(site: Site) -> None:
    """Let ten minutes pass; each author then receives one letter, and none before."""
    assert letters_of_decisions(site) == []
    waiting = Message.objects.filter(dedupe_key__startswith="decision:", state="queued")
    assert waiting.filter(not_before__gt=timezone.now()).count() == 30
    waiting.update(not_before=timezone.now())
    sent = awaited(lambda: all_thirty(site), "the letters of thirty decisions", 60)
    assert len({mail.recipient for mail in sent}) == 30
    subjects = Counter("not" in str(mail.parsed["Subject"]) for mail in sent)
    assert subjects == {False: 20, True: 10}
    [redacted] = [body(mail) for mail in sent if HIDDEN in body(mail)]
    assert "published it" in redacted
    refused = body(site.mail(AUTHOR, "is not published"))
    for said in ("The reason: Abusive language.", "The rule: Nobody is insulted", "appeal once"):
        assert said in refused


def all_thirty(site: Site) -> list[Mail] | None:
    """Return the letters of decisions once there are thirty."""
    sent = letters_of_decisions(site)
    return sent if len(sent) >= 30 else None


def letters_of_decisions(site: Site) -> list[Mail]:
    """Return the mails that say what became of a comment."""
    return [mail for mail in site.sink.mails if str(mail.parsed["Subject"]).endswith("published")]


def body(mail: Mail, kind: str = "plain") -> str:
    """Return what a mail says, on one line."""
    found = mail.parsed.get_body((kind,))
    assert found is not None
    return " ".join(found.get_content().split())


def appeal(chrome: Browser, site: Site, author: User) -> None:
    """Appeal as the angry author does, from the link in the letter."""
    link = re.search(rf"{site.url}(\S+/appeal/)", body(site.mail(AUTHOR, "is not published")))
    assert link
    with logged_in(chrome, site, AUTHOR, link[1]) as page:
        hand = Hand(page)
        hand.tab_to("#id_words")
        hand.type("I insult nobody. I say that the plan is a disgrace.")
        hand.follow("main form button[type=submit]")
        page.get_by_role("heading", name="We have your appeal").wait_for()
    site.mail(AUTHOR, "We have your appeal")
    assert Appeal.objects.get().made_by == author


def uphold(chrome: Browser, site: Site) -> None:
    """Let the second moderator decide on it, since the first cannot."""
    for email in (FIRST, SECOND):
        with logged_in(chrome, site, email) as page:
            page.goto(reverse("admin:consultations_case_changelist"))
            hand = Hand(page)
            hand.follow(".backlogs button")
            page.get_by_text("I insult nobody.").wait_for()
            if email == FIRST:
                assert page.get_by_text("You cannot decide on this appeal.").is_visible()
                hand.follow("button[value=next]")
            else:
                hand.tab_to("#id_answer")
                hand.type("You are right: it is sharp, and it insults nobody.")
                hand.follow("button[value=upheld]")
                page.get_by_text("Appeal upheld and published").wait_for()
            assert page.get_by_text("Nothing else waits that nobody is reading.").is_visible()
    told = body(site.mail(AUTHOR, "Your appeal is upheld"))
    assert "Somebody who did not make the first decision" in told
    assert "it is sharp, and it insults nobody" in told
    found = Appeal.objects.get()
    assert found.decided_by is not None
    assert (found.outcome, found.independent, found.decided_by.email) == ("upheld", True, SECOND)
    verbs = Decision.objects.filter(case__comment__public_text=ANGRY).values_list("verb", flat=True)
    assert "reject" in verbs


def arrive(site: Site) -> Edition:
    """Let a week pass; the edition reaches one reader, while the other's mailbox is busy."""
    site.sink.answers[LATER, "rcpt"] = "451 4.2.1 the mailbox is busy"
    slot = newest_slot(Consultation.objects.get().cadence, timezone.now())
    Comment.objects.filter(listed=True).update(
        first_published_at=slot - timedelta(hours=1), counted_since=slot - timedelta(hours=1)
    )
    site.mail(NOW, "A report")
    edition = Edition.objects.get()
    tried = edition.messages.filter(to=LATER, attempts__gt=0, state="queued")
    awaited(lambda: True if tried.exists() else None, "a first attempt at the busy mailbox")
    return edition


def correct(chrome: Browser, site: Site, edition: Edition) -> None:
    """Redact what the edition quotes: its page and the mail that comes next show the dated note."""
    quote = quotes_of(edition.pk)[0]
    comment, words = quote.version.comment, spoken(quote).text
    for told in (*parts(site.mail(NOW, "A report")), shown(chrome, site, edition)):
        assert words in told
        assert "A quotation was removed" not in told

    with logged_in(chrome, site, SECOND) as page:
        page.goto(reverse("admin:consultations_comment_change", args=[comment.pk]))
        hand = Hand(page)
        hand.follow("a[href*='/redact/']")
        redact(hand, " ".join(words.split()[:5]), "save")
        page.get_by_text("Removed. Where the public reads the comment").wait_for()
    del site.sink.answers[LATER, "rcpt"]
    edition.messages.filter(to=LATER).update(not_before=timezone.now())

    quote.refresh_from_db()
    assert quote.corrected_at is not None
    note = f"A quotation was removed on {day_of(quote.corrected_at)}."
    for told in (*parts(site.mail(LATER, "A report")), shown(chrome, site, edition)):
        assert note in told
        assert words not in told
    author = comment.response.respondent
    assert author is not None
    assert HIDDEN in body(site.mail(author.email, "are no longer shown"))


def parts(mail: Mail) -> list[str]:
    """Return both readings of a mail."""
    return [body(mail, "plain"), re.sub(r"<[^>]+>", "", body(mail, "html"))]


def shown(chrome: Browser, site: Site, edition: Edition) -> str:
    """Return the page of the edition as anybody reads it."""
    page = chrome.new_page(base_url=site.url)
    page.goto(f"/consultations/report/digests/{edition.number}/")
    words = " ".join(page.locator("main").inner_text().split())
    page.close()
    return words


def verified(consultation: Consultation, *more: str) -> int:
    """Return how `manage.py verify_ledger` ends."""
    command = [sys.executable, "manage.py", "verify_ledger", consultation.slug, *more]
    environment = {**os.environ, "DATABASE_URL": database_url()}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def forge(consultation: Consultation) -> None:
    """Change a row behind the database's back, as only its superuser can."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE consultations_ledgerentry SET act = 'comment_hidden'"
            " WHERE consultation_id = %s AND sequence = 40",
            [consultation.pk],
        )
        assert cursor.rowcount == 1
