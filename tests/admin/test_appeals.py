"""Appeals in the admin: in the queue, on a page of their own, for whom they are."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consultations.models import Appeal, Case, Comment, Decision
from tests.admin.scene import listed, page_of
from tests.factories import log_in, make_appeal, make_case, make_comment, make_rejection, make_staff

pytestmark = pytest.mark.django_db


def rule(client: Client, case: Case, ruling: str, **said: str) -> Any:
    return client.post(page_of(case), {"ruling": ruling, "answer": "", "note": "", **said})


@pytest.mark.parametrize("many", [1, 3])
def test_queue_with_appeals_costs_at_most_ten_queries(
    many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = make_appeal()
    for _n in range(many - 1):
        comment = make_comment(case.consultation.recommendations.get(number=1))
        make_appeal(make_rejection(comment))
    client = log_in(make_staff(case.consultation))

    with django_assert_max_num_queries(10):
        page = client.get(listed("case"))

    assert page.content.decode().count("It insults nobody.") == many


def test_queue_finds_an_appeal_by_its_words_and_filters_by_it() -> None:
    case = make_appeal()
    client = log_in(make_staff(case.consultation))

    for query in ("?q=insults", "?state=appeal"):
        assert "It insults nobody." in client.get(listed("case") + query).content.decode()
    assert "It insults nobody." not in client.get(listed("case") + "?q=other").content.decode()


def test_page_shows_decision_words_and_clock_and_takes_the_ruling() -> None:
    case = make_appeal()
    moderator = make_staff(case.consultation)
    client = log_in(moderator)
    page = client.get(page_of(case)).content.decode()
    for said in ("It insults nobody.", "This would help firms like ours.", "Abusive", "Target"):
        assert said in page

    answer = rule(client, case, "upheld", note="Plainly polite.")

    appeal = Appeal.objects.get()
    assert answer.status_code == 302
    assert (appeal.outcome, appeal.decided_by, appeal.independent) == ("upheld", moderator, True)
    assert Comment.objects.get().state == "published"
    shown = client.get(page_of(case)).content.decode()
    assert "Upheld" in shown
    assert "Appeal upheld, shown after all" in shown


def test_ruling_leads_on_to_what_waits_next() -> None:
    case = make_appeal()
    following = make_case(make_comment(case.consultation.recommendations.get(number=1)))

    answer = rule(log_in(make_staff(case.consultation)), case, "upheld")

    assert answer["Location"] == page_of(following)


@pytest.mark.parametrize("mine", [True, False])
def test_appeal_is_passed_over_by_who_may_decide_and_who_may_not(mine: bool) -> None:
    decision = make_rejection()
    other = make_staff(decision.case.consultation)
    case = make_appeal(decision)
    following = make_case(make_comment(case.consultation.recommendations.get(number=1)))
    client = log_in(other if mine else decision.decided_by)

    page = client.get(page_of(case)).content.decode()
    answer = client.post(page_of(case), {"turn": "next"})

    assert ('value="next"' in page, 'value="take"' in page) == (True, mine)
    assert answer["Location"] == page_of(following)


def test_appeal_is_not_dismissed_without_an_answer() -> None:
    case = make_appeal()
    client = log_in(make_staff(case.consultation))

    answer = rule(client, case, "dismissed")

    assert "Write what the author is told." in answer.content.decode()
    assert Appeal.objects.get().waits


def test_moderator_who_decided_reads_whose_it_is_and_is_refused() -> None:
    decision = make_rejection()
    other = make_staff(decision.case.consultation)
    case = make_appeal(decision)
    client = log_in(decision.decided_by)

    page = client.get(page_of(case)).content.decode()
    answer = rule(client, case, "upheld")

    assert "You cannot decide on this appeal." in page
    assert str(other) in page
    assert "Uphold and publish" not in page
    assert "Somebody else decides on this appeal" in answer.content.decode()
    assert Appeal.objects.get().waits


def test_moderator_who_is_alone_is_warned() -> None:
    decision = make_rejection()
    case = make_appeal(decision)
    client = log_in(decision.decided_by)

    page = client.get(page_of(case)).content.decode()
    rule(client, case, "dismissed", answer="It did insult.")

    assert "Your decision is marked “not independent”" in page
    assert Appeal.objects.get().independent is False
    assert "Not independent" in client.get(page_of(case)).content.decode()


def test_appeal_elsewhere_does_not_exist() -> None:
    case = make_appeal()
    elsewhere = log_in(make_staff(make_comment().recommendation.consultation))

    assert elsewhere.get(page_of(case)).status_code == 404


def test_decisions_name_what_the_appeal_was_about() -> None:
    case = make_appeal()
    client = log_in(make_staff(case.consultation))
    rule(client, case, "upheld")
    decision = Decision.objects.get(verb="overturn")
    reference = Comment.objects.get().response.reference

    for address in (listed("decision"), page_of(decision)):
        assert f"response {reference}" in client.get(address).content.decode()


def test_bulk_publication_leaves_an_appeal_alone() -> None:
    case = make_appeal()
    client = log_in(make_staff(case.consultation))
    chosen = {"action": "publish", "_selected_action": [case.pk], "index": "0"}

    page = client.post(reverse("admin:consultations_case_changelist"), chosen, follow=True)

    assert page.status_code == 200
    assert Comment.objects.get().state == "rejected"


def test_after_a_ruling_no_older_decision_is_offered_to_be_undone() -> None:
    case = make_appeal()
    client = log_in(make_staff(case.consultation))
    other = make_case(make_comment(case.consultation.recommendations.get(number=2)))
    client.post(page_of(other), {"decision": "publish", "version": "1"})
    assert "last_decision" in client.session

    rule(client, case, "upheld")

    assert "last_decision" not in client.session


def test_appeal_is_kept_taken_over_and_skipped_like_any_other_case() -> None:
    case = make_appeal()
    one, other = make_staff(case.consultation), make_staff(case.consultation)
    following = make_case(make_comment(case.consultation.recommendations.get(number=2)))
    first, second = log_in(one), log_in(other)
    first.post(page_of(case), {"turn": "take"})

    shown = second.get(page_of(case)).content.decode()
    refused = rule(second, case, "upheld").content.decode()
    second.post(page_of(case), {"turn": "over"})
    skipped = second.post(page_of(case), {"turn": "next"})

    assert f"{one} is reading this one until" in shown
    assert ("Take it over" in shown, "Uphold and publish" in shown) == (True, False)
    assert "Take it over, or go on to the next." in refused
    assert Appeal.objects.get().waits
    assert skipped["Location"] == page_of(following)
    case.refresh_from_db()
    assert case.claimed_by is None


def test_moderator_who_may_not_decide_skips_to_the_next() -> None:
    decision = make_rejection()
    make_staff(decision.case.consultation)
    case = make_appeal(decision)
    following = make_case(make_comment(case.consultation.recommendations.get(number=2)))
    client = log_in(decision.decided_by)

    page = client.get(page_of(case)).content.decode()
    skipped = client.post(page_of(case), {"turn": "next"})

    assert page.count('name="turn"') == 1
    assert "Skip to the next" in page
    assert skipped["Location"] == page_of(following)


def test_keys_are_those_of_the_buttons_and_go_with_the_same_switch() -> None:
    case = make_appeal()
    moderator = make_staff(case.consultation)
    client = log_in(moderator)
    on = client.get(page_of(case)).content.decode()

    client.post(page_of(case), {"shortcuts": "off"})
    off = client.get(page_of(case)).content.decode()

    assert [on.count(f'data-key="{key}"') for key in "ydnt"] == [1, 1, 1, 1]
    assert 'data-shortcuts="on"' in on
    assert ("data-key" in off, 'data-shortcuts="off"' in off) == (False, True)
    moderator.refresh_from_db()
    assert moderator.shortcuts is False


def test_who_may_not_decide_has_the_key_to_go_on_alone() -> None:
    decision = make_rejection()
    case = make_appeal(decision)
    make_staff(case.consultation)

    page = log_in(decision.decided_by).get(page_of(case)).content.decode()

    assert [page.count(f'data-key="{key}"') for key in "ydnt"] == [0, 0, 1, 0]
    assert "uphold the appeal" not in page
