"""Confirming after the close that what was sent was approved, and taking back what was not."""

import pytest
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Comment,
    Consultation,
    Document,
    DocumentContent,
    LedgerEntry,
    QuestionAnswer,
    Response,
    SignOff,
    Tally,
    User,
)
from consultations.participation import TakenBack
from tests.factories import (
    make_answer,
    make_case,
    make_consultation,
    make_evidence,
    make_question,
    make_user,
)
from tests.participation.scene import make_council, recommendation_of, save
from tests.participation.test_signing import close, sent_subject_to_approval, sign_off
from tests.participation.test_submit import say, submit

pytestmark = pytest.mark.django_db


def with_an_answer_and_a_document() -> tuple[User, Consultation, Response, Document]:
    """Return a lead, and a response that answers two questions and carries a document; closed."""
    lead, _colleague, consultation, response = sent_subject_to_approval()
    for words in ("Do you export?", "Do you hire?"):
        make_answer(make_question(consultation, words=words), response)
    document = make_evidence(response)
    close(consultation)
    return lead, consultation, response, document


def confirm(response: Response, lead: User, *withdrawn: list[int]) -> None:
    """Confirm the approval now, and take back the answers to these recommendations."""
    taken = TakenBack(*withdrawn)
    participation.approve(response=response, withdrawn=taken, user=lead, at=timezone.now())


def states(response: Response) -> list[str]:
    """Return what became of the answers to the questions, in order."""
    rows = QuestionAnswer.objects.filter(response=response).order_by("question__number")
    return [row.state for row in rows]


def test_approval_confirmed_after_the_close_takes_single_answers_back_and_keeps_both() -> None:
    lead, _colleague, consultation, response = sent_subject_to_approval()
    response.refresh_from_db()
    assert response.awaits() == response.sign_off
    close(consultation)

    confirm(response, lead, [2, 9])

    response = Response.objects.get()
    assert response.awaits() is None
    assert [row.outcome for row in response.sign_offs.all()] == ["approved", "subject"]
    states = Comment.objects.order_by("recommendation__number").values_list("state", flat=True)
    assert list(states) == ["published", "withdrawn"]
    assert Comment.objects.get(state="withdrawn").versions.get().text == "On 2."
    counted = Tally.objects.filter(counted__gt=0)
    assert list(counted.values_list("recommendation__number", "counted")) == [(1, 1)]
    entry = LedgerEntry.objects.order_by("sequence").last()
    assert entry is not None
    assert entry.act == "response_approved"
    assert entry.payload.content["withdrawn"] == [2]
    assert ledger.verify(consultation.pk) == []


def test_approval_is_confirmed_once() -> None:
    lead, _colleague, consultation, response = sent_subject_to_approval()
    close(consultation)
    confirm(response, lead)

    with pytest.raises(participation.UnreadyError, match="Nothing here waits"):
        confirm(response, lead, [1])

    assert Comment.objects.filter(state="published").count() == 2


def test_approval_before_the_close_or_long_after_it_is_refused_and_the_mark_stays() -> None:
    lead, _colleague, consultation, response = sent_subject_to_approval()

    with pytest.raises(participation.UnreadyError, match="Until the consultation closes"):
        confirm(response, lead)
    close(consultation, ago=participation.APPROVED_WITHIN)
    with pytest.raises(participation.UnreadyError, match="could be confirmed until"):
        confirm(response, lead)

    assert Response.objects.get().awaits() is not None


def test_other_responses_are_not_changed_after_the_close() -> None:
    lead, _colleague = make_council()
    consultation = make_consultation()
    say(make_user(), recommendation_of(consultation))
    save(lead, recommendation_of(consultation))
    sign_off(lead, consultation)
    response = submit(lead, consultation)
    close(consultation)

    for one in (response, Response.objects.exclude(pk=response.pk).get()):
        with pytest.raises(participation.UnreadyError):
            confirm(one, lead, [1])

    assert not Comment.objects.filter(state="withdrawn").exists()


def test_approval_takes_back_answers_to_questions_and_the_document_and_keeps_the_words() -> None:
    lead, consultation, response, document = with_an_answer_and_a_document()

    taken = TakenBack(questions=[2, 7], documents=[document.reference, "nothing1"])
    participation.approve(response=response, withdrawn=taken, user=lead, at=timezone.now())

    document.refresh_from_db()
    assert states(response) == ["submitted", "withdrawn"]
    assert QuestionAnswer.objects.get(state="withdrawn").versions.get().chosen == [1]
    assert (document.state, DocumentContent.objects.count()) == ("withdrawn", 0)
    assert SignOff.objects.filter(response=response).count() == 2
    entries = LedgerEntry.objects.order_by("sequence").select_related("payload")
    *_rest, answer, taken, approved = entries
    assert [answer.act, taken.act] == ["answer_withdrawn", "document_taken_back"]
    said = approved.payload.content
    assert (said["questions_withdrawn"], said["documents_withdrawn"]) == ([2], [document.reference])
    assert said["withdrawn"] == []
    assert ledger.verify(consultation.pk) == []


def test_approval_takes_back_a_document_that_waits_and_nobody_is_asked_to_read_it() -> None:
    lead, _colleague, consultation, response = sent_subject_to_approval()
    case = make_case(document=make_evidence(response, "submitted"))
    close(consultation)

    taken = TakenBack(documents=[response.documents.get().reference])
    participation.approve(response=response, withdrawn=taken, user=lead, at=timezone.now())

    case.refresh_from_db()
    assert (response.documents.get().state, case.closed_at is None) == ("withdrawn", False)


def test_approval_touches_nothing_of_another_response() -> None:
    lead, consultation, response, _document = with_an_answer_and_a_document()
    other = Response.objects.create(
        consultation=consultation,
        respondent=make_user(),
        kind="employer",
        state="submitted",
        started_at=timezone.now(),
        submitted_at=timezone.now(),
    )
    make_answer(consultation.questions.get(number=2), other)
    theirs = make_evidence(other)

    taken = TakenBack(questions=[2], documents=[theirs.reference])
    participation.approve(response=response, withdrawn=taken, user=lead, at=timezone.now())

    theirs.refresh_from_db()
    assert (states(other), theirs.state) == (["submitted"], "published")


def test_approval_that_is_refused_takes_nothing_back() -> None:
    lead, consultation, response, document = with_an_answer_and_a_document()
    close(consultation, ago=participation.APPROVED_WITHIN)

    taken = TakenBack([1], [1], [document.reference])
    with pytest.raises(participation.UnreadyError, match="could be confirmed until"):
        participation.approve(response=response, withdrawn=taken, user=lead, at=timezone.now())

    document.refresh_from_db()
    assert (states(response), document.state) == (["submitted", "submitted"], "published")
    assert not Comment.objects.filter(state="withdrawn").exists()
