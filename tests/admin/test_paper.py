"""The pages on which officers type what came otherwise, and a second person checks it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations.models import (
    Case,
    Comment,
    Consultation,
    Organisation,
    QuestionAnswerVersion,
    Response,
    User,
)
from consultations.models.clock import LONDON
from consultations.moderation import decide
from tests.factories import (
    log_in,
    make_consultation,
    make_organisation,
    make_organisation_kind,
    make_question,
    make_region,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
KEY = "0a1b2c3d-0000-4000-8000-000000000001"


def today() -> date:
    return timezone.now().astimezone(LONDON).date()


def entry(consultation: Consultation) -> str:
    return reverse("admin:consultations_consultation_enter", args=[consultation.pk])


def url(name: str, response: Response) -> str:
    return reverse(f"admin:consultations_response_{name}", args=[response.pk])


def form(**fields: object) -> dict[str, object]:
    return {
        "channel": "post",
        "received_on": today().isoformat(),
        "name": "Ann Smith",
        "kind": "employer",
        "region": make_region().pk,
        "permission": "named",
        "key": KEY,
        "r1-stance": "support",
        "r1-text": "Typed from a letter.",
        **fields,
    }


def typed(consultation: Consultation, by: User, **fields: object) -> Response:
    answer = log_in(by).post(entry(consultation), form(**fields))
    assert answer.status_code == 302, answer.content.decode()
    return Response.objects.latest("pk")


def sentences(answer: Any) -> list[str]:
    return [sentence for _target, sentence in answer.context["errors"]]


@pytest.mark.parametrize("many", [1, 3])
def test_form_costs_the_same_whatever_the_number_of_recommendations_and_questions(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation(recommendations=many)
    client = log_in(make_staff(consultation, "officer"))
    for _n in range(many):
        make_question(consultation, kind="several")
    with django_assert_num_queries(10):
        assert client.get(entry(consultation)).status_code == 200


@pytest.mark.parametrize("many", [1, 3])
def test_list_of_responses_costs_the_same_at_any_length(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation()
    officer = make_staff(consultation, "officer")
    for number in range(many):
        typed(consultation, officer, key=KEY[:-1] + str(number))
    client = log_in(officer)
    with django_assert_num_queries(7):
        page = client.get(reverse("admin:consultations_response_changelist"))
    assert page.status_code == 200


def test_officer_types_a_letter_and_a_second_one_checks_it() -> None:
    consultation = make_consultation()
    typist, checker = (make_staff(consultation, "officer") for _n in range(2))
    response = typed(consultation, typist)
    own = log_in(typist).get(url("check", response))
    assert "You typed it" in own.content.decode()
    client = log_in(checker)
    page = client.get(url("check", response))
    assert "Typed from a letter." in page.content.decode()
    answer = client.post(url("check", response), {"seen": page.context["seen"]})
    assert answer.status_code == 302
    response.refresh_from_db()
    assert (response.typed_by, response.checked_by) == (typist, checker)


def test_check_of_what_was_typed_anew_is_refused_with_a_sentence() -> None:
    consultation = make_consultation()
    typist, checker = (make_staff(consultation, "officer") for _n in range(2))
    response = typed(consultation, typist)
    for seen in ("nonsense", "", "2026-11-01T00:00:00+00:00"):
        answer = log_in(checker).post(url("check", response), {"seen": seen})
        assert sentences(answer) == ["Somebody typed this response anew since you opened the page."]


def test_form_begins_with_what_was_typed_and_puts_it_right() -> None:
    consultation = make_consultation()
    officer = make_staff(consultation, "officer")
    response = typed(consultation, officer)
    client = log_in(officer)
    page = client.get(url("retype", response))
    begun = page.context["form"].initial
    assert (begun["name"], begun["external_reference"]) == ("Ann Smith", "")
    assert page.context["rows"][0].initial["text"] == "Typed from a letter."
    answer = client.post(
        url("retype", response),
        form(**{"seen": begun["seen"], "key": begun["key"], "r1-text": "Put right."}),
    )
    assert answer.status_code == 302
    comment = Comment.objects.select_related("submitted_version").get()
    assert comment.submitted_version is not None
    assert (comment.submitted_version.number, comment.submitted_version.text) == (2, "Put right.")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"channel": ""}, "Choose how it came."),
        ({"channel": "web"}, "Select a valid choice. web is not one of the available choices."),
        ({"received_on": "31/02/2026"}, "Give a day, like 2026-11-30."),
        ({"received_on": ""}, "Give the day on which it was received."),
        ({"kind": ""}, "Choose which kind of respondent it is."),
        ({"permission": ""}, "Choose whether it may be published."),
        ({"organisation": "Forge"}, "Give both the organisation and its kind, or neither."),
        ({"r1-stance": ""}, "Choose the view that it takes, or “No view”."),
        ({"r1-stance": "", "r1-text": ""}, "It says nothing yet: fill in at least one"),
        ({"name": "A\0nn"}, "Line 1 has a control character"),
        ({"r1-text": "x" * 20_001}, "Shorten this to 20,000 characters or fewer"),
    ],
)
def test_mistake_is_said_beside_its_field_and_stores_nothing(
    fields: dict[str, str], sentence: str
) -> None:
    consultation = make_consultation()
    answer = log_in(make_staff(consultation, "officer")).post(entry(consultation), form(**fields))
    assert answer.status_code == 200
    assert [said[: len(sentence)] for said in sentences(answer)] == [sentence]
    assert not Response.objects.exists()


def test_organisation_is_added_or_found_without_an_account() -> None:
    consultation, kind = make_consultation(), make_organisation_kind()
    officer = make_staff(consultation, "officer")
    known = make_organisation("Forge & Sons", kind=kind)
    body = {"organisation_kind": kind.pk, "kind": ""}
    response = typed(consultation, officer, organisation="forge & sons", **body)
    assert (response.organisation, response.kind) == (known, "employer")
    other = form(organisation="Anvil Ltd", key=KEY[:-1] + "2", **body)
    assert log_in(officer).post(entry(consultation), other).status_code == 302
    assert Organisation.objects.get(name="Anvil Ltd").kind == kind
    again = log_in(officer).post(entry(consultation), {**other, "key": KEY[:-1] + "3"})
    assert [said[:39] for said in sentences(again)] == ["This organisation has responded already"]


def test_organisation_of_a_refused_form_is_not_kept() -> None:
    consultation, kind = make_consultation(), make_organisation_kind()
    said = form(organisation="Anvil Ltd", organisation_kind=kind.pk, kind="")
    late = {**said, "received_on": (today() + timedelta(days=1)).isoformat()}
    log_in(make_staff(consultation, "officer")).post(entry(consultation), late)
    assert not Organisation.objects.exists()


def test_late_response_is_marked_in_the_admin_and_in_public() -> None:
    consultation = make_consultation(closes_at=timezone.now() - timedelta(days=2))
    typist, checker = (make_staff(consultation, "officer") for _n in range(2))
    response = typed(consultation, typist, late_reason="The post was slow.")
    client = log_in(checker)
    listed = client.get(reverse("admin:consultations_response_changelist")).content.decode()
    assert "received late" in listed
    case = Case.objects.get()
    review = client.get(reverse("admin:consultations_case_change", args=[case.pk]))
    assert "The post was slow." in review.content.decode()
    page = client.get(url("check", response))
    client.post(url("check", response), {"seen": page.context["seen"]})
    decide.publish(case=case, version_number=1, by=checker, at=timezone.now())
    public = Client().get(f"/consultations/{consultation.slug}/recommendations/1/")
    assert f"Received late, on {today():%-d %B %Y}, and accepted" in public.content.decode()
    assert "The post was slow." not in public.content.decode()


@pytest.mark.parametrize(
    ("right", "expected"),
    [("officer", (200, 200, 200)), ("moderator", (404, 404, 200)), ("analyst", (404, 404, 404))],
)
def test_officers_type_and_whoever_decides_checks(
    right: str, expected: tuple[int, int, int]
) -> None:
    consultation = make_consultation()
    response = typed(consultation, make_staff(consultation, "officer"))
    client = log_in(make_staff(consultation, right))
    pages = (entry(consultation), url("retype", response), url("check", response))
    assert tuple(client.get(page).status_code for page in pages) == expected


def test_response_of_another_consultation_or_of_an_account_does_not_exist_here() -> None:
    consultation = make_consultation()
    response = typed(consultation, make_staff(consultation, "officer"))
    stranger = log_in(make_staff(make_consultation(), "officer"))
    own = make_response(consultation)
    officer = log_in(make_staff(consultation, "officer"))
    assert [
        stranger.get(url("check", response)).status_code,
        stranger.get(entry(consultation)).status_code,
        officer.get(url("retype", own)).status_code,
    ] == [404, 404, 404]


def test_answers_to_questions_are_typed_checked_and_put_right() -> None:
    consultation = make_consultation()
    typist, checker = (make_staff(consultation, "officer") for _n in range(2))
    make_question(consultation, words="Do you export?", asks_why=True)
    make_question(consultation, kind="several", words="Where to?")
    make_question(consultation, kind="short", words="Since when?")
    answers = {"q1-chosen": "2", "q1-why": "Too dear.", "q2-chosen": ["1", "2"], "q3-text": "1990"}

    response = typed(consultation, typist, **answers)

    versions = QuestionAnswerVersion.objects.order_by("question__number")
    assert [(row.chosen, row.text, row.why) for row in versions] == [
        ([2], "", "Too dear."),
        ([1, 2], "", ""),
        ([], "1990", ""),
    ]
    client = log_in(checker)
    words = client.get(url("check", response)).content.decode()
    for each in ("Question 1: Do you export?", "Too dear.", "<strong>Yes</strong>", "1990"):
        assert each in words
    page = client.get(url("retype", response))
    begun = [row.initial for row in page.context["asked"]]
    assert [row["chosen"] for row in begun] == [2, [1, 2], ""]
    again = form(
        **{**answers, "q3-text": "", "key": KEY[:-1] + "9"},
        seen=page.context["form"].initial["seen"],
    )
    assert client.post(url("retype", response), again).status_code == 302
    states = response.question_answers.order_by("question__number").values_list("state", flat=True)
    assert list(states) == ["submitted", "submitted", "withdrawn"]


def test_reason_without_an_answer_is_said_beside_its_field() -> None:
    consultation = make_consultation()
    make_question(consultation, asks_why=True)

    answer = log_in(make_staff(consultation, "officer")).post(
        entry(consultation), form(**{"q1-why": "Because."})
    )

    assert sentences(answer) == ["Choose the answer for which it gives this reason."]
    assert answer.context["errors"][0][0] == "id_q1-chosen"
    assert not Response.objects.exists()
