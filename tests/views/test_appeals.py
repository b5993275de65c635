"""The pages of an appeal: made by whom it concerns, seen by nobody else, followed to its end."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.models import Appeal, Case, Comment, Consultation, Decision, Document, Membership
from consultations.models.appeal import last_day
from consultations.moderation import appeals, decide, documents
from consultations.moderation.appeals import Ruling
from tests.factories import (
    log_in,
    make_appeal,
    make_case,
    make_comment,
    make_consultation,
    make_evidence,
    make_membership,
    make_organisation,
    make_reason,
    make_rejection,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db


def path(name: str, decision: Decision) -> str:
    return reverse(f"appeals.{name}", args=[decision.case.consultation.slug, decision.pk])


def author_of(decision: Decision) -> Client:
    return log_in(decision.case.comment.response.respondent)


def mine(client: Client, consultation: Consultation) -> str:
    return client.get(reverse("responses.mine", args=[consultation.slug])).content.decode()


def rule(case: Case, *, upheld: bool, by: Any = None) -> None:
    by = by or make_staff(case.consultation)
    ruling = Ruling(upheld=upheld, answer="We looked again.", by=by, at=timezone.now())
    appeals.rule(case=case, ruling=ruling)


def test_author_appeals_and_finds_a_receipt_with_the_clock() -> None:
    decision = make_rejection()
    client = author_of(decision)
    form = client.get(path("make", decision)).content.decode()
    assert "Why is our decision wrong?" in form
    assert f"until the end of {last_day(decision)}" in form

    answer = client.post(path("make", decision), {"words": "It insults nobody."}, follow=True)

    assert answer.redirect_chain == [(path("show", decision), 302)]
    page = answer.content.decode()
    assert "We have your appeal" in page
    assert "It insults nobody." in page
    assert "We aim to decide within 3 days" in page


def test_sent_again_it_is_the_same_appeal() -> None:
    decision = make_rejection()
    client = author_of(decision)

    for _n in range(2):
        client.post(path("make", decision), {"words": "It insults nobody."})

    assert Appeal.objects.count() == 1
    assert client.get(path("make", decision)).url == path("show", decision)


def test_second_lead_who_appeals_is_told_and_keeps_the_words() -> None:
    lead = make_membership(claim="confirmed", role="lead")
    other = make_membership(None, lead.organisation, "confirmed", role="lead")
    consultation = make_consultation()
    response = make_response(
        consultation, lead.user, membership=lead, organisation=lead.organisation
    )
    decision = make_rejection(make_comment(response=response))
    log_in(lead.user).post(path("make", decision), {"words": "It names nobody."})

    late = log_in(other.user).post(path("make", decision), {"words": "It helps our members."})

    page = late.content.decode()
    assert (late.status_code, Appeal.objects.count()) == (409, 1)
    assert "There is an appeal against this decision already." in page
    assert "It helps our members." in page


def test_empty_appeal_is_refused_beside_its_field() -> None:
    decision = make_rejection()

    answer = author_of(decision).post(path("make", decision), {"words": "   "})

    assert answer.status_code == 422
    assert "Write why our decision is wrong." in answer.content.decode()
    assert "<title>Error:" in answer.content.decode()


def test_appeal_after_its_time_keeps_the_typed_words() -> None:
    decision = make_rejection(at=timezone.now() - timedelta(days=40))
    client = author_of(decision)
    assert "The time to appeal ended on" in client.get(path("make", decision)).content.decode()

    answer = client.post(path("make", decision), {"words": "I was away."})

    assert answer.status_code == 409
    assert "I was away." in answer.content.decode()
    assert Appeal.objects.count() == 0


def plain(answer: Any) -> str:
    return re.sub(r'value="[^"]+"', "", answer.content.decode())


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["make", "show"])
def test_decision_of_somebody_else_answers_as_one_that_does_not_exist(
    name: str, method: str
) -> None:
    decision = make_rejection()
    make_appeal(decision)
    stranger = log_in(make_user())
    nowhere = path(name, decision).replace(f"/{decision.pk}/", "/999999999/")

    answers = [getattr(stranger, method)(where) for where in (path(name, decision), nowhere)]

    if (name, method) != ("show", "post"):
        assert {answer.status_code for answer in answers} == {404}
    assert plain(answers[0]) == plain(answers[1])


def test_decision_of_another_consultation_does_not_exist_here() -> None:
    decision, other = make_rejection(), make_consultation()

    answer = author_of(decision).get(reverse("appeals.make", args=[other.slug, decision.pk]))

    assert answer.status_code == 404


def test_contributor_reads_the_appeal_and_does_not_make_it() -> None:
    organisation = make_organisation()
    lead, contributor = (
        make_membership(
            make_user(acting_for="organisation", organisation=organisation),
            organisation,
            claim=Membership.Claim.CONFIRMED,
        )
        for _n in range(2)
    )
    response = make_response(
        make_consultation(), lead.user, membership=lead, organisation=organisation
    )
    decision = make_rejection(make_comment(response=response))
    client = log_in(contributor.user)

    page = client.get(path("make", decision))
    posted = client.post(path("make", decision), {"words": "No."})

    assert "A lead of your organisation can appeal." in page.content.decode()
    assert posted.status_code == 403
    assert log_in(lead.user).post(path("make", decision), {"words": "No."}).status_code == 302
    assert "We have your appeal" in client.get(path("show", decision)).content.decode()


def test_my_response_leads_to_the_appeal_and_then_tells_of_it() -> None:
    decision = make_rejection()
    consultation, client = decision.case.consultation, author_of(decision)
    page = mine(client, consultation)
    assert path("make", decision) in page
    assert "If you disagree, write to" not in page

    case = make_appeal(decision)
    page = mine(client, consultation)
    assert "Waiting to be decided" in page
    assert f'"{path("make", decision)}"' not in page
    assert path("show", decision) in page

    rule(case, upheld=False)
    page = mine(client, consultation)
    assert "Appeal dismissed" in page
    assert "Somebody who did not make the first decision" in page


def test_my_response_tells_of_an_upheld_appeal_beside_the_published_comment() -> None:
    case = make_appeal()
    decision = case.appeal.decision

    rule(case, upheld=True)

    page = mine(author_of(decision), case.consultation)
    assert "Appeal upheld" in page
    assert "Published." in page
    shown = author_of(decision).get(path("show", decision)).content.decode()
    assert "We looked again." in shown


def test_page_says_where_nobody_else_decided() -> None:
    case = make_appeal()
    decision = case.appeal.decision

    rule(case, upheld=False, by=decision.decided_by)

    page = author_of(decision).get(path("show", decision)).content.decode()
    assert "Not independent:" in page
    assert "There is no second appeal." in page


def test_my_response_offers_no_appeal_once_its_time_is_over() -> None:
    decision = make_rejection(at=timezone.now() - timedelta(days=40))

    page = mine(author_of(decision), decision.case.consultation)

    assert "Appeal against this decision" not in page
    assert "If you disagree, write to contact@example.org." in page


def test_appeal_that_ended_with_a_new_version_says_so() -> None:
    case = make_appeal()
    decision = case.appeal.decision
    comment = decision.case.comment
    Comment.objects.filter(pk=comment.pk).update(state="submitted", reason=None)
    Appeal.objects.overtake(comment, timezone.now())

    page = author_of(decision).get(path("show", decision)).content.decode()

    assert "ended without a decision" in page


def test_refused_document_leads_to_an_appeal() -> None:
    document = make_evidence(state=Document.State.SUBMITTED)
    decision = documents.reject(
        case=make_case(document=document),
        reason=make_reason(),
        note="",
        by=make_staff(document.consultation),
        at=timezone.now(),
    )
    client = log_in(document.response.respondent)

    page = client.get(reverse("evidence.mine", args=[document.consultation.slug]))

    assert path("make", decision) in page.content.decode()
    answer = client.post(path("make", decision), {"words": "It is ours."}, follow=True)
    assert "Your document “What our members told us”" in answer.content.decode()


def test_hidden_comment_says_when_it_was_taken_away() -> None:
    comment = make_comment(state=Comment.State.PUBLISHED)
    decision = decide.hide(
        comment=comment,
        reason=make_reason(),
        note="",
        by=make_staff(comment.recommendation.consultation),
        at=timezone.now(),
    )

    page = author_of(decision).get(path("make", decision)).content.decode()

    assert "We took it from public view at" in page


@pytest.mark.parametrize("many", [1, 3])
def test_my_response_costs_the_same_however_much_was_refused(
    many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation(recommendations=3)
    response = make_response(consultation)
    for number in range(1, many + 1):
        comment = make_comment(consultation.recommendations.get(number=number), response)
        make_appeal(make_rejection(comment))
    client = log_in(response.respondent)

    with django_assert_max_num_queries(20) as captured:
        mine(client, consultation)

    assert len(captured) == 11
