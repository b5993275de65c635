"""Respondents' documents in the queue: found, downloaded with a warning, decided, hidden."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from consultations.models import Case, ConfidentialityRequest, Decision, Document
from tests.factories import (
    log_in,
    make_case,
    make_consultation,
    make_evidence,
    make_reason,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
QUEUE = "admin:consultations_case_changelist"


def waiting(**fields: Any) -> Case:
    return make_case(document=make_evidence(state="submitted", **fields))


def moderator_of(case: Case) -> Client:
    return log_in(make_staff(case.consultation))


def url(case: Case) -> str:
    return reverse("admin:consultations_case_change", args=[case.pk])


def post(case: Case, decision: str, **more: Any) -> HttpResponse:
    return moderator_of(case).post(url(case), {"decision": decision, **more}, follow=True)


def test_queue_names_the_document_its_kind_and_who_sent_it() -> None:
    case = waiting(title="Survey of <b>turbines</b>")

    page = moderator_of(case).get(reverse(QUEUE), {"state": "document"}).content.decode()

    for words in ("Document (PDF)", "Survey of &lt;b&gt;turbines&lt;/b&gt;", "Person"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=turbines", 1), ("q=combines", 0), ("kind=employer", 1), ("state=new", 0)],
)
def test_queue_finds_documents(query: str, found: int) -> None:
    case = waiting(title="Survey of turbines")

    page = moderator_of(case).get(f"{reverse(QUEUE)}?{query}")

    assert len(page.context["cl"].result_list) == found


@pytest.mark.parametrize("many", [1, 3])
def test_queue_costs_the_same_queries_with_one_document_and_with_three(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation()
    client = log_in(make_staff(consultation))
    for _n in range(many):
        make_case(document=make_evidence(make_response(consultation), "submitted"))

    with django_assert_num_queries(9):
        client.get(reverse(QUEUE))


def test_review_warns_and_links_to_the_file() -> None:
    case = waiting(permission="unnamed")
    assert case.document is not None
    ConfidentialityRequest.objects.create(
        response=case.document.response, reason="A secret.", asked_at=case.since
    )
    make_evidence(case.document.response, title="The earlier one")
    client = moderator_of(case)

    page = client.get(url(case)).content.decode()

    fetch = reverse("documents.fetch", args=[case.consultation.slug, case.document.reference])
    for words in (
        "This file was not scanned for viruses.",
        f'href="{fetch}"',
        "does not want to be named",
        "be kept confidential",
        "“The earlier one” is public",
    ):
        assert words in page
    assert client.get(fetch).status_code == 200


def test_review_publishes_and_rejects_with_a_reason() -> None:
    first, second = waiting(), waiting()

    post(first, "publish")
    refused = post(second, "reject")
    post(second, "reject", reason=make_reason().pk)

    assert "Choose the reason" in refused.content.decode()
    assert list(Document.objects.order_by("pk").values_list("state", flat=True)) == [
        "published",
        "rejected",
    ]
    decided = Decision.objects.order_by("pk").values_list("verb", flat=True)
    assert list(decided) == ["publish", "reject"]


def test_review_holds_and_refuses_what_is_no_decision_on_a_document() -> None:
    case = waiting()

    held = post(case, "hold", note="Ask the council.")
    wrong = post(case, "confirm")

    assert held.status_code == 200
    assert "This is a document: publish or reject it." in wrong.content.decode()
    assert Document.objects.get().state == "submitted"


def test_review_of_what_was_taken_back_says_so() -> None:
    case = waiting()
    Document.objects.get().withdraw(case.since)
    Case.objects.update(closed_at=case.since)

    page = moderator_of(case).get(url(case)).content.decode()

    assert "taken this back" in page
    assert "not scanned" not in page


def test_case_of_another_consultation_does_not_exist() -> None:
    case = waiting()
    client = log_in(make_staff(make_consultation()))

    assert client.get(url(case)).status_code == 404
    assert client.post(url(case), {"decision": "publish"}).status_code == 404


def test_decisions_name_the_document() -> None:
    case = waiting()
    post(case, "publish")
    assert case.document is not None

    address = reverse("admin:consultations_decision_changelist")
    page = moderator_of(case).get(address).content.decode()

    assert f"document {case.document.reference}" in page


def test_moderator_hides_a_published_document_with_a_reason() -> None:
    document = make_evidence()
    address = reverse("admin:consultations_document_hide", args=[document.pk])
    client = log_in(make_staff(document.consultation))
    page = client.get(reverse("admin:consultations_document_change", args=[document.pk]))

    refused = client.post(address, {})
    done = client.post(address, {"reason": make_reason().pk}, follow=True)
    again = client.post(address, {"reason": make_reason().pk})

    assert address in page.content.decode()
    assert "Choose the reason" in refused.content.decode()
    assert "Hidden; whoever sent it is told why." in done.content.decode()
    assert "nothing to hide" in again.content.decode()
    assert Document.objects.get().state == "hidden"


def test_moderator_shows_a_hidden_document_again() -> None:
    document = make_evidence(state="hidden")
    Document.objects.update(reason=make_reason())
    address = reverse("admin:consultations_document_restore", args=[document.pk])
    client = log_in(make_staff(document.consultation))
    page = client.get(reverse("admin:consultations_document_change", args=[document.pk]))

    done = client.post(address, {"note": "By mistake."}, follow=True)

    assert address in page.content.decode()
    assert "Shown again; whoever sent it is told." in done.content.decode()
    assert Document.objects.get().state == "published"


@pytest.mark.parametrize("right", ["analyst", "auditor"])
def test_who_does_not_decide_hides_nothing(right: str) -> None:
    document = make_evidence()
    address = reverse("admin:consultations_document_hide", args=[document.pk])

    answer = log_in(make_staff(document.consultation, right)).post(
        address, {"reason": make_reason().pk}
    )

    assert answer.status_code == 404
    assert Document.objects.get().state == "published"
