"""Appeals in Chromium: each page and state at both widths, and one by keyboard alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from consultations.digests import build
from consultations.models import Appeal, Case, Comment, Decision, User
from consultations.moderation import appeals, decide
from consultations.moderation.appeals import Ruling
from tests.browser.eyes import Eyes
from tests.browser.scene import DAY, LONG, WORDS, make_open
from tests.factories import (
    make_appeal,
    make_case,
    make_comment,
    make_membership,
    make_reason,
    make_rejection,
    make_response,
    make_staff,
    make_user,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.exhaustive,
    pytest.mark.django_db(transaction=True),
]


def refused(recommendations: int = 4) -> tuple[User, list[Decision], User]:
    """Reject the comments of one person; return them, the decisions and who decided."""
    person, consultation = make_user(), make_open(recommendations=recommendations)
    response, by = make_response(consultation, person), make_staff(consultation)
    rows = consultation.recommendations.order_by("number")
    return person, [make_rejection(make_comment(row, response, text=WORDS), by) for row in rows], by


def rule(decision: Decision, by: User, *, upheld: bool) -> Case:
    case = make_appeal(decision, words=WORDS)
    ruling = Ruling(upheld=upheld, answer=f"We read it again.\n\n{WORDS}", by=by, at=timezone.now())
    appeals.rule(case=case, ruling=ruling)
    return case


def page_of(name: str, decision: Decision) -> str:
    return reverse(f"appeals.{name}", args=[decision.case.consultation.slug, decision.pk])


def test_pages_of_an_appeal_are_sound_in_every_state(eyes: Eyes) -> None:
    person, decisions, by = refused()
    eyes.enter(person)

    eyes.go(page_of("make", decisions[0]), name="appeal form")
    eyes.page.get_by_role("button", name="Send my appeal").click()
    eyes.page.locator(".summary").wait_for()
    eyes.look("appeal without words")
    make_appeal(decisions[0], words=WORDS)
    rule(decisions[1], by, upheld=False)
    rule(decisions[2], make_staff(decisions[2].case.consultation), upheld=True)
    for number, state in enumerate(("waiting", "not independent", "upheld")):
        eyes.go(page_of("show", decisions[number]), name=f"appeal {state}")
    Appeal.objects.overtake(decisions[0].case.comment, timezone.now())
    eyes.go(page_of("show", decisions[0]), name="appeal void")
    eyes.go(reverse("responses.mine", args=["report"]), name="my response with appeals")
    claim = make_membership(person, None, "refused", refusal=WORDS)
    make_case(membership=claim, consultation=decisions[0].case.consultation)
    eyes.go(reverse("claims.appeal", args=[claim.pk]), name="appeal against a refused claim")

    assert eyes.report() == ""
    assert len(eyes.seen) == 8


def test_page_of_moderation_is_sound_empty_and_full(eyes: Eyes) -> None:
    consultation = make_open()
    eyes.go("/consultations/report/moderation/", name="moderation empty")
    by, recommendation = make_staff(consultation), consultation.recommendations.get(number=1)
    reason = make_reason("long", name=f"{LONG} and more", text=WORDS)
    for number in range(6):
        comment = make_comment(recommendation, make_response(consultation))
        decided: Any = {"case": make_case(comment), "version_number": 1, "note": "", "by": by}
        decided["reason"] = reason if number else make_reason()
        decision = decide.reject(at=timezone.now() + timedelta(hours=5), **decided)
    rule(decision, by, upheld=False)

    eyes.go("/consultations/report/moderation/", name="moderation full")

    assert eyes.report() == ""


def test_edition_that_tells_of_moderation_is_sound(eyes: Eyes) -> None:
    consultation = make_open("told", recommendations=1, cadence="daily")
    by, recommendation = make_staff(consultation), consultation.recommendations.get()
    before = timezone.now() - 3 * DAY
    for state in (Comment.State.PUBLISHED, Comment.State.SUBMITTED):
        for _n in range(5):
            response = make_response(consultation)
            comment = make_comment(recommendation, response, state=state, text=WORDS, at=before)
            if state == Comment.State.SUBMITTED:
                make_rejection(comment, by, at=before)
    build.make_due(timezone.now())

    eyes.go("/consultations/told/digests/1/", name="edition with moderation")

    assert "Moderators made 5 decisions" in eyes.page.content()
    assert eyes.report() == ""


def test_admin_pages_of_appeals_and_figures_are_sound(eyes: Eyes) -> None:
    _person, decisions, by = refused(3)
    consultation = decisions[0].case.consultation
    alone = make_appeal(decisions[0], words=WORDS)
    case_page = reverse("admin:consultations_case_change", args=[alone.pk])

    eyes.enter(by)
    eyes.go(case_page, name="appeal admin not independent")
    other = make_staff(consultation)
    eyes.go(case_page, name="appeal admin for another")
    decided = rule(decisions[1], other, upheld=True)
    eyes.enter(other)
    eyes.go(case_page, name="appeal admin")
    eyes.page.get_by_role("button", name="Dismiss: the decision stands").click()
    eyes.page.locator(".wrong").wait_for()
    sound = eyes.wrong.copy()
    eyes.go(
        reverse("admin:consultations_case_change", args=[decided.pk]), name="appeal admin decided"
    )
    eyes.go(reverse("admin:consultations_case_changelist"), name="queue with appeals")
    eyes.go(
        reverse("admin:consultations_consultation_figures", args=[consultation.pk]),
        name="figures admin",
    )

    assert sound == []
    assert eyes.report() == ""


def press_to(page: Page, button: str) -> None:
    """Move by the keyboard alone to a button, and press it."""
    wanted = page.get_by_role("button", name=button, exact=True)
    for _n in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Page, label: str, words: str) -> None:
    """Move by the keyboard alone to a field, and write."""
    wanted = page.get_by_label(label)
    for _n in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(words)


def test_appeal_is_made_and_upheld_by_keyboard(eyes: Eyes) -> None:
    person, [decision], _by = refused(1)
    moderator, page = make_staff(decision.case.consultation), eyes.page

    eyes.enter(person)
    page.goto(page_of("make", decision))
    type_into(page, "Why is our decision wrong?", "It insults nobody.")
    press_to(page, "Send my appeal")
    page.get_by_role("heading", name="We have your appeal").wait_for()
    eyes.enter(moderator)
    case = Case.objects.waiting().get()
    page.goto(reverse("admin:consultations_case_change", args=[case.pk]))
    type_into(page, "What the author is told", "You are right.")
    page.locator("#review-heading").focus()
    page.wait_for_timeout(500)  # a key struck at once is meant for the page before
    with page.expect_navigation():
        page.keyboard.press("y")

    page.get_by_text("Appeal upheld and published").wait_for()
    assert Comment.objects.get().state == Comment.State.PUBLISHED
    eyes.enter(person)
    page.goto(page_of("show", decision))
    assert page.get_by_text("You are right.").count() == 1
