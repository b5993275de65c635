"""The main job, end to end, through real HTTP, Celery and SMTP.

Sign up, comment on all five, a moderator confirms the organisation, publishes one comment and
rejects one, the edition arrives, and one click ends the e-mails.
"""

import re
from datetime import timedelta

import mechanicalsoup
import requests
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from consultations import ledger
from consultations.digests.due import newest_slot
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Edition,
    LedgerEntry,
    Membership,
    Message,
    Subscription,
)
from tests.factories import make_consultation, make_staff
from tests.running import Site, awaited

EMPLOYER = "esme@pennine.example"
PASSWORD = "a-long-enough-password"
WORDS = "Our furnace takes seven years to pay for, and no policy has lasted that long."


def browser(site: Site, path: str) -> mechanicalsoup.StatefulBrowser:
    """Open a page in a browser of its own."""
    found = mechanicalsoup.StatefulBrowser(raise_on_404=True, soup_config={"features": "lxml"})
    found.open(site.url + path)
    return found


def fill(page: mechanicalsoup.StatefulBrowser, selector: str, **fields: str) -> None:
    """Fill a form of the page and send it."""
    page.select_form(selector)
    for name, value in fields.items():
        page[name] = value
    page.submit_selected()


def heading(page: mechanicalsoup.StatefulBrowser) -> str:
    """Return what the page says it is."""
    return page.page.find("h1").get_text(" ", strip=True)


def test_from_sign_up_to_digest_and_out_with_one_click(site: Site) -> None:
    call_command("load_reference_data")
    now = timezone.now()
    consultation = make_consultation(
        "report", title="A report", recommendations=5, opens_at=now - timedelta(days=30)
    )
    moderator = make_staff(consultation, "moderator", "moderator@example.org")
    moderator.set_password(PASSWORD)
    moderator.save()
    EmailAddress.objects.create(user=moderator, email=moderator.email, verified=True, primary=True)

    employer = sign_up(site, consultation)
    answer_all_five(site, employer, consultation)
    decide(site, consultation)
    arrive(site, consultation)
    leave(site)

    assert ledger.verify(consultation.pk) == []
    acts = set(LedgerEntry.objects.values_list("act", flat=True))
    assert {"comment_submitted", "claim_confirmed", "edition_made"} <= acts
    doubtful = Message.objects.exclude(state__in=["sent", "suppressed"])
    awaited(lambda: None if doubtful.exists() else True, "the end of the outbox")


def sign_up(site: Site, consultation: Consultation) -> mechanicalsoup.StatefulBrowser:
    """Begin to answer, sign up on the way, and find the words again."""
    page = browser(site, f"/consultations/{consultation.slug}/recommendations/1/")
    fill(page, 'form[action$="/comment/"]', stance="support", text=WORDS, permission="named")
    assert heading(page) == "Log in"
    page.follow_link(url_regex="signup")
    fill(page, 'form[action*="signup"]', email=EMPLOYER)
    code = mailed_code(site, EMPLOYER, "confirm")
    fill(page, 'form[action*="confirm-email"]', code=code)
    assert heading(page) == "About you"
    region = page.page.find("option", string="North East")["value"]
    about = {"name": "Esme Hollin", "kind": "employer", "acting_for": "organisation"}
    fill(page, "main form", **about, region=region)
    assert heading(page) == "Which organisation do you answer for?"
    kind = page.page.find("select", {"name": "kind"}).find_all("option")[1]["value"]
    size = page.page.find("select", {"name": "size_band"}).find_all("option")[1]["value"]
    industry = page.page.find("select", {"name": "industry"}).find_all("option")[1]["value"]
    fill(
        page,
        "details form",
        name="Pennine Castings",
        kind=kind,
        size_band=size,
        industry=industry,
        region=region,
    )
    assert WORDS in page.page.find("textarea").get_text()
    return page


def mailed_code(site: Site, to: str, subject: str) -> str:
    """Return the code of the newest mail, which must come within five seconds."""
    body = site.mail(to, subject, 5).parsed.get_body(("plain",)).get_content()
    return re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", body, re.MULTILINE)[1]


def answer_all_five(
    site: Site, page: mechanicalsoup.StatefulBrowser, consultation: Consultation
) -> None:
    """Send the kept words, then the other four, from each receipt to the next."""
    fill(page, 'form[action$="/comment/"]')
    assert heading(page) == "We have your comment on recommendation 1"
    fill(page, 'form[action$="/digests/settings/"]', choice="every")
    for number in range(2, 6):
        page.open(f"{site.url}/consultations/{consultation.slug}/recommendations/{number}/")
        fill(page, 'form[action$="/comment/"]', stance="oppose", text=f"Reason {number}.")
        assert heading(page) == f"We have your comment on recommendation {number}"
    receipt = site.mail(EMPLOYER, "recommendation 1", 5)
    assert WORDS[:40] in receipt.parsed.get_body(("plain",)).get_content()


def decide(site: Site, consultation: Consultation) -> None:
    """Log in at the admin's door; confirm the claim, publish 1 and reject 2."""
    page = browser(site, "/admin/")
    fill(page, 'form:has(input[name="password"])', login="moderator@example.org", password=PASSWORD)
    for path, decision in (
        (case(membership__user__email=EMPLOYER), "confirm"),
        (case(comment__recommendation__number=1), "publish"),
        (case(comment__recommendation__number=2), "reject"),
    ):
        page.open(site.url + path)
        page.select_form("#content form:has(input[name='version'])")
        if decision == "reject":
            reason = page.page.find("option", string=re.compile("Not about this recommendation"))
            page["reason"] = reason["value"]
        page.submit_selected(page.page.find("button", {"value": decision}))
        assert "error" not in page.page.select_one("#content").get("class", [])
    states = dict(Comment.objects.values_list("recommendation__number", "state"))
    assert (states[1], states[2], states[3]) == ("published", "rejected", "submitted")
    assert Membership.objects.get(user__email=EMPLOYER).claim == "confirmed"
    ten_minutes_pass()
    told = site.mail(EMPLOYER, "recommendation 2 is not published", 5)
    assert "Not about this recommendation" in str(told.parsed)


def ten_minutes_pass() -> None:
    """Let the decisions' letters be due; until then they can be undone, and nobody is told."""
    waiting = Message.objects.filter(dedupe_key__startswith="decision:", state="queued")
    late = waiting.filter(not_before__gt=timezone.now() + timedelta(minutes=9))
    assert sorted(late.values_list("letter__subject", flat=True)) == [
        "Your claim to speak for an organisation is confirmed",
        "Your comment on recommendation 1 is published",
        "Your comment on recommendation 2 is not published",
    ]
    late.update(not_before=timezone.now())


def case(**about: object) -> str:
    """Return the admin address of the case that waits about this."""
    found = Case.objects.waiting().get(**about)
    return reverse("admin:consultations_case_change", args=[found.pk])


def arrive(site: Site, consultation: Consultation) -> None:
    """Let a week pass for the published comment; the next tick of beat makes the edition."""
    slot = newest_slot(consultation.cadence, timezone.now())
    Comment.objects.filter(listed=True).update(
        first_published_at=slot - timedelta(hours=1), counted_since=slot - timedelta(hours=1)
    )
    digest = site.mail(EMPLOYER, "A report").parsed
    parts = [digest.get_body((kind,)).get_content() for kind in ("plain", "html")]
    edition = Edition.objects.get()
    public = requests.get(f"{site.url}/consultations/report/digests/{edition.number}/", timeout=10)
    for told in (*parts, public.text):
        assert "seven years to pay for" in " ".join(told.split())
        assert "Pennine Castings" in told
    assert "Reason 2." not in "".join(parts) + public.text
    reference = Comment.objects.get(listed=True).reference
    link = f"{site.url}/consultations/report/recommendations/1/comments/{reference}/"
    assert all(link in part for part in parts)
    assert WORDS in requests.get(link, timeout=10).text


def leave(site: Site) -> None:
    """Unsubscribe as a mail program does, without cookie or token, twice."""
    digest = site.mail(EMPLOYER, "A report").parsed
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = digest["List-Unsubscribe"].strip("<>")
    assert requests.get(address, timeout=10).status_code == 200
    assert Subscription.objects.get(user__email=EMPLOYER).choice == "every"
    for _n in "12":
        answer = requests.post(
            address, {"List-Unsubscribe": "One-Click"}, timeout=10, allow_redirects=False
        )
        assert (answer.status_code, len(answer.cookies)) == (200, 0)
    assert Subscription.objects.get(user__email=EMPLOYER).choice == "nothing"
