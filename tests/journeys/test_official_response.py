"""From the close to "your point is answered here", end to end: Chromium, HTTP, Celery and SMTP.

The twelve weeks have passed: officers are reminded, one explains and writes, another reviews and
publishes, readers and respondents are told once, and whoever is cited finds the answer by the link
in the mail. An officer then takes the evidence pack away.
"""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from consultations import ledger
from consultations.models import Campaign, Comment, Consultation, LedgerEntry, Message, Role
from tests.factories import (
    make_comment,
    make_consultation,
    make_response,
    make_staff,
    make_user,
)
from tests.journeys.keyboard import chrome, keyed, logged_in
from tests.mail.sink import Mail
from tests.running import Site, awaited, database_url, running_site

__all__ = ["chrome"]
pytestmark = [pytest.mark.browser, pytest.mark.exhaustive]
WRITER, REVIEWER = "writer@council.example", "reviewer@council.example"
CITED, SILENT = "esme@pennine.example", "silent@works.example"
# How long a mail may take: it comes with the next ticks, but the machine may be busy.
SECONDS = 120
HERE = "Your point is answered here"


@pytest.fixture
def calm(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """Run the site with ticks that leave a busy machine's one worker time for each task."""
    with running_site(tmp_path, DATABASE_URL=database_url(), TICK_SECONDS="2") as started:
        yield started


def test_from_the_close_to_your_point_is_answered_here(calm: Site, chrome: Browser) -> None:
    consultation = answered_by_two()
    cited = Comment.objects.get(response__respondent__email=CITED)
    close(consultation)

    overview = reminded(calm)
    with logged_in(chrome, calm, WRITER) as page:
        explain_and_write(page, overview, cited)
    with logged_in(chrome, calm, REVIEWER) as page:
        review_and_publish(page, overview)
    link = told(calm)
    with logged_in(chrome, calm, CITED, "/consultations/report/response/") as page:
        find_the_answer(page, link, cited)
    with logged_in(chrome, calm, WRITER) as page:
        take_the_evidence(page, consultation)

    told_once(calm)
    assert ledger.verify(consultation.pk) == []


def answered_by_two() -> Consultation:
    """Open a consultation with two officers, two respondents, and a letter that three sent."""
    opens = timezone.now() - timedelta(weeks=30)
    consultation = make_consultation(
        "report", title="A report", opens_at=opens, response_clock=True, published_at=opens
    )
    for email in (WRITER, REVIEWER):
        keyed(make_staff(consultation, Role.Right.OFFICER, email))
    first, second = consultation.recommendations.order_by("number")
    for email, row in ((CITED, first), (SILENT, second)):
        response = make_response(consultation, keyed(make_user(email)))
        make_comment(row, response, state="published", text=f"Our furnace is old, says {email[:4]}")
    letter = "Please keep the rules as they are, for ten years at least."
    for _n in range(3):
        make_comment(second, make_response(consultation), state="published", text=letter)
    found = Campaign.objects.filter(size=3)
    awaited(found.first, "the campaign that the worker finds", SECONDS)
    return consultation


def close(consultation: Consultation) -> None:
    """Let twelve weeks and two days pass since the close."""
    closes = timezone.now() - timedelta(weeks=12, days=2)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=closes)


def reminded(site: Site) -> str:
    """Both officers are written to by the next tick; return the path to which the mail leads."""
    for email in (WRITER, REVIEWER):
        mail = site.mail(email, "Official response late", SECONDS)
    link = re.search(rf"{site.url}(/admin/\S+/official/)", said_in(mail, "plain"))
    assert link
    return link[1]


def said_in(mail: Mail, kind: str) -> str:
    """Return one part of a mail."""
    found = mail.parsed.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def explain_and_write(page: Page, overview: str, cited: Comment) -> None:
    """Say why it is late; answer the one, then the other, seeing what nobody has answered."""
    page.goto(overview)
    page.get_by_label("Why it is late").fill("We read every letter twice.")
    page.get_by_role("button", name="Give this reason in public").click()
    page.get_by_text("Your reason is public.").wait_for()
    page.get_by_text("1 point is answered nowhere").click()
    letter = re.search(r"\[\[\w{8}\]\]", page.locator(".history details").inner_text())
    assert letter
    for number, cites in ((1, f"[[{cited.reference}]]"), (2, letter[0])):
        page.goto(f"{overview}{number}/")
        page.get_by_label("Status").select_option(label="Accepted in part")
        page.get_by_label("We asked", exact=True).fill("Should it be done?")
        page.get_by_label("You said", exact=True).fill(f"Firms say so {cites}.")
        page.get_by_label("We will", exact=True).fill("We will do **half**.")
        page.get_by_role("button", name="Save this draft").click()
        page.get_by_text("Saved. A colleague reviews it").wait_for()
    assert page.get_by_text("answered nowhere").count() == 0
    assert page.get_by_role("button", name="Publish the chosen answers").count() == 0


def review_and_publish(page: Page, overview: str) -> None:
    """Read what the colleague wrote, and publish both answers at once."""
    for number in (1, 2):
        page.goto(f"{overview}{number}/")
        page.get_by_role("button", name="I have read this draft").click()
        page.get_by_text("Reviewed: it can be published.").wait_for()
    page.get_by_role("button", name="Publish the chosen answers").click()
    page.get_by_text("2 answers are public.").wait_for()


def told(site: Site) -> str:
    """Both respondents are told; return the link by which the cited one is led on."""
    for kind in ("plain", "html"):
        assert HERE in said_in(site.mail(CITED, "Official response: A report", SECONDS), kind)
        silent = said_in(site.mail(SILENT, "Official response: A report", SECONDS), kind)
        assert (HERE in silent, "Recommendation 1" in silent) == (False, True)
    mail = site.mail(CITED, "Official response: A report", SECONDS)
    wanted = rf"{site.url}\S+/official-response/#recommendation-1\b"
    in_text, in_html = (re.search(wanted, said_in(mail, kind)) for kind in ("plain", "html"))
    assert in_text
    assert in_html
    assert in_text[0] == in_html[0]
    return in_text[0]


def find_the_answer(page: Page, link: str, cited: Comment) -> None:
    """Follow the mail's link to the answer, and from there to one's own comment and back."""
    assert "Your point is answered here:" in page.locator("main").inner_text()
    page.goto(link)
    section = page.locator("#recommendation-1")
    assert HERE in section.inner_text()
    assert "We will do half." in section.inner_text()
    assert HERE not in page.locator("#recommendation-2").inner_text()
    assert "We read every letter twice." in page.locator("#late").inner_text()
    with page.expect_navigation():
        section.get_by_role("link", name=f"comment {cited.reference}").click()
    assert cited.public_text in page.locator("main").inner_text()
    assert "This point is answered here:" in page.locator("main").inner_text()


def take_the_evidence(page: Page, consultation: Consultation) -> None:
    """Have the evidence pack built by the worker, and compare it with the ledger."""
    page.goto(reverse("admin:consultations_consultation_pack", args=[consultation.pk]))
    page.get_by_role("button", name="Have a pack built").click()
    fetching = page.get_by_role("button", name="Download the pack")
    fetching.wait_for(timeout=180_000)  # the page looks again by itself
    with page.expect_download() as fetched:
        fetching.click()
    content = Path(fetched.value.path()).read_bytes()
    entry = LedgerEntry.objects.get(act="evidence_pack_downloaded")
    assert entry.payload.content["sha256"] == hashlib.sha256(content).hexdigest()
    with ZipFile(io.BytesIO(content)) as zipped:
        fourth = json.loads(zipped.read("evidence-report/4-taken-into-account.json"))
    answers = fourth["official_response"]["recommendations"]
    assert [len(each["versions"][0]["cites"]) for each in answers] == [1, 1]


def told_once(site: Site) -> None:
    """After all those ticks nobody has had a mail twice."""
    waiting = Message.objects.exclude(state__in=["sent", "suppressed"])
    awaited(lambda: None if waiting.exists() else True, "the end of the outbox")
    sent = [(mail.recipient, str(mail.parsed["Subject"])) for mail in site.sink.mails]
    assert len(sent) == len(set(sent))
    about = [who for who, subject in sent if subject.startswith("Official response late")]
    assert sorted(about) == sorted([WRITER, REVIEWER])
