"""Leaving by a link: GET changes nothing, one POST without cookie or token is enough (RFC 8058)."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from consultations.mail import outbox
from consultations.mail import unsubscribe as leaving
from consultations.mail.delivery import Report, drain
from consultations.mail.letter import Letter, Paragraph
from consultations.models import Message, Subscription
from tests.factories import make_subscription, make_user
from tests.mail.sink import Sink

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def subscription() -> Subscription:
    return make_subscription()


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def choice_of(subscription: Subscription) -> str:
    subscription.refresh_from_db()
    return subscription.choice


def address(subscription: Subscription) -> str:
    return f"/u/{subscription.token}"


def test_get_changes_nothing_and_offers_both(browser: Client, subscription: Subscription) -> None:
    response = browser.get(address(subscription))
    page = response.content.decode()
    assert (response.status_code, choice_of(subscription)) == (200, "every")
    assert subscription.consultation.title in page
    assert ("Stop these e-mails" in page, "Less often: milestones only" in page) == (True, True)
    assert subscription.user.email not in page
    assert "no-store" in response["Cache-Control"]


def test_head_changes_nothing(browser: Client, subscription: Subscription) -> None:
    assert browser.head(address(subscription)).status_code == 200
    assert choice_of(subscription) == "every"


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_one_click_needs_no_cookie_and_sets_none(
    browser: Client, subscription: Subscription, kind: str
) -> None:
    if kind == "multipart":
        response = browser.post(address(subscription), ONE_CLICK)
    else:
        response = browser.post(
            address(subscription),
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
    assert (response.status_code, len(response.cookies)) == (200, 0)
    assert choice_of(subscription) == "nothing"


def test_one_click_twice_changes_nothing_more(browser: Client, subscription: Subscription) -> None:
    browser.post(address(subscription), ONE_CLICK)
    subscription.refresh_from_db()
    first = subscription.chosen_at
    assert browser.post(address(subscription), ONE_CLICK).status_code == 200
    assert (choice_of(subscription), subscription.chosen_at) == ("nothing", first)


def test_one_click_while_somebody_else_is_logged_in(
    browser: Client, subscription: Subscription
) -> None:
    stranger = make_subscription(make_user(), subscription.consultation)
    browser.force_login(stranger.user)
    response = browser.post(address(subscription), ONE_CLICK)
    assert (response.status_code, len(response.cookies)) == (200, 0)
    assert [choice_of(subscription), choice_of(stranger)] == ["nothing", "every"]


def test_token_with_any_character_changed_does_nothing(
    browser: Client, subscription: Subscription
) -> None:
    token = subscription.token
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        wrong = f"/u/{token[:place]}{other}{token[place + 1 :]}"
        assert browser.post(wrong, ONE_CLICK).status_code == 404
    assert choice_of(subscription) == "every"


@pytest.mark.parametrize("wrong", ["x", "%00" * 22, "%F0%9F%92%A9" * 22, "a" * 500, "'" * 22])
def test_token_that_is_none_is_not_found(browser: Client, wrong: str) -> None:
    assert [browser.get(f"/u/{wrong}").status_code, browser.post(f"/u/{wrong}").status_code] == [
        404,
        404,
    ]


@pytest.mark.parametrize("choice", ["nothing", "milestones"])
def test_button_does_what_it_says(browser: Client, subscription: Subscription, choice: str) -> None:
    response = browser.post(address(subscription), {"choice": choice, "seen": subscription.stamp})
    assert (response.status_code, choice_of(subscription)) == (200, choice)
    assert subscription.consultation.title in response.content.decode()


def test_less_often_from_a_page_that_shows_an_earlier_choice_changes_nothing(
    browser: Client, subscription: Subscription
) -> None:
    shown = subscription.stamp
    browser.post(address(subscription), ONE_CLICK)

    response = browser.post(address(subscription), {"choice": "milestones", "seen": shown})

    assert (response.status_code, choice_of(subscription)) == (409, "nothing")
    assert "Something else was chosen since" in response.content.decode()
    again = {"choice": "milestones", "seen": subscription.stamp}
    assert browser.post(address(subscription), again).status_code == 200
    assert choice_of(subscription) == "milestones"


def test_stopping_is_obeyed_from_any_page(browser: Client, subscription: Subscription) -> None:
    response = browser.post(address(subscription), {"choice": "nothing", "seen": "of yesterday"})
    assert (response.status_code, choice_of(subscription)) == (200, "nothing")


def test_after_a_complaint_the_link_alone_starts_nothing(
    browser: Client, subscription: Subscription
) -> None:
    user = subscription.user
    leaving.complained(user_id=user.pk, consultation_id=None, at=timezone.now())
    subscription.refresh_from_db()
    data = {"choice": "milestones", "seen": subscription.stamp}

    response = browser.post(address(subscription), data)

    assert (response.status_code, choice_of(subscription)) == (409, "nothing")
    page = browser.get(address(subscription)).content.decode()
    assert ("log in and choose" in page, "Send me milestones only" in page) == (True, False)


@pytest.mark.parametrize("data", [{}, {"choice": "every"}, {"List-Unsubscribe": "yes"}])
def test_post_of_anything_else_changes_nothing(
    browser: Client, subscription: Subscription, data: dict[str, str]
) -> None:
    assert browser.post(address(subscription), data).status_code == 400
    assert choice_of(subscription) == "every"


@pytest.mark.django_db(transaction=True)
def test_one_click_reaches_mail_that_is_already_queued(browser: Client, sink: Sink) -> None:
    subscription = make_subscription()
    reader: Any = subscription.user
    with transaction.atomic():
        outbox.queue(
            stream=Message.Stream.DIGEST,
            key="milestone",
            to=reader.email,
            letter=Letter("Hello", (Paragraph("Hello."),)),
            at=timezone.now(),
            user=reader,
            consultation=subscription.consultation,
        )
    browser.post(address(subscription), ONE_CLICK)
    report = drain(streams=[Message.Stream.DIGEST], limit=9, at_clock=timezone.now)
    assert (report, sink.mails) == (Report(suppressed=1), [])
