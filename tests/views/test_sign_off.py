"""The pages by which a lead signs off and confirms, and what a contributor finds there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from consultations.models import Comment, Draft, Permission, Response, SignOff
from tests.factories import (
    log_in,
    make_answer,
    make_comment,
    make_consultation,
    make_evidence,
    make_membership,
    make_organisation,
    make_organisation_kind,
    make_question,
    make_response,
    make_user,
)
from tests.participation.scene import make_council, recommendation_of, save
from tests.participation.test_signing import close, sent_subject_to_approval
from tests.views.test_drafts import path, said

pytestmark = pytest.mark.django_db


def stated(**fields: object) -> dict[str, object]:
    """Return a filled form."""
    return {"represents": "", "consulted": "Our members.", "outcome": "final"} | fields


def test_lead_signs_off_on_the_way_to_sending() -> None:
    lead, _colleague = make_council()
    consultation, client = make_consultation(), log_in(lead)
    save(lead, recommendation_of(consultation))

    page = client.post(path("sign_off.state", consultation), stated(), follow=True)

    assert page.redirect_chain == [(path("responses.check", consultation), 302)]
    assert "Our members." in page.content.decode()
    client.post(path("responses.check", consultation), page.context["form"].initial)
    assert Comment.objects.count() == 1


def test_sign_off_asks_who_approves_and_when() -> None:
    lead, _colleague = make_council()
    consultation, client = make_consultation(), log_in(lead)

    page = client.post(path("sign_off.state", consultation), stated(outcome="subject"))

    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"body", "expected_on"}
    late = {"body": "Cabinet", "expected_on": "2099-01-01"}
    page = client.post(path("sign_off.state", consultation), stated(outcome="subject", **late))
    assert page.status_code == 409
    assert "The approval must come by" in page.content.decode()
    assert SignOff.objects.count() == 0


def test_statement_that_is_wrong_and_too_late_is_kept() -> None:
    lead, _colleague = make_council()
    consultation = make_consultation()
    close(consultation)

    page = log_in(lead).post(path("sign_off.state", consultation), stated(outcome=""))

    words = page.content.decode()
    assert (page.status_code, "Our members." in words) == (409, True)
    assert "so nothing was saved or sent" in words
    assert (page.context["form"].errors, "Save and check" in words) == ({}, False)


def test_contributor_is_told_whom_to_ask_on_each_page_and_sends_nothing() -> None:
    lead, colleague = make_council()
    consultation, client = make_consultation(), log_in(colleague)
    save(colleague, recommendation_of(consultation))

    for name, number in (("recommendations.show", 1), ("responses.check", None)):
        words = client.get(path(name, consultation, number)).content.decode()
        assert f"Ask {lead.name} to" in words
        assert ("Send my comment" in words, "Send my response" in words) == (False, False)
    stamp = str(Draft.objects.get().stamp)
    forged = client.post(path("comments.post", consultation, 1), said(draft=stamp, text="Sent."))
    assert forged.status_code == 409
    assert "Only a lead sends" in forged.content.decode()
    assert "Sent." in forged.content.decode()
    assert client.get(path("sign_off.state", consultation)).status_code == 403
    assert client.post(path("sign_off.state", consultation), stated()).status_code == 403
    assert (Comment.objects.count(), SignOff.objects.count()) == (0, 0)


def test_contributor_neither_withdraws_nor_confirms() -> None:
    _lead, colleague, consultation, _response = sent_subject_to_approval()
    client = log_in(colleague)

    assert client.get(path("comments.withdraw", consultation, 1)).status_code == 403
    assert client.post(path("comments.withdraw", consultation, 1)).status_code == 403
    close(consultation)
    assert client.post(path("sign_off.approve", consultation)).status_code == 403
    words = client.get(path("responses.mine", consultation)).content.decode()
    assert "to confirm it here" in words
    assert Comment.objects.filter(state="published").count() == 2


def test_contributor_withdraws_what_they_sent_in_their_own_name() -> None:
    _lead, colleague, consultation, _response = sent_subject_to_approval()
    own = make_response(consultation, colleague)
    make_comment(response=own, state="published", text="My own words.")
    client = log_in(colleague)
    address = f"{path('comments.withdraw', consultation, 1)}?response={own.reference}"

    page = client.get(path("responses.mine", consultation)).content.decode()
    done = client.post(address)

    assert (address in page, page.count("Withdraw<")) == (True, 1)
    assert done.status_code == 302
    assert Comment.objects.get(response=own).state == "withdrawn"


def test_who_answers_for_themselves_finds_no_sign_off(client: Client) -> None:
    consultation = make_consultation()
    client.force_login(make_user())

    for name in ("sign_off.state", "sign_off.approve"):
        assert client.get(path(name, consultation)).status_code == 404


def test_representative_body_is_led_to_say_whom_it_represents() -> None:
    kind = make_organisation_kind("union", "other", is_representative=True)
    union = make_organisation("Union", kind=kind)
    lead = make_user(acting_for="organisation", organisation=union, kind="other")
    make_membership(lead, union, claim="confirmed")
    consultation, client = make_consultation(), log_in(lead)
    save(lead, recommendation_of(consultation))

    page = client.get(path("responses.check", consultation)).content.decode()
    missing = client.post(path("sign_off.state", consultation), stated())

    assert ("Say whom you represent, then send" in page, "Send my response" in page) == (
        True,
        False,
    )
    assert set(missing.context["form"].errors) == {"represents"}
    words = client.get(path("recommendations.show", consultation, 1)).content.decode()
    assert "Send my comment" not in words


def test_mark_and_statement_stand_wherever_the_response_is_named(client: Client) -> None:
    lead, _colleague, consultation, response = sent_subject_to_approval()
    comment = Comment.objects.get(recommendation__number=1)
    organisation = response.organisation
    assert organisation is not None
    pages = [
        reverse("comments.show", args=[consultation.slug, 1, comment.reference]),
        reverse("organisations.show", args=[consultation.slug, organisation.reference]),
        path("recommendations.show", consultation, 1),
    ]

    def shown(words: str) -> list[bool]:
        return [words in client.get(page).content.decode() for page in pages]

    assert shown("Subject to approval by Cabinet, expected") == [True] * 3
    assert shown("The economy committee.") == [True, True, False]
    close(consultation)
    page = log_in(lead).post(path("sign_off.approve", consultation), {"withdrawn": []}, follow=True)
    assert "Approved by Cabinet" in page.content.decode()
    assert "What was signed before" in page.content.decode()
    assert shown("Subject to approval") == [False] * 3


def test_statement_stays_hidden_where_the_name_is_withheld(client: Client) -> None:
    lead, _colleague, _consultation, response = sent_subject_to_approval()
    nameless = make_response(
        make_consultation(),
        lead,
        membership=lead.memberships.get(),
        organisation=response.organisation,
        permission=Permission.UNNAMED,
    )
    comment = make_comment(response=nameless, state="published")
    Response.objects.filter(pk=nameless.pk).update(
        sign_off=response.sign_off_id or SignOff.objects.get(),
        shown_sign_off=SignOff.objects.get(),
    )

    page = client.get(
        reverse("comments.show", args=[nameless.consultation.slug, 1, comment.reference])
    ).content.decode()

    assert ("Cabinet" in page, "economy committee" in page) == (False, False)


def test_confirming_twice_from_two_open_pages_is_one_approval() -> None:
    lead, _colleague, consultation, _response = sent_subject_to_approval()
    close(consultation)
    client = log_in(lead)

    answers = [client.post(path("sign_off.approve", consultation), {}) for _n in "12"]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert SignOff.objects.filter(outcome="approved").count() == 1


def test_forged_number_to_take_back_is_refused() -> None:
    lead, _colleague, consultation, _response = sent_subject_to_approval()
    close(consultation)

    answer = log_in(lead).post(path("sign_off.approve", consultation), {"withdrawn": ["7"]})

    assert answer.status_code == 422
    assert not SignOff.objects.filter(outcome="approved").exists()


def test_approval_too_late_leaves_the_mark_and_says_so() -> None:
    lead, _colleague, consultation, _response = sent_subject_to_approval()
    close(consultation, ago=timedelta(days=61))

    page = log_in(lead).get(path("responses.mine", consultation)).content.decode()

    assert "The response stays marked." in page
    assert "Confirm the approval by" not in page


def test_page_offers_only_what_stands_and_takes_back_an_answer_and_the_document() -> None:
    lead, _colleague, consultation, response = sent_subject_to_approval()
    address, client = path("sign_off.approve", consultation), log_in(lead)
    close(consultation)
    bare = client.get(address)
    assert [*bare.context["form"].fields] == ["withdrawn"]
    answer = make_answer(make_question(words="Do you export?"), response)
    document = make_evidence(response)
    make_evidence(response, "rejected", title="Refused before")

    words = client.get(address).content.decode()
    posted = {"answers": [answer.question.number], "documents": [document.reference]}
    page = client.post(address, posted, follow=True)

    assert "1. Do you export?" in words
    assert ("What our members told us" in words, "Refused before" in words) == (True, False)
    assert "Our copy of the file is deleted." in words
    assert page.redirect_chain == [(path("responses.mine", consultation), 302)]
    answer.refresh_from_db()
    document.refresh_from_db()
    assert (answer.state, document.state) == ("withdrawn", "withdrawn")
    assert Comment.objects.filter(state="published").count() == 2


def test_document_of_another_response_cannot_be_taken_back_here() -> None:
    lead, _colleague, consultation, response = sent_subject_to_approval()
    make_evidence(response)
    theirs = make_evidence(make_response(consultation))
    close(consultation)

    posted = {"documents": [theirs.reference]}
    answer = log_in(lead).post(path("sign_off.approve", consultation), posted)

    assert answer.status_code == 422
    theirs.refresh_from_db()
    assert theirs.state == "published"
