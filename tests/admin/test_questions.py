"""Questions in the admin: built, ordered, removed, frozen; and the answers that staff read."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.models import Consultation, Question
from tests.factories import (
    log_in,
    make_answer,
    make_consultation,
    make_question,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
ADD = reverse("admin:consultations_question_add")


def unopened(**fields: Any) -> Consultation:
    """Make a consultation that opens tomorrow."""
    return make_consultation(opens_at=timezone.now() + timedelta(days=1), **fields)


def page_of(question: Question, act: str = "change") -> str:
    """Return the address of a question's page."""
    return reverse(f"admin:consultations_question_{act}", args=[question.pk])


def said(consultation: Consultation, **more: Any) -> dict[str, Any]:
    """Return a filled form."""
    return {
        "consultation": consultation.pk,
        "recommendation": "",
        "place": "",
        "kind": "single",
        "words": "Which of these?",
        "hint": "",
        "choices": "Cost\r\n\r\n  Skills \r\n",
        "lowest": "",
        "highest": "",
    } | more


def officer_of(consultation: Consultation) -> Client:
    """Return the browser of an officer."""
    return log_in(make_staff(consultation, "officer"))


def words(consultation: Consultation) -> list[str]:
    """Return the questions in their order."""
    return [*consultation.questions.order_by("number").values_list("words", flat=True)]


def test_officer_builds_and_orders_the_questions() -> None:
    consultation = unopened()
    client = officer_of(consultation)
    second = consultation.recommendations.get(number=2)

    client.post(ADD, said(consultation, required="on", asks_why="on"))
    client.post(
        ADD,
        said(
            consultation,
            words="How sure?",
            kind="scale",
            choices="",
            lowest="not",
            highest="very",
            recommendation=second.pk,
            place="1",
        ),
    )

    scale, choice = consultation.questions.order_by("number")
    assert (scale.words, scale.recommendation, scale.highest) == ("How sure?", second, "very")
    assert (choice.options, choice.required, choice.asks_why) == (["Cost", "Skills"], True, True)


def test_officer_changes_and_removes_a_question_before_the_opening() -> None:
    consultation = unopened()
    first, second = make_question(consultation), make_question(consultation)
    client = officer_of(consultation)

    shown = client.get(page_of(first)).content.decode()
    client.post(page_of(first), said(consultation, words="Otherwise?", place="2"))
    assert words(consultation) == ["Ask 2?", "Otherwise?"]
    client.post(page_of(second, "delete"), {"post": "yes"})

    assert "Questions are written until the consultation opens." in shown
    assert [*consultation.questions.values_list("number", "words")] == [(1, "Otherwise?")]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"choices": "Cost"}, "Write two choices or more"),
        ({"choices": "Cost\ncost"}, "Two of the choices are the same."),
        ({"kind": "long"}, "Only a question with choices has them"),
        ({"lowest": "not"}, "Only a scale has ends"),
        ({"kind": "short", "choices": "", "asks_why": "on"}, "says why by itself"),
        ({"words": "  "}, "This field is required."),
        ({"words": "x" * 301}, "300"),
        ({"words": "left \u202e right"}, "direction"),
        ({"kind": "guess"}, "Select a valid choice."),
        ({"place": "0"}, "greater than or equal to 1"),
    ],
)
def test_question_that_does_not_fit_is_refused_beside_its_field(
    fields: dict[str, str], sentence: str
) -> None:
    consultation = unopened()

    refused = officer_of(consultation).post(ADD, said(consultation, **fields))

    assert refused.status_code == 200
    assert sentence in refused.content.decode()
    assert words(consultation) == []


def test_question_on_another_consultations_recommendation_is_refused() -> None:
    consultation, other = unopened(), unopened()
    foreign = other.recommendations.get(number=1)

    officer_of(consultation).post(ADD, said(consultation, recommendation=foreign.pk))
    officer_of(consultation).post(ADD, said(other))

    assert Question.objects.count() == 0


def test_question_is_read_only_once_the_consultation_has_opened() -> None:
    consultation = make_consultation()
    question = make_question(consultation)
    client = officer_of(consultation)

    shown = client.get(page_of(question)).content.decode()
    answers = [
        client.post(page_of(question), said(consultation)).status_code,
        client.post(page_of(question, "delete"), {"post": "yes"}).status_code,
        client.post(ADD, said(consultation)).status_code,
    ]

    assert ("View question" in shown, 'name="words"' in shown) == (True, False)
    assert answers == [403, 403, 200]
    assert words(consultation) == ["Ask 1?"]


@pytest.mark.parametrize("right", ["moderator", "analyst", "auditor"])
def test_who_is_no_officer_reads_the_questions_and_writes_none(right: str) -> None:
    consultation = unopened()
    question = make_question(consultation)
    client = log_in(make_staff(consultation, right))

    listed = client.get(reverse("admin:consultations_question_changelist")).content.decode()
    answers = [
        client.get(page_of(question)).status_code,
        client.post(page_of(question), said(consultation)).status_code,
        client.post(ADD, said(consultation)).status_code,
    ]

    assert "Ask 1?" in listed
    assert answers == [200, 403, 403]


def test_consultation_links_to_its_questions_and_adding_begins_with_it() -> None:
    consultation = unopened()
    client = officer_of(consultation)
    change = reverse("admin:consultations_consultation_change", args=[consultation.pk])
    listed = f"{reverse('admin:consultations_question_changelist')}?consultation={consultation.pk}"

    assert listed in client.get(change).content.decode()
    form = client.get(f"{ADD}?_changelist_filters=consultation%3D{consultation.pk}")

    assert f'<option value="{consultation.pk}" selected>' in form.content.decode()


@pytest.mark.parametrize("right", ["officer", "analyst"])
def test_staff_read_the_answers_on_the_responses_page(right: str) -> None:
    consultation = make_consultation()
    question = make_question(
        consultation, kind="several", options=["Cost", "Skills"], asks_why=True
    )
    response = make_response(consultation)
    make_answer(question, response, chosen=[1, 2], why="Both <i>bite</i>.")
    taken_back = make_answer(make_question(consultation, kind="long"), response, text="Taken back.")
    taken_back.state = "withdrawn"
    taken_back.save()

    page = (
        log_in(make_staff(consultation, right))
        .get(reverse("admin:consultations_response_change", args=[response.pk]))
        .content.decode()
    )

    for sentence in ("Ask 1?", "Cost", "Skills", "Why: Both &lt;i&gt;bite&lt;/i&gt;.", "Withdrawn"):
        assert sentence in page
    assert "Taken back." not in page
