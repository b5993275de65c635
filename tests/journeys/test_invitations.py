"""50 invitations, end to end, through real HTTP, Celery and SMTP.

An officer uploads a list with bad rows, puts it right, and sends it twice; one contact answers, one
begins, one opens, one says no; all others are reminded once; nobody else reads the consultation.
"""

import csv
import io
import re
from typing import Any

import mechanicalsoup
import pytest
import requests
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.urls import reverse

from consultations import invitations, ledger
from consultations.models import (
    Case,
    Consultation,
    Invitation,
    LedgerEntry,
    Membership,
    Message,
    Organisation,
    User,
)
from tests.factories import make_consultation, make_staff
from tests.journeys.test_main_job import browser, fill, heading, mailed_code
from tests.running import Site, awaited

PASSWORD = "a-long-enough-password"
HEAD = ["E-mail", "Organisation", "Kind", "Region", "Contact name"]
SUBJECT = "Your organisation is invited"
BAD = {7: ("Kind", "Martian"), 19: ("E-mail", "nobody"), 33: ("E-mail", "contact1@works1.example")}


def contact(n: int) -> str:
    return f"contact{n}@works{n}.example"


def listed(*, good: bool) -> bytes:
    """Return a list of 50 organisations and contacts, three rows of it bad unless put right."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";")
    writer.writerow(HEAD)
    for n in range(1, 51):
        row = [contact(n), f"Works {n}", "company", "North East", f"Contact {n}"]
        if n in BAD and not good:
            column, said = BAD[n]
            row[HEAD.index(column)] = said
        writer.writerow(row)
    return target.getvalue().encode("utf-8-sig")


@pytest.mark.exhaustive
def test_fifty_invitations(site: Site) -> None:
    call_command("load_reference_data")
    consultation = make_consultation(
        "steel", title="Steel", visibility=Consultation.Visibility.INVITED, recommendations=2
    )
    officer = enter(site, consultation)
    upload(site, officer, consultation)
    arrive(site)
    shut_to_others(site, consultation)
    answered, begun, opened = (come(site, n) for n in (1, 2, 3))
    answer(answered, for_good=True)
    answer(begun, for_good=False)
    assert heading(opened) == "Works 3 is invited to answer"
    say_no(site)
    follow(site, officer, consultation)

    assert ledger.verify(consultation.pk) == []
    acts = LedgerEntry.objects.filter(act__startswith="invitation")
    assert list(acts.order_by("sequence").values_list("act", flat=True)) == [
        *("invitations_sent", "invitations_reminded")
    ]
    waiting = Message.objects.exclude(state="sent")
    awaited(lambda: None if waiting.exists() else True, "the end of the outbox")


def enter(site: Site, consultation: Consultation) -> mechanicalsoup.StatefulBrowser:
    """Log the officer in at the admin's door."""
    officer = make_staff(consultation, "officer", "officer@example.org")
    officer.set_password(PASSWORD)
    officer.save()
    EmailAddress.objects.create(user=officer, email=officer.email, verified=True, primary=True)
    page = browser(site, "/admin/")
    selector = 'form:has(input[name="password"])'
    fill(page, selector, login="officer@example.org", password=PASSWORD)
    return page


def upload(site: Site, page: Any, consultation: Consultation) -> None:
    """Try the list with bad rows, then the one put right; send that twice."""
    path = reverse("admin:consultations_consultation_invite", args=[consultation.pk])
    tried = try_file(site, page, path, listed(good=False))
    for said in ("47 contacts would be invited", "3 rows are bad.", "“Martian” is unknown."):
        assert said in tried
    assert Invitation.objects.count() == 0
    assert "50 contacts would be invited" in try_file(site, page, path, listed(good=True))
    confirm(page)
    assert "50 invitations are on their way. 50 organisations were added." in text(page)
    again = try_file(site, page, path, listed(good=True))
    assert "50 are invited already, and are left alone." in again
    assert "There is nobody to invite in this file." in again
    assert (Invitation.objects.count(), Organisation.objects.count()) == (50, 50)


def try_file(site: Site, page: Any, path: str, content: bytes) -> str:
    """Send a file by the page's own form; return what the next page says."""
    page.open(site.url + path)
    page.select_form("#content form")
    file = io.BytesIO(content)
    file.name = "list.csv"
    page["file"] = file
    page.submit_selected()
    return text(page)


def confirm(page: Any) -> None:
    page.select_form("#content form")
    page.submit_selected()


def text(page: Any) -> str:
    """Return the words of a page, on one line."""
    return " ".join(page.page.get_text(" ", strip=True).split())


def arrive(site: Site) -> None:
    """Wait until each contact has one mail, with a link of their own."""
    site.mail(contact(50), SUBJECT)
    sent = Message.objects.filter(dedupe_key__startswith="invitation:", state="sent")
    awaited(lambda: True if sent.count() == 50 else None, "50 invitations")
    mails = [mail for mail in site.sink.mails if SUBJECT in str(mail.parsed["Subject"])]
    assert sorted(mail.recipient for mail in mails) == sorted(contact(n) for n in range(1, 51))
    assert len({link(mail.parsed) for mail in mails}) == 50


def link(mail: Any) -> str:
    """Return the address of the invitation in a mail's two parts, which name the same."""
    parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    found = [
        set(re.findall(r"http://[^\s\"<]+/invitation/[\w-]{22}/(?=[\s\"])", part)) for part in parts
    ]
    assert found[0] == found[1]
    (only,) = found[0]
    return str(only)


def shut_to_others(site: Site, consultation: Consultation) -> None:
    """The consultation does not exist for the public, nor for whoever has only the link."""
    pages = [f"{site.url}/consultations/steel/", f"{site.url}/consultations/steel/digests/"]
    assert [requests.get(page, timeout=10).status_code for page in pages] == [404, 404]
    assert consultation.title not in requests.get(site.url, timeout=10).text
    public = requests.get(link(site.mail(contact(1), SUBJECT).parsed), timeout=10)
    assert (public.status_code, "What we ask, and why." in public.text) == (200, False)
    assert not Invitation.objects.filter(opened_at__isnull=False).exists()


def come(site: Site, n: int) -> mechanicalsoup.StatefulBrowser:
    """Follow the link in a mail, sign up by a code, and come back to the invitation."""
    address = link(site.mail(contact(n), SUBJECT).parsed)
    page = browser(site, address.removeprefix(site.url))
    fill(page, "main form")
    assert heading(page) == "Log in"
    page.follow_link(url_regex="signup")
    fill(page, 'form[action*="signup"]', email=contact(n))
    fill(page, 'form[action*="confirm-email"]', code=mailed_code(site, contact(n), "confirm"))
    if heading(page) != f"Works {n} is invited to answer":
        raise AssertionError(f"{page.url}: {heading(page)}")
    return page


def answer(page: mechanicalsoup.StatefulBrowser, *, for_good: bool) -> None:
    """Answer for the organisation, whose name was never typed; send it, or only save it."""
    fill(page, "main form")
    assert "A moderator checks this before anything is published" in text(page)
    page.follow_link(url_regex="recommendations/1/")
    page.select_form('form[action$="/comment/"]')
    page["stance"], page["permission"], page["text"] = "support", "named", "So say we."
    buttons = page.page.select('form[action$="/comment/"] button')
    send = next(each for each in buttons if ("draft" in str(each)) != for_good)
    if send.get("formaction"):
        page.form.form["action"] = send["formaction"]
    page.submit_selected(send)


def say_no(site: Site) -> None:
    address = link(site.mail(contact(4), SUBJECT).parsed)
    page = browser(site, f"{address.removeprefix(site.url)}decline/")
    fill(page, "main form")
    assert heading(page) == "Your no is noted"


def follow(site: Site, page: Any, consultation: Consultation) -> None:
    """The list shows who has come how far; one reminder goes to whoever has not answered."""
    assert invitations.counts(consultation) == {
        "submitted": 1,
        "drafting": 1,
        "opened": 1,
        "declined": 1,
        "invited": 46,
    }
    path = reverse("admin:consultations_consultation_invitations", args=[consultation.pk])
    for said in ("48 reminders are on their way.", "Not reminded: 48."):
        page.open(site.url + path)
        confirm(page)
        assert said in text(page)
    sent = Message.objects.filter(dedupe_key__startswith="invitation-reminder:", state="sent")
    awaited(lambda: True if sent.count() == 48 else None, "48 reminders")
    reminded = set(sent.values_list("to", flat=True))
    assert {contact(1), contact(4)} & reminded == set()
    membership = Membership.objects.get(user=User.objects.get(email=contact(1)))
    assert (membership.claim, membership.organisation.name) == ("pending", "Works 1")
    case = Case.objects.waiting().get(membership=membership)
    page.open(site.url + reverse("admin:consultations_case_change", args=[case.pk]))
    assert "invited this address for this organisation" in text(page)
