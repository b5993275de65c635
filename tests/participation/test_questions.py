"""Answers to the owner's questions: saved, sent with the response, required, kept, taken back."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations import ledger, moderation, participation
from consultations.models import (
    Case,
    Comment,
    Consultation,
    LedgerEntry,
    Message,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    QuestionDraft,
    Response,
)
from consultations.moderation import memberships
from tests.factories import (
    make_answer,
    make_case,
    make_consultation,
    make_membership,
    make_organisation,
    make_question,
    make_response,
    make_staff,
    make_user,
)
from tests.participation.scene import answer, make_council, recommendation_of, save, submit_all
from tests.test_ledger import faulty, forge

pytestmark = pytest.mark.django_db


def post(user: Any, consultation: Consultation, **fields: Any) -> Comment:
    """Send one comment by itself, as its own button does."""
    said: dict[str, Any] = {
        "stance": "support",
        "text": "At once.",
        "permission": "named",
        "default_permission": "named",
        "key": uuid4(),
        "based_on": 0,
        "answering": 1,
        "notices": consultation.notices(),
    }
    return participation.post(
        user=user,
        membership=None,
        recommendation=recommendation_of(consultation),
        answer=participation.Answer(**(said | fields)),
        at=timezone.now(),
    )


def test_save_begins_a_response_and_sends_nothing() -> None:
    employer, question = make_user(), make_question()

    draft = answer(employer, question)

    response = Response.objects.get()
    assert (response.state, draft.response, draft.written_by) == ("draft", response, employer)
    made = (QuestionAnswer, Case, LedgerEntry, Message)
    assert [model.objects.count() for model in made] == [0] * 4


def test_save_again_replaces_the_answer_and_has_another_stamp() -> None:
    employer, question = make_user(), make_question()
    first = answer(employer, question)

    same = answer(employer, question)
    second = answer(employer, question, chosen=(2,), over=first.stamp)

    assert same.stamp == first.stamp
    assert (second.pk, second.chosen) == (first.pk, [2])
    assert second.stamp != first.stamp


def test_save_over_a_colleagues_answer_shows_who_saved_it() -> None:
    lead, colleague = make_council()
    question = make_question()
    answer(colleague, question, chosen=(2,))

    with pytest.raises(participation.ConflictError, match=colleague.name) as refused:
        answer(lead, question)

    assert isinstance(refused.value.latest, QuestionDraft)
    assert refused.value.latest.labels() == ["No"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("single", {"chosen": (3,)}),
        ("single", {"chosen": (0,)}),
        ("single", {"chosen": (1, 2)}),
        ("single", {"chosen": (1,), "text": "Smuggled."}),
        ("single", {"chosen": (1,), "why": "Not asked."}),
        ("several", {"chosen": (1, 9)}),
        ("scale", {"chosen": (6,)}),
        ("short", {"chosen": (1,), "text": "A word."}),
    ],
)
def test_answer_that_is_not_offered_is_refused(kind: str, said: dict[str, Any]) -> None:
    question = make_question(kind=kind)

    with pytest.raises(participation.ParticipationError, match="does not take such an answer"):
        answer(make_user(), question, **said)

    assert QuestionDraft.objects.count() == 0


def test_save_after_the_close_is_refused() -> None:
    question = make_question()
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(participation.ClosedError):
        answer(make_user(), question)


def test_submit_sends_comments_and_answers_at_once_with_one_receipt() -> None:
    employer, consultation = make_user(), make_consultation()
    asked = make_question(consultation, kind="several", options=["Cost", "Skills"], asks_why=True)
    save(employer, recommendation_of(consultation))
    answer(employer, asked, chosen=(1, 2), why="Both bite.")

    response = submit_all(employer, consultation)

    version = QuestionAnswer.objects.get().current
    assert version is not None
    assert (version.chosen, version.why, version.number) == ([1, 2], "Both bite.", 1)
    assert (Comment.objects.count(), QuestionDraft.objects.count()) == (1, 0)
    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert [*acts] == ["comment_submitted", "answers_submitted"]
    entry = LedgerEntry.objects.get(act="answers_submitted").payload.content
    assert (entry["response"], entry["answers"][0]["question"]) == (response.reference, 1)
    letter = str(Message.objects.get().letter)
    for words in ("Ask 1?", "Cost", "Skills", "Both bite.", "It is not published."):
        assert letter.count(words) == 1


def test_submit_of_answers_alone_twice_sends_once() -> None:
    employer, question = make_user(), make_question()
    read = {1: answer(employer, question).stamp}

    for _n in "12":
        submit_all(employer, question.consultation, read_answers=read)

    assert (QuestionAnswerVersion.objects.count(), Message.objects.count()) == (1, 1)
    subject = Message.objects.get().letter["subject"]
    assert subject == "We have your answer to question 1"
    assert Response.objects.get().state == "submitted"


def test_submit_is_refused_where_an_answer_was_saved_since_it_was_read() -> None:
    lead, colleague = make_council()
    question = make_question()
    seen = answer(lead, question).stamp
    answer(colleague, question, chosen=(2,), over=seen)

    for read in ({1: seen}, {}):
        with pytest.raises(participation.UnreadyError, match="Check your answers again"):
            submit_all(lead, question.consultation, read_answers=read)

    assert QuestionAnswer.objects.count() == 0


def test_submit_of_a_reason_without_an_answer_is_refused() -> None:
    employer, question = make_user(), make_question(asks_why=True)
    answer(employer, question, chosen=(), why="Because.")

    with pytest.raises(participation.UnreadyError, match="question 1 is not finished"):
        submit_all(employer, question.consultation)


def test_required_question_is_answered_before_anything_is_sent() -> None:
    employer, consultation = make_user(), make_consultation()
    question = make_question(consultation, required=True, words="How many?")
    make_question(consultation)
    save(employer, recommendation_of(consultation))

    with pytest.raises(participation.UnreadyError, match="“How many"):
        submit_all(employer, consultation)
    with pytest.raises(participation.UnreadyError, match="“How many"):
        post(make_user(), consultation)
    assert (Comment.objects.count(), Response.objects.count()) == (0, 1)

    answer(employer, question)
    submit_all(employer, consultation)
    changed = post(employer, consultation, based_on=1)
    assert changed.submitted_version.number == 2


def test_required_answer_that_is_withdrawn_is_owed_again() -> None:
    employer, question = make_user(), make_question(required=True)
    answer(employer, question)
    submit_all(employer, question.consultation)

    given = QuestionAnswer.objects.get()
    participation.withdraw_answer(answer=given, user=employer, at=timezone.now())
    with pytest.raises(participation.UnreadyError, match="Question 1"):
        post(employer, question.consultation)

    answer(employer, question, based_on=1)
    submit_all(employer, question.consultation)
    given.refresh_from_db()
    assert (given.state, given.current.number) == ("submitted", 2)
    acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
    assert [*acts] == ["answers_submitted", "answer_withdrawn", "answers_submitted"]


def test_withdrawing_after_the_close_is_refused() -> None:
    question = make_question()
    given = make_answer(question, make_response(question.consultation))
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(participation.ClosedError):
        participation.withdraw_answer(answer=given, user=make_user(), at=timezone.now())


def test_sent_answer_changed_since_is_shown_to_who_saves_another() -> None:
    employer, question = make_user(), make_question()
    answer(employer, question)
    submit_all(employer, question.consultation)

    with pytest.raises(participation.ConflictError, match="was sent since") as refused:
        answer(employer, question, chosen=(2,))

    assert isinstance(refused.value.latest, QuestionAnswerVersion)


def test_draft_is_thrown_away_only_as_it_was_seen() -> None:
    employer, question = make_user(), make_question()
    draft = answer(employer, question)

    with pytest.raises(participation.ConflictError):
        participation.discard(draft=draft, over=uuid4())
    participation.discard(draft=draft, over=draft.stamp)

    assert QuestionDraft.objects.count() == 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consultations_questionanswerversion SET chosen = '{2}'",
        "UPDATE consultations_questionanswerversion SET why = 'Forged.'",
        "UPDATE consultations_questionanswerversion SET number = 2",
        "DELETE FROM consultations_questionanswerversion",
        "TRUNCATE consultations_questionanswerversion CASCADE",
    ],
)
def test_version_of_an_answer_is_never_changed(sql: str) -> None:
    make_answer(make_question(), make_response())
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="only erased"), transaction.atomic():
        connection.cursor().execute(sql)


def test_forged_answer_is_found_and_an_erased_one_forgiven() -> None:
    employer, question = make_user(), make_question(kind="long")
    answer(employer, question, chosen=(), text="As it was.")
    submit_all(employer, question.consultation)
    assert ledger.verify(question.consultation_id) == []

    forge("UPDATE consultations_questionanswerversion SET text = 'Forged.'")
    assert [sequence for sequence, _why in faulty(question.consultation)] == [1]
    forge("UPDATE consultations_questionanswerversion SET text = '', erased_at = now()")
    assert faulty(question.consultation) == []


def test_reminder_comes_for_an_answer_that_was_not_sent() -> None:
    employer, question = make_user(), make_question()
    answer(employer, question)
    closes = question.consultation.closes_at
    assert closes is not None

    told = [participation.remind(closes - timedelta(days=days)) for days in (8, 6, 5)]

    assert told == [0, 1, 0]
    assert Message.objects.get().to == employer.email


def test_confirming_a_claim_brings_the_answers_along() -> None:
    council, consultation = make_organisation(), make_consultation()
    member = make_user(acting_for="organisation", organisation=council)
    make_membership(member, council, claim="confirmed")
    single = make_question(consultation, asks_why=True)
    several = make_question(consultation, kind="several")
    answer(member, single, chosen=(1,))
    answer(member, several, chosen=(1,))
    claimant = make_user(acting_for="organisation", organisation=council)
    claim = make_membership(claimant, council)
    answer(claimant, single, chosen=(2,), why="Mine.")
    answer(claimant, several, chosen=(2,))
    case = make_case(membership=claim, consultation=consultation)

    moderation.claims.confirm(
        case=case, by=make_staff(consultation, "moderator"), at=timezone.now()
    )

    assert consultation.responses.get().organisation == council
    drafts = QuestionDraft.objects.order_by("question__number")
    said = [(row.chosen, sorted(row.why.split("\n\n"))) for row in drafts]
    assert said == [([2], ["Mine.", "Yes"]), ([1, 2], [""])]


def test_answers_of_a_response_that_is_set_aside_count_no_more() -> None:
    council, consultation = make_organisation(), make_consultation()
    question = make_question(consultation)
    first = make_membership(None, council, claim="confirmed")
    theirs = make_response(consultation, first.user, membership=first, organisation=council)
    claim = make_membership(None, council)
    mine = make_response(consultation, claim.user, membership=claim)
    stays, goes = make_answer(question, theirs), make_answer(question, mine)
    case = make_case(membership=claim, consultation=consultation)

    moderation.claims.confirm(
        case=case, by=make_staff(consultation, "moderator"), at=timezone.now()
    )

    for given in (stays, goes):
        given.refresh_from_db()
    assert (stays.state, goes.state) == ("submitted", "set_aside")


def test_revoking_a_membership_leaves_the_colleagues_drafts() -> None:
    lead, colleague = make_council()
    consultation = make_consultation(recommendations=1)
    first, second = make_question(consultation), make_question(consultation)
    save(lead, recommendation_of(consultation))
    submit_all(lead, consultation)
    answer(lead, first)
    answer(colleague, second)
    membership = lead.memberships.get()

    memberships.revoke(
        membership=membership, by=make_staff(consultation, "officer"), at=timezone.now()
    )

    kept = {row.question: row.response.organisation for row in QuestionDraft.objects.all()}
    assert kept == {first: None, second: membership.organisation}


def test_submit_costs_the_same_at_one_answer_and_at_three() -> None:
    costs = []
    for amount in (1, 3):
        employer, consultation = make_user(), make_consultation()
        read = {
            number: answer(employer, make_question(consultation)).stamp
            for number in range(1, amount + 1)
        }
        with CaptureQueriesContext(connection) as asked:
            submit_all(employer, consultation, read={}, read_answers=read)
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_questions_cost_no_query_where_one_comment_is_sent() -> None:
    costs = []
    for amount in (0, 1, 3):
        employer, consultation = make_user(), make_consultation()
        for _n in range(amount):
            make_question(consultation)
        with CaptureQueriesContext(connection) as asked:
            post(employer, consultation)
        costs.append(len(asked))

    assert costs == [costs[0]] * 3


@pytest.mark.django_db(transaction=True)
def test_colleagues_who_save_and_send_at_once_make_one_answer_each() -> None:
    people = make_council(4, leads=4)
    question = make_question()
    barrier, outcomes = threading.Barrier(len(people)), []

    def save_one(place: int) -> None:
        barrier.wait()
        try:
            answer(people[place], question, chosen=(1 + place % 2,))
            outcomes.append("saved")
        except participation.ConflictError:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=save_one, args=[place]) for place in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Two of them say the same: the second of these finds it saved.
    assert sorted(outcomes) == ["conflict", "conflict", "saved", "saved"]
    read = {1: QuestionDraft.objects.get().stamp}

    def send_one(place: int) -> None:
        submit_all(people[place], question.consultation, read={}, read_answers=read)
        connection.close()

    threads = [threading.Thread(target=send_one, args=[place]) for place in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (QuestionAnswerVersion.objects.count(), Message.objects.count()) == (1, 1)


def test_question_cannot_change_once_somebody_has_begun_to_answer() -> None:
    question = make_question(make_consultation(opens_at=timezone.now() + timedelta(days=1)))
    Question.objects.update(words="Freely.")
    response = make_response(question.consultation)
    QuestionDraft.objects.create(
        response=response,
        question=question,
        written_at=timezone.now(),
        begun_at=timezone.now(),
    )

    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Question.objects.update(words="Otherwise.")
