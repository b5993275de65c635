"""Moderation, end to end: the queue cleared in Chromium by keyboard, through real HTTP and SMTP.

Thirty comments with two campaigns, personal data and abuse; an appeal that another moderator
upholds; an edition that is corrected; and a ledger that is whole until somebody forges a row.
"""

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from consultations.digests.due import newest_slot
from consultations.digests.quoting import quotes_of, spoken
from consultations.models import (
    Appeal,
    Case,
    Comment,
    Consultation,
    Decision,
    Edition,
    Message,
    User,
)
from consultations.models.clock import day_of
from tests.journeys.keyboard import Hand, chrome, logged_in
from tests.journeys.thirty import (
    ANGRY,
    AUTHOR,
    FIRST,
    HIDDEN,
    LATER,
    NOW,
    SECOND,
    clear,
    opened,
    redact,
    thirty_comments,
)
from tests.mail.sink import Mail
from tests.running import ROOT, Site, awaited, database_url

__all__ = ["chrome"]
pytestmark = [pytest.mark.browser, pytest.mark.exhaustive]


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
            if email == FIRST:  # who is not handed what is for others, and may look at it
                waiting = Case.objects.waiting().get(appeal__isnull=False)
                page.goto(reverse("admin:consultations_case_change", args=[waiting.pk]))
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
