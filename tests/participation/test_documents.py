"""A response's document: saved unseen, sent with the response or after it, replaced, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from consultations import files, ledger, participation
from consultations.models import (
    Case,
    Consultation,
    Document,
    DocumentContent,
    Draft,
    LedgerEntry,
    Message,
    Response,
    User,
)
from consultations.organisations import standing
from tests import samples
from tests.factories import make_case, make_consultation, make_evidence, make_response, make_user
from tests.participation.scene import make_council, recommendation_of, save

pytestmark = pytest.mark.django_db
State = Document.State


def attach(user: User, consultation: Consultation, **fields: Any) -> Document:
    """Save a document as the view does."""
    said = {
        "title": "Survey of our members",
        "file": files.checked(samples.PDF, "survey.pdf"),
        "permission": "named",
        "over": "",
    }
    return participation.attach(
        user=user,
        membership=standing(user),
        consultation=consultation,
        at=timezone.now(),
        **(said | fields),
    )


def send(document: Document) -> Document:
    by = document.uploaded_by or make_user()
    return participation.send_document(document=document, user=by, at=timezone.now())


def remove(document: Document) -> None:
    by = document.uploaded_by or make_user()
    participation.remove_document(document=document, user=by, at=timezone.now())


def submit(user: User, consultation: Consultation, document: str = "") -> Response:
    read = {draft.recommendation.number: draft.stamp for draft in Draft.objects.all()}
    return participation.submit(
        user=user,
        membership=standing(user),
        consultation=consultation,
        notices=consultation.notices(),
        read=read,
        document=document,
        at=timezone.now(),
    )


def close(consultation: Consultation) -> None:
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=timezone.now())


def states() -> list[str]:
    return list(Document.objects.order_by("pk").values_list("state", flat=True))


def acts() -> list[str]:
    return list(LedgerEntry.objects.order_by("sequence").values_list("act", flat=True))


def test_attach_begins_a_response_and_sends_nothing() -> None:
    employer, consultation = make_user(), make_consultation()

    document = attach(employer, consultation)

    response = Response.objects.get()
    assert (document.response, response.state, response.permission) == (response, "draft", "named")
    assert (document.state, document.sent_at, document.uploaded_by) == ("draft", None, employer)
    assert (Case.objects.count(), Message.objects.count(), acts()) == (0, 0, [])


def test_attach_in_place_of_a_saved_one_leaves_no_second_copy() -> None:
    employer, consultation = make_user(), make_consultation()
    first = attach(employer, consultation)

    second = attach(employer, consultation, over=first.reference, title="A newer one")

    assert list(Document.objects.all()) == [second]
    assert DocumentContent.objects.count() == 1


def test_attach_over_what_a_colleague_saved_is_refused() -> None:
    lead, colleague = make_council()
    consultation = make_consultation()
    theirs = attach(colleague, consultation, title="Theirs")

    with pytest.raises(participation.UnreadyError, match="since you opened this page"):
        attach(lead, consultation)

    assert list(Document.objects.all()) == [theirs]


def test_attach_after_the_close_is_refused() -> None:
    employer, consultation = make_user(), make_consultation()
    close(consultation)

    with pytest.raises(participation.ClosedError):
        attach(employer, consultation)

    assert (Document.objects.count(), Response.objects.count()) == (0, 0)


def test_submit_sends_the_document_with_the_answers_and_names_it_in_the_receipt() -> None:
    employer, consultation = make_user(), make_consultation()
    save(employer, recommendation_of(consultation))
    document = attach(employer, consultation)

    submit(employer, consultation, document.reference)

    document.refresh_from_db()
    assert document.state == "submitted"
    assert Case.objects.waiting().filter(document=document).count() == 1
    assert acts() == ["comment_submitted", "document_sent"]
    assert ledger.verify(consultation.pk) == []
    letter = str(Message.objects.get().letter)
    assert letter.count("Survey of our members") == letter.count("survey.pdf") == 1


def test_submit_is_refused_where_another_document_stands_than_was_read() -> None:
    employer, consultation = make_user(), make_consultation()
    save(employer, recommendation_of(consultation))
    attach(employer, consultation)

    for read in ("", "ABCDEFGH"):
        with pytest.raises(participation.UnreadyError, match="A document was saved or removed"):
            submit(employer, consultation, read)

    assert states() == ["draft"]


def test_send_before_the_answers_is_refused() -> None:
    employer, consultation = make_user(), make_consultation()
    document = attach(employer, consultation)

    with pytest.raises(participation.UnreadyError, match="Send your answers first"):
        send(document)


def test_send_after_the_answers_puts_it_before_a_moderator_once() -> None:
    response = make_response()
    document = make_evidence(response, State.DRAFT)

    sent = [send(document), send(document)]

    assert sent[0] == sent[1]
    assert (states(), Case.objects.waiting().count()) == (["submitted"], 1)
    assert acts() == ["document_sent"]
    receipt = Message.objects.get()
    assert receipt.letter["subject"] == "We have your document"
    assert response.reference in str(receipt.letter)
    assert document.file_name in str(receipt.letter)


def test_sent_in_place_of_one_that_waits_leaves_one_case_and_one_copy() -> None:
    response = make_response()
    first = send(make_evidence(response, State.DRAFT))

    send(make_evidence(response, State.DRAFT, content=samples.CSV, name="b.csv"))

    assert states() == ["replaced", "submitted"]
    assert not Case.objects.waiting().filter(document=first).exists()
    assert Case.objects.waiting().count() == DocumentContent.objects.count() == 1


def test_published_document_stays_while_a_newer_one_waits() -> None:
    response = make_response()
    make_evidence(response)

    send(make_evidence(response, State.DRAFT))

    assert states() == ["published", "submitted"]
    assert DocumentContent.objects.count() == 2


def test_send_of_what_was_replaced_is_refused() -> None:
    document = make_evidence(state=State.DRAFT)
    Document.objects.all().delete()

    with pytest.raises(participation.UnreadyError, match="was replaced"):
        send(document)


@pytest.mark.parametrize("state", [State.DRAFT, State.ASIDE])
def test_remove_of_what_is_saved_leaves_nothing_even_after_the_close(state: str) -> None:
    document = make_evidence(state=state)
    close(document.consultation)

    remove(document)

    assert (Document.objects.count(), DocumentContent.objects.count(), acts()) == (0, 0, [])


@pytest.mark.parametrize("state", [State.SUBMITTED, State.PUBLISHED])
def test_remove_of_what_was_sent_takes_it_back_with_its_bytes(state: str) -> None:
    document = make_evidence(state=state)
    case = make_case(document=document, consultation=document.consultation)

    remove(document)
    remove(document)

    case.refresh_from_db()
    assert states() == ["withdrawn"]
    assert case.closed_at is not None
    assert DocumentContent.objects.count() == 0
    assert acts() == ["document_taken_back"]


def test_remove_of_what_was_sent_is_refused_after_the_close() -> None:
    document = make_evidence()
    close(document.consultation)

    with pytest.raises(participation.ClosedError):
        remove(document)

    assert states() == ["published"]


def test_remove_of_a_draft_that_was_sent_meanwhile_is_refused() -> None:
    document = make_evidence(state=State.DRAFT)
    send(Document.objects.get())

    with pytest.raises(participation.UnreadyError, match="was sent since"):
        remove(document)


def test_choose_swaps_the_one_to_send_with_one_that_stands_aside() -> None:
    response = make_response()
    make_evidence(response, State.DRAFT)
    aside = make_evidence(response, State.ASIDE)

    participation.choose_document(document=aside)

    assert states() == ["aside", "draft"]
    with pytest.raises(participation.ParticipationError, match="since you opened"):
        participation.choose_document(document=aside)


def test_move_brings_a_document_along_and_loses_none_where_there_is_another() -> None:
    one, other, empty = (make_response() for _n in range(3))
    make_evidence(one, State.DRAFT)
    make_evidence(other, State.DRAFT)

    Document.objects.all().move(one, to=other)
    assert states() == ["aside", "draft"]
    Document.objects.all().move(other, to=empty)

    assert states() == ["aside", "draft"]
    assert empty.documents.count() == 2


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.PUBLISHED])
def test_response_has_one_document_in_each_state_at_most(state: str) -> None:
    response = make_response()
    make_evidence(response, state)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_evidence(response, state)


def test_sent_document_can_neither_be_deleted_nor_moved() -> None:
    document, other = make_evidence(state=State.SUBMITTED), make_response()

    with pytest.raises(DatabaseError, match="not deleted"), transaction.atomic():
        document.delete()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Document.objects.update(response=other)


def test_reminder_comes_for_a_document_alone() -> None:
    employer, consultation = make_user(), make_consultation()
    attach(employer, consultation)
    closes = consultation.closes_at
    assert closes is not None

    assert participation.remind(closes - timedelta(days=1)) == 1
