"""Documents in a browser: listed, added, sent, decided; with scripts, without, and by keyboard."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Page, expect

from consultations import documents
from consultations.models import Case, Consultation, Document
from tests import samples
from tests.browser.chrome import PATIENCE
from tests.browser.eyes import Eyes
from tests.browser.scene import LONG, WORDS, make_open
from tests.factories import (
    make_comment,
    make_document,
    make_evidence,
    make_membership,
    make_organisation,
    make_reason,
    make_response,
    make_staff,
    make_user,
)
from tests.participation.scene import recommendation_of, save

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]
FRONT = "/consultations/report/"
MINE = f"{FRONT}response/document/"
SURVEY: FilePayload = {"name": "survey.pdf", "mimeType": "", "buffer": samples.PDF}


def fill(consultation: Consultation) -> None:
    """Give a consultation documents of every sort, with long words."""
    first = recommendation_of(consultation)
    make_document(consultation, title="The report as it was published")
    make_document(
        consultation, title=f"Firms by place: {LONG}", content=samples.xlsx(), name="firms.xlsx"
    )
    wrong = make_document(
        consultation,
        title="Investment by region",
        recommendation=first,
        content=samples.CSV,
        name="investment.csv",
    )
    by, at = make_user(), timezone.now() - timedelta(hours=1)
    documents.withdraw(document=wrong, why="Two columns were exchanged.", by=by, at=at)
    make_document(
        consultation,
        title="Investment by region, put right",
        recommendation=first,
        content=samples.CSV,
        name="investment.csv",
    )
    council = make_organisation("Aldermoor Borough Council")
    member = make_membership(organisation=council, claim="confirmed")
    response = make_response(consultation, member.user, membership=member, organisation=council)
    make_comment(first, response, state="published")
    make_evidence(response, title="What our suppliers told us in ninety interviews")
    for n in range(6):
        nameless = make_response(consultation, permission="unnamed")
        make_evidence(nameless, title=f"Figures {n} {LONG}", permission="unnamed")


def press(page: Page, button: str, heading: str) -> None:
    """Press a button or a link, and wait for the page that comes."""
    page.get_by_role("button", name=button).or_(page.get_by_role("link", name=button)).first.click()
    page.get_by_role("heading", name=heading).first.wait_for()


def test_documents_are_sound_wherever_they_are_listed(eyes: Eyes) -> None:
    consultation = make_open()
    fill(consultation)
    council = consultation.responses.get(for_organisation=True).organisation
    assert council is not None

    eyes.go(FRONT, name="consultation with documents")
    eyes.go(f"{FRONT}print/", name="print with documents")
    eyes.go(f"{FRONT}recommendations/1/", name="recommendation with documents")
    eyes.go(f"{FRONT}documents/", name="evidence sent by respondents")
    eyes.go(f"{FRONT}organisations/{council.reference}/", name="organisation with evidence")
    with eyes.page.expect_download() as download:
        eyes.page.get_by_role("link", name="What our suppliers told us").click()

    assert eyes.report() == ""
    assert download.value.suggested_filename == "evidence.pdf"


def test_document_goes_from_its_choice_to_the_public_and_back(eyes: Eyes) -> None:
    consultation, employer = make_open(recommendations=2), make_user()
    save(employer, recommendation_of(consultation), text=WORDS)
    eyes.enter(employer)

    eyes.go(f"{FRONT}response/", name="task list without a document")
    press(eyes.page, "Add a document", "A document with my response")
    eyes.look("add a document")
    press(eyes.page, "Save this document", "There is a problem")
    eyes.look("add a document, errors")
    eyes.page.get_by_label("What is it?").fill(f"Survey of {LONG}")
    eyes.page.get_by_label("File", exact=True).set_input_files(SURVEY)
    eyes.page.get_by_label("Publish with my name").check()
    press(eyes.page, "Save this document", "What you added")
    eyes.look("document saved")
    eyes.go(f"{FRONT}response/check/", name="check with a document")
    press(eyes.page, "Send my response", "We have your response")
    eyes.go(f"{FRONT}response/print/", name="copy with a document")
    eyes.go(f"{FRONT}response/", name="task list with a document")
    eyes.go(MINE, name="document sent")
    press(eyes.page, "Take back", "Take back “Survey of")
    eyes.look("take a document back")
    press(eyes.page, "Take it back", "A document with my response")
    eyes.look("document taken back")

    assert eyes.report() == ""
    assert Document.objects.get().state == "withdrawn"


def test_document_in_every_state_is_sound(eyes: Eyes) -> None:
    consultation, employer = make_open(), make_user()
    response = make_response(consultation, employer)
    for state in Document.State.values:
        make_evidence(response, state, title=f"Figures of {LONG}")
    Document.objects.filter(state__in=["rejected", "hidden"]).update(reason=make_reason())
    eyes.enter(employer)

    eyes.go(MINE, name="documents in every state")
    Consultation.objects.update(closes_at=timezone.now())
    eyes.go(MINE, name="documents after the close")

    assert eyes.report() == ""


def test_file_of_eleven_megabytes_is_refused_beside_its_field(eyes: Eyes) -> None:
    make_open()
    eyes.enter(make_user())
    eyes.page.goto(MINE)

    eyes.page.get_by_label("What is it?").fill("A long survey")
    large: Any = {**SURVEY, "buffer": samples.pdf(11 * 1024 * 1024)}
    eyes.page.get_by_label("File", exact=True).set_input_files(large)
    eyes.page.get_by_label("Publish with my name").check()
    press(eyes.page, "Save this document", "There is a problem")
    eyes.look("too large a document")
    eyes.page.get_by_role("link", name="This file has 11 MB").click()

    expect(eyes.page.get_by_label("File", exact=True)).to_be_focused()
    expect(eyes.page.get_by_label("What is it?")).to_have_value("A long survey")
    expect(eyes.page.get_by_label("Publish with my name")).to_be_checked()
    assert eyes.report() == ""


@pytest.fixture
def plain(browser: Browser, live_server: Any) -> Iterator[Eyes]:
    """Open a page in which no script runs."""
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as opened:
        opened.set_default_timeout(PATIENCE)
        yield Eyes(opened.new_page())


def test_document_is_added_sent_and_published_without_javascript(
    plain: Eyes, browser: Browser, live_server: Any
) -> None:
    consultation, employer = make_open(), make_user()
    make_comment(recommendation_of(consultation), make_response(consultation, employer))
    plain.enter(employer)
    page = plain.page

    page.goto(MINE)
    page.get_by_label("What is it?").fill("Survey of our members")
    page.get_by_label("File", exact=True).set_input_files(SURVEY)
    page.get_by_label("Publish with my name").check()
    press(page, "Save this document", "What you added")
    page.get_by_role("button", name="Send this document").click()
    page.get_by_text("Waits for a moderator").wait_for()
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as office:
        theirs = Eyes(office.new_page())
        theirs.enter(make_staff(consultation))
        theirs.page.goto(f"/admin/consultations/case/{Case.objects.get().pk}/change/")
        theirs.page.get_by_text("was not scanned for viruses").wait_for()
        theirs.page.get_by_role("button", name="Publish").click()
        theirs.page.get_by_text("Published.").wait_for()

    page.goto(FRONT)
    page.get_by_role("heading", name="Evidence sent by respondents").wait_for()
    expect(page.get_by_role("link", name="Survey of our members")).to_be_visible()
    expect(page.get_by_text(employer.name)).to_be_visible()


def test_document_is_added_by_keyboard_alone(eyes: Eyes) -> None:
    make_open()
    eyes.enter(make_user())
    # listened for from the start: a key pressed while it is set up would open a dialog of its own
    eyes.page.on("filechooser", lambda chooser: chooser.set_files(SURVEY))
    eyes.page.goto(MINE)
    eyes.page.get_by_label("What is it?").focus()

    eyes.page.keyboard.type("Survey")
    eyes.page.keyboard.press("Tab")
    file = eyes.page.get_by_label("File", exact=True)
    expect(file).to_be_focused()
    eyes.page.keyboard.press("Enter")
    expect(file).not_to_have_value("")
    eyes.page.keyboard.press("Tab")
    eyes.page.keyboard.press("Space")
    eyes.page.keyboard.press("Tab")
    eyes.page.keyboard.press("Enter")
    eyes.page.get_by_role("heading", name="What you added").wait_for()

    assert Document.objects.get().permission == "named"
