"""Campaigns in the admin: what differs, split, join, name, and deciding on all that wait."""

from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import ledger
from consultations.models import Campaign, Case, Comment, Consultation, LedgerEntry, Likeness
from consultations.moderation import turns
from tests.admin.scene import listed, page_of
from tests.factories import log_in, make_consultation, make_reason, make_staff
from tests.screening.scene import EDITED, LETTER, OTHER, WITH_OWN, campaign_of, likeness, send

pytestmark = pytest.mark.django_db


def scene(*texts: str) -> tuple[Consultation, list[Comment], Client]:
    """Return a consultation with these comments, and a moderator's browser."""
    consultation = make_consultation()
    sent = [send(consultation, text) for text in texts]
    return consultation, sent, log_in(make_staff(consultation))


def decide_page(campaign: Campaign) -> str:
    return reverse("admin:consultations_campaign_decide", args=[campaign.pk])


def test_queue_and_review_say_how_many_are_like_this_and_what_was_found() -> None:
    text = f"{LETTER} Ring 020 7946 0958."
    _consultation, sent, browser = scene(LETTER, text, WITH_OWN, OTHER)
    campaign = Campaign.objects.get()
    case = Case.objects.get(comment=sent[1])

    queue = browser.get(listed("case")).content.decode()
    review = browser.get(page_of(case)).content.decode()
    alone = browser.get(page_of(Case.objects.get(comment=sent[3]))).content.decode()

    for page in (queue, review):
        assert f'href="{page_of(campaign)}"' in page
        assert "3 like this, 1 of them with something of their own" in page
        assert "Likely a telephone number." in page
    assert "like this" not in alone


def test_queue_costs_the_same_with_one_campaign_and_with_three() -> None:
    consultation, _sent, browser = scene(LETTER, LETTER)
    costs = []
    for more in ((), (OTHER, OTHER, EDITED, f"{OTHER} Ring 020 7946 0958.")):
        for text in more:
            send(consultation, text, number=2)
        with CaptureQueriesContext(connection) as queries:
            browser.get(listed("case"))
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_page_shows_what_differs_and_that_heavier_rewording_is_not_found() -> None:
    _consultation, sent, browser = scene(LETTER, LETTER, EDITED, WITH_OWN)

    page = browser.get(page_of(Campaign.objects.get())).content.decode()

    assert "4 like this, 1 of them with something of their own" in page
    assert "A heavier rewording is not found." in page
    assert "2 comments say exactly the commonest text" in page
    assert "our" in page.split("<ins>", 1)[1]
    assert page_of(Case.objects.get(comment=sent[3])) in page


def test_page_costs_the_same_for_two_texts_and_for_four() -> None:
    consultation, _sent, browser = scene(LETTER, EDITED)
    costs = []
    for more in ((), (WITH_OWN, f"{LETTER} A. Person")):
        for text in more:
            send(consultation, text)
        with CaptureQueriesContext(connection) as queries:
            browser.get(page_of(Campaign.objects.get()))
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 12


@pytest.mark.parametrize("act", ["apart", "together"])
def test_split_holds_for_good(act: str) -> None:
    consultation, sent, browser = scene(LETTER, LETTER, WITH_OWN, WITH_OWN)
    campaign = Campaign.objects.get()

    browser.post(page_of(campaign), {"act": act, "text": likeness(sent[2]).exact})
    again = send(consultation, WITH_OWN)
    more = send(consultation, LETTER)

    campaign.refresh_from_db()
    made = campaign_of(sent[2])
    assert (campaign.size, campaign.own, campaign_of(more)) == (3, 0, campaign)
    assert likeness(sent[2]).joined == Likeness.Joined.SPLIT
    assert (made is None) == (act == "apart")
    assert campaign_of(sent[3]) == campaign_of(again) == made
    entries = LedgerEntry.objects.filter(consultation=consultation, act="campaign_split")
    assert entries.count() == 1
    assert ledger.verify(consultation.pk) == []


def test_split_off_comment_that_is_hardly_changed_stays_apart() -> None:
    consultation, sent, browser = scene(LETTER, LETTER, WITH_OWN)
    author = sent[2].response.respondent
    browser.post(page_of(Campaign.objects.get()), {"act": "apart", "text": likeness(sent[2]).exact})

    send(consultation, f"{WITH_OWN} Thank you.", author, based_on=1)
    assert campaign_of(sent[2]) is None
    other = send(consultation, OTHER)
    send(consultation, OTHER.upper(), author, based_on=2)

    assert campaign_of(sent[2]) == campaign_of(other) != campaign_of(sent[0])


def test_last_text_cannot_be_split_off() -> None:
    _consultation, sent, browser = scene(LETTER, LETTER)
    campaign = Campaign.objects.get()

    said = {"act": "apart", "text": likeness(sent[0]).exact}
    page = browser.post(page_of(campaign), said).content.decode()

    assert "leave at least one in the campaign" in page
    for forged in ("x", "--5", "-", "²", "9" * 19, "1" * 30):
        told = browser.post(page_of(campaign), {"act": "apart", "text": forged})
        assert told.status_code == 200
    assert Campaign.objects.get().size == 2


def test_join_takes_a_comment_with_all_that_say_the_same() -> None:
    consultation, sent, browser = scene(LETTER, LETTER, OTHER)
    campaign = Campaign.objects.get()

    said = {"act": "join", "what": sent[2].reference}
    page = browser.post(page_of(campaign), said, follow=True).content.decode()
    later = send(consultation, OTHER)

    assert "1 comment has joined." in page
    assert campaign_of(sent[2]) == campaign_of(later) == campaign
    assert likeness(sent[2]).joined == Likeness.Joined.JOINED
    assert Campaign.objects.get().size == 4


def test_join_takes_a_whole_campaign_by_its_number() -> None:
    _consultation, _sent, browser = scene(LETTER, LETTER, OTHER, OTHER)
    one, other = Campaign.objects.order_by("number")

    browser.post(page_of(one), {"act": "join", "what": str(other.number)})

    assert (Campaign.objects.get(), Campaign.objects.get().size) == (one, 4)


@pytest.mark.parametrize("what", ["99", "NOSUCHXX", ""])
def test_what_is_not_there_cannot_join(what: str) -> None:
    _consultation, _sent, browser = scene(LETTER, LETTER)

    page = browser.post(page_of(Campaign.objects.get()), {"act": "join", "what": what})

    assert "There is a problem" in page.content.decode()


def test_name_is_for_colleagues() -> None:
    _consultation, _sent, browser = scene(LETTER, LETTER)
    campaign = Campaign.objects.get()

    browser.post(page_of(campaign), {"act": "name", "label": "The bus letter"})

    assert "campaign 1: The bus letter" in browser.get(listed("campaign")).content.decode()


def test_all_that_wait_are_decided_together_once_their_number_is_typed() -> None:
    _consultation, sent, browser = scene(LETTER, EDITED, WITH_OWN, OTHER)
    campaign, reason = Campaign.objects.get(), make_reason("duplicate", still_counts=True)
    shown = browser.get(decide_page(campaign))
    read = [f"{case.pk}:{number}" for case, number in shown.context["read"]]
    said = {"decision": "reject", "reason": reason.pk, "read": read}

    wrong = browser.post(decide_page(campaign), {**said, "count": "4"})
    assert "This page decides 3: type that number." in wrong.content.decode()
    right = browser.post(decide_page(campaign), {**said, "count": "3"}, follow=True)

    assert "3 comments decided." in right.content.decode()
    for comment in sent:
        comment.refresh_from_db()
    assert [comment.state for comment in sent] == ["rejected"] * 3 + ["submitted"]
    assert "your last 3 decisions back" in right.content.decode()
    undone = {"decision": browser.session["last_decision"]["decision"], "count": "3"}
    browser.post(reverse("admin:consultations_case_undo"), undone)
    assert Case.objects.waiting().count() == 4


def test_what_the_author_changed_meanwhile_is_not_decided_with_the_rest() -> None:
    consultation, sent, browser = scene(LETTER, LETTER, EDITED)
    campaign = Campaign.objects.get()
    read = [
        f"{case.pk}:{number}" for case, number in browser.get(decide_page(campaign)).context["read"]
    ]
    send(consultation, f"{EDITED} Thank you.", sent[2].response.respondent, based_on=1)

    said = {"decision": "publish", "read": read, "count": "3"}
    page = browser.post(decide_page(campaign), said, follow=True).content.decode()

    assert "2 comments decided." in page
    assert "1 not decided: The author changed this comment" in page
    assert Case.objects.waiting().count() == 1


def test_more_than_one_lot_is_decided_lot_by_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consultations.admin.campaign_deciding.LOT", 2)
    _consultation, _sent, browser = scene(LETTER, LETTER, LETTER)
    campaign = Campaign.objects.get()
    for number in (2, 1):
        shown = browser.get(decide_page(campaign))
        read = [f"{case.pk}:{version}" for case, version in shown.context["read"]]
        assert len(read) == number
        said = {"decision": "publish", "read": read, "count": str(number)}
        answer = browser.post(decide_page(campaign), said)

    assert answer["Location"] == page_of(campaign)
    assert "Nothing of this campaign waits" in browser.get(decide_page(campaign)).content.decode()


def test_moderator_elsewhere_sees_no_campaign() -> None:
    scene(LETTER, LETTER)
    browser = log_in(make_staff(make_consultation()))
    campaign = Campaign.objects.get()

    assert browser.get(page_of(campaign)).status_code == 404
    assert browser.get(decide_page(campaign)).status_code == 404
    assert browser.post(page_of(campaign), {"act": "name", "label": "x"}).status_code == 404


def test_what_another_moderator_reads_is_left_to_them() -> None:
    consultation, sent, browser = scene(LETTER, LETTER, LETTER)
    other, at = make_staff(consultation), timezone.now()
    first, second = Case.objects.filter(comment__in=sent[:2]).order_by("pk")
    turns.take(case=first, by=other, at=at)
    where = decide_page(Campaign.objects.get())
    page = browser.get(where).content.decode()
    shown = Case.objects.waiting().exclude(pk=first.pk).order_by("pk")
    read = [f"{case.pk}:1" for case in shown]
    turns.take(case=second, by=other, at=at)

    said = {"decision": "publish", "note": "", "count": "2", "read": read}
    after = browser.post(where, said, follow=True).content.decode()

    assert "Another moderator is reading 1 of them: it is left to them." in page
    assert [pair in page for pair in (f"{first.pk}:1", *read)] == [False, True, True]
    assert "1 comment decided." in after
    assert f"1 not decided: {other} is reading it until" in unescape(after)
    assert list(Case.objects.waiting().order_by("pk")) == [first, second]
