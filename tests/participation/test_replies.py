"""What a paper says to the owner's questions: typed, checked, put right and taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Case,
    Consultation,
    LedgerEntry,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    Response,
    User,
)
from consultations.participation import PaperError, ParticipationError, Reply
from tests.factories import make_question
from tests.participation.test_enter import acts, check, paper, said, scene

pytestmark = pytest.mark.django_db


def asked() -> tuple[Consultation, User, User, Question, Question]:
    """Return a consultation, who types and who checks, a choice with its reason, and a text."""
    consultation, typist, checker = scene()
    choice = make_question(consultation, asks_why=True)
    return consultation, typist, checker, choice, make_question(consultation, kind="long")


def enter(consultation: Consultation, by: User, *replies: Reply, **fields: object) -> Response:
    return participation.enter(
        consultation=consultation,
        paper=paper(),
        said=fields.get("said", []),  # type: ignore[arg-type]
        replies=replies,
        key=fields.get("key", uuid4()),  # type: ignore[arg-type]
        by=by,
        at=timezone.now(),
    )


def retype(response: Response, by: User, *replies: Reply, **fields: object) -> Response:
    response.refresh_from_db()
    return participation.retype(
        response=response,
        paper=paper(),
        said=fields.get("said", []),  # type: ignore[arg-type]
        replies=replies,
        key=uuid4(),
        seen=response.typed_at or timezone.now(),
        by=by,
        at=timezone.now(),
    )


def words(response: Response) -> list[tuple[int, int, list[int], str, str]]:
    """Return every version of a response's answers."""
    rows = QuestionAnswerVersion.objects.filter(response=response)
    fields = ("question__number", "number", "chosen", "text", "why")
    return list(rows.order_by("question__number", "number").values_list(*fields))


def test_answers_to_questions_are_stored_with_the_comments_and_sealed() -> None:
    consultation, typist, _checker, choice, text = asked()

    response = enter(
        consultation,
        typist,
        Reply(choice, (2,), "", "By hand."),
        Reply(text, (), "A letter.\n\nTwo parts.", ""),
        said=[said(consultation)],
    )

    assert words(response) == [
        (1, 1, [2], "", "By hand."),
        (2, 1, [], "A letter.\n\nTwo parts.", ""),
    ]
    answers = QuestionAnswer.objects.filter(response=response)
    assert {(row.state, row.current_id is None) for row in answers} == {("submitted", False)}
    assert acts(consultation) == ["comment_submitted", "answers_submitted", "response_entered"]
    assert ledger.verify(consultation.pk) == []
    # Only what may be published waits for a moderator.
    assert Case.objects.waiting().count() == 1


def test_paper_that_answers_questions_alone_is_a_response() -> None:
    consultation, typist, checker, choice, _text = asked()

    response = enter(consultation, typist, Reply(choice, (1,), "", ""))
    check(response, checker)

    response.refresh_from_db()
    assert (response.state, response.unchecked) == ("submitted", False)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "text", "why"), [((3,), "", ""), ((1, 2), "", ""), ((), "Words.", "")]
)
def test_answer_that_is_not_offered_is_refused(
    chosen: tuple[int, ...], text: str, why: str
) -> None:
    consultation, typist, _checker, choice, _text = asked()

    with pytest.raises(ParticipationError, match="Question 1 does not take"):
        enter(consultation, typist, Reply(choice, chosen, text, why))

    assert not Response.objects.exists()


def test_form_of_answers_sent_twice_makes_one_response() -> None:
    consultation, typist, _checker, choice, _text = asked()
    key = uuid4()

    first, second = (
        enter(consultation, typist, Reply(choice, (1,), "", ""), key=key) for _n in range(2)
    )

    assert first == second
    assert QuestionAnswerVersion.objects.count() == 1


def test_answer_is_put_right_by_a_new_version_and_one_left_out_is_taken_back() -> None:
    consultation, typist, checker, choice, text = asked()
    response = enter(
        consultation, typist, Reply(choice, (1,), "", ""), Reply(text, (), "Mistaken.", "")
    )
    check(response, checker)

    again = retype(response, checker, Reply(choice, (2,), "", ""))

    assert words(response) == [
        (1, 1, [1], "", ""),
        (1, 2, [2], "", ""),
        (2, 1, [], "Mistaken.", ""),
    ]
    states = QuestionAnswer.objects.order_by("question__number").values_list("state", flat=True)
    assert list(states) == ["submitted", "withdrawn"]
    assert (again.typed_by, again.unchecked) == (checker, True)
    entry = LedgerEntry.objects.select_related("payload").latest("sequence")
    assert (entry.act, entry.payload.content["gone_questions"]) == ("response_retyped", [2])
    assert ledger.verify(consultation.pk) == []
    retype(again, checker, Reply(choice, (2,), "", ""), Reply(text, (), "Typed again.", ""))
    assert QuestionAnswer.objects.get(question=text).state == "submitted"


def test_retyping_the_same_answers_changes_nothing() -> None:
    consultation, typist, checker, choice, _text = asked()
    response = enter(consultation, typist, Reply(choice, (1,), "", "Why."))
    check(response, checker)

    again = retype(response, typist, Reply(choice, (1,), "", "Why."))

    assert (again.checked_by, QuestionAnswerVersion.objects.count()) == (checker, 1)


def test_answer_that_was_changed_online_after_the_typing_is_not_retyped() -> None:
    consultation, typist, checker, choice, text = asked()
    response = enter(consultation, typist, Reply(choice, (1,), "", ""), Reply(text, (), "So.", ""))
    # Its organisation answered anew a minute after it was typed.
    before = (response.typed_at or timezone.now()) - timedelta(minutes=1)
    Response.objects.filter(pk=response.pk).update(typed_at=before)

    for replies in ([Reply(choice, (2,), "", "")], []):
        with pytest.raises(PaperError, match="question 1 anew after it was typed"):
            retype(response, checker, *replies, Reply(text, (), "So.", ""))

    retype(response, checker, Reply(choice, (1,), "", ""), Reply(text, (), "So.", ""))
    assert words(response) == [(1, 1, [1], "", ""), (2, 1, [], "So.", "")]
