"""Every public page and state, at 320 and 1280 px: axe, the policy, the width, the title."""

import pytest
from django.utils import timezone

from consultations import publishing
from consultations.exchange import sharing
from consultations.models import Consultation, Subscription, database_now
from consultations.results import keep
from tests.browser.eyes import Eyes
from tests.browser.scene import DAY, WORDS, close, correct, crowd, make_editions, make_open
from tests.factories import make_consultation, make_subscription, make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def test_front_page_and_consultations_are_sound(eyes: Eyes) -> None:
    eyes.go("/", name="home empty")
    consultation, now = make_open(), timezone.now()
    correct(consultation)
    crowd(consultation.recommendations.get(number=1), 7)
    make_open("later", opens_at=now + DAY, closes_at=now + 9 * DAY)
    make_open("over", opens_at=now - 9 * DAY, closes_at=now - DAY)
    silent = Consultation.AnswersShown.AFTER_CLOSE
    make_open("silent", opens_at=now - DAY, closes_at=now + DAY, answers_shown=silent)
    draft = make_consultation("draft", state=Consultation.State.DRAFT)

    eyes.go("/", name="home full")
    for slug in ("report", "later", "over", "silent"):
        eyes.go(f"/consultations/{slug}/")
    eyes.go(f"/preview/{draft.preview_token}/", name="preview")

    assert eyes.report() == ""
    assert len(eyes.seen) == 7


def test_recommendation_is_sound_empty_full_and_closed(eyes: Eyes) -> None:
    consultation, now = make_open(), timezone.now()
    many = crowd(consultation.recommendations.get(number=1))
    make_open("later", opens_at=now + DAY, closes_at=now + 9 * DAY)
    silent = Consultation.AnswersShown.AFTER_CLOSE
    make_open("silent", opens_at=now - DAY, closes_at=now + DAY, answers_shown=silent)
    page = "/consultations/report/recommendations/1/"

    eyes.go("/consultations/report/recommendations/2/", name="recommendation empty")
    eyes.go(page, name="recommendation full")
    eyes.page.get_by_role("link", name="Older comments").click()
    eyes.page.get_by_role("link", name="Back to the newest").wait_for()
    eyes.look("recommendation older")
    eyes.page.get_by_text("What has changed since publication").click()
    eyes.look("recommendation unfolded")
    eyes.go(f"{page}comments/{many[-1].reference}/", name="permalink of organisation")
    eyes.go(f"{page}comments/{many[1].reference}/", name="permalink without name")
    eyes.go("/consultations/later/recommendations/1/", name="recommendation upcoming")
    eyes.go("/consultations/silent/recommendations/1/", name="recommendation silent")
    close(consultation)
    eyes.go(page, name="recommendation closed")

    assert eyes.report() == ""
    assert len(eyes.seen) == 9


def test_corrected_words_are_sound_where_they_stand_and_where_they_stood(eyes: Eyes) -> None:
    consultation = make_open()
    crowd(consultation.recommendations.get(number=1), size=2)
    words = publishing.Words(1, "Proposal 1", f"Do **that**.\n\n{WORDS}", "")
    given = {"reason": "A slip.", "by": None, "at": timezone.now()}
    publishing.save(
        consultation=consultation, fields={"owner": "The Board"}, words=[words], **given
    )

    eyes.go("/consultations/report/recommendations/1/", name="recommendation corrected")
    eyes.page.get_by_role("link", name="Written before correction 1").first.click()
    eyes.page.get_by_text("recommendation 1, its text").click()
    eyes.look("correction unfolded")

    assert eyes.report() == ""
    assert len(eyes.seen) == 2


def test_digests_are_sound(eyes: Eyes) -> None:
    make_open("new")
    first, second = make_editions()
    path = f"/consultations/{first.consultation.slug}/digests/"

    eyes.go("/consultations/new/digests/", name="digests none yet")
    eyes.go(path, name="digests")
    for edition in (first, second):
        eyes.go(f"{path}{edition.number}/", name=f"edition {edition.number}")

    assert eyes.report() == ""
    assert len(eyes.seen) == 4


def test_results_are_sound_before_and_after_they_are_counted(eyes: Eyes) -> None:
    consultation = make_open()
    crowd(consultation.recommendations.get(number=1), 7)
    eyes.go("/consultations/report/results/", name="results not counted")
    keep.refresh(database_now() + DAY)

    eyes.go("/consultations/report/results/", name="results")
    for folded in eyes.page.locator("main details summary").all():
        folded.click()
    eyes.look("results unfolded")
    eyes.go("/consultations/report/results/card/", name="card of results")
    eyes.go("/consultations/report/download/", name="files before their workbook")
    sharing.refresh(database_now() + DAY)
    eyes.go("/consultations/report/download/", name="files")

    assert eyes.report() == ""
    assert len(eyes.seen) == 6


def test_digest_settings_and_unsubscribing_are_sound(eyes: Eyes) -> None:
    consultation, reader = make_open(), make_user()
    eyes.enter(reader)
    settings = f"/consultations/{consultation.slug}/digests/settings/"
    save = eyes.page.get_by_role("button", name="Save my choice")

    eyes.go(settings, name="settings")
    save.click()
    eyes.page.get_by_text("There is a problem").wait_for()
    eyes.look("settings with error")
    eyes.page.get_by_label("Yes: every digest").check()
    save.click()
    eyes.page.get_by_text("Your choice is saved.").wait_for()
    eyes.look("settings saved")

    eyes.page.context.clear_cookies()
    leave = f"/u/{Subscription.objects.get().token}"
    eyes.go(leave, name="unsubscribe")
    for button, said in (
        ("Less often: milestones only", "You will get milestones only"),
        ("Stop these e-mails", "You will get no more of these e-mails"),
    ):
        eyes.page.goto(leave)
        eyes.page.get_by_role("button", name=button).click()
        eyes.page.get_by_role("heading", name=said).wait_for()
        eyes.look(said)
        eyes.go(leave, name=f"unsubscribe after {button}")

    assert eyes.report() == ""
    assert len(eyes.seen) == 8


def test_pages_about_the_site_are_sound(eyes: Eyes) -> None:
    make_open(other_ways="Write to us, or ring [0800 0](tel:08000) until six o’clock.")
    for path in (
        "/accessibility/",
        "/privacy/",
        "/formats/",
        "/contact/",
        "/data/",
        "/data/columns/",
    ):
        eyes.go(path)
    assert eyes.report() == ""
    assert len(eyes.seen) == 6


def test_eyes_see_what_is_wrong(eyes: Eyes) -> None:
    """The tests of this folder would be worth nothing if their eyes were shut."""
    make_subscription()
    eyes.page.goto("/contact/")
    eyes.page.evaluate(
        """() => {
            document.documentElement.lang = "";
            document.title = "Error: this is none";
            document.body.insertAdjacentHTML("beforeend",
                '<img src="data:,"><div class="wide">' + "w".repeat(500) + "</div>");
            document.querySelector(".wide").style.whiteSpace = "nowrap";
            document.querySelector(".wide").style.overflowWrap = "normal";
            document.body.insertAdjacentHTML("beforeend", '<p style="color: red">Red</p>');
            console.error("a fault of the page");
        }"""
    )
    eyes.look("broken")
    found = eyes.report()
    for fault in ("image-alt", "px wide", "is in English", "Error:", "a fault of", "style-src"):
        assert fault in found, fault
