"""A whole response sent at once: all of it or nothing, once, and only as it was read."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Draft,
    LedgerEntry,
    Message,
    Recommendation,
    RecommendationVersion,
    Response,
    User,
)
from consultations.organisations import standing
from consultations.participation import UnreadyError
from tests.factories import (
    make_consultation,
    make_membership,
    make_organisation,
    make_question,
    make_user,
)
from tests.participation.scene import answer, make_council, recommendation_of, save, submit_all

pytestmark = pytest.mark.django_db


def submit(user: User, consultation: Consultation, **fields: Any) -> Response:
    """Send the response as the view does, having read every draft."""
    read = {draft.recommendation.number: draft.stamp for draft in Draft.objects.all()}
    asked = {"notices": consultation.notices(), "read": read} | fields
    return participation.submit(
        user=user,
        membership=standing(user),
        consultation=consultation,
        at=timezone.now(),
        **asked,
    )


def test_submit_sends_every_draft_with_one_receipt() -> None:
    employer, consultation = make_user(), make_consultation(recommendations=3)
    for number in (1, 3):
        save(employer, recommendation_of(consultation, number), text=f"On {number}.")

    response = submit(employer, consultation)

    response.refresh_from_db()
    assert (response.state, response.notices) == ("submitted", consultation.notices())
    sent = Comment.objects.order_by("recommendation__number")
    assert [(row.recommendation.number, row.submitted_version.text) for row in sent] == [
        (1, "On 1."),
        (3, "On 3."),
    ]
    assert {row.state for row in sent} == {"submitted"}
    assert (Draft.objects.count(), Case.objects.waiting().count()) == (0, 2)
    letter = Message.objects.get().letter
    assert letter["subject"] == "We have your response: 2 answers"
    for words in (response.reference, "On 1.", "On 3.", "3. Proposal 3"):
        assert str(letter).count(words) == 1
    assert [entry.act for entry in LedgerEntry.objects.order_by("sequence")] == [
        "comment_submitted"
    ] * 2
    assert ledger.verify(consultation.pk) == []


def test_submit_twice_sends_once() -> None:
    employer, consultation = make_user(), make_consultation()
    read = {1: save(employer, recommendation_of(consultation)).stamp}

    sent = [submit(employer, consultation, read=read) for _n in "12"]

    assert sent[0] == sent[1]
    assert (Comment.objects.count(), Message.objects.count()) == (1, 1)


def test_submit_of_a_change_keeps_the_version_before() -> None:
    employer, consultation = make_user(), make_consultation()
    save(employer, recommendation_of(consultation), text="First.")
    submit(employer, consultation)
    save(employer, recommendation_of(consultation), text="Second.", based_on=1)
    submit(employer, consultation)

    versions = Comment.objects.get().versions.order_by("number")
    assert [(row.number, row.text) for row in versions] == [(1, "First."), (2, "Second.")]


def test_submit_is_refused_where_something_was_saved_since_it_was_read() -> None:
    lead, colleague = make_council()
    consultation = make_consultation()
    seen = save(lead, recommendation_of(consultation, 1)).stamp
    newer = save(
        colleague, recommendation_of(consultation, 1), over=seen, text="Changed unseen."
    ).stamp

    for read in ({1: seen}, {}, {1: newer, 2: uuid4()}):
        with pytest.raises(participation.UnreadyError, match="Check your answers again"):
            submit(lead, consultation, read=read)

    assert Comment.objects.count() == 0
    submit(lead, consultation)
    assert Comment.objects.get().submitted_version.written_by == lead


def test_submit_of_an_answer_takes_the_permission_chosen_in_another() -> None:
    employer, consultation = make_user(), make_consultation()
    save(employer, recommendation_of(consultation, 1), permission="")
    save(employer, recommendation_of(consultation, 2), permission="unnamed")

    submit(employer, consultation)

    assert [row.submitted_version.permission for row in Comment.objects.all()] == ["unnamed"] * 2


@pytest.mark.parametrize("missing", ["stance", "permission"])
def test_submit_of_an_unfinished_answer_sends_nothing(missing: str) -> None:
    employer, consultation = make_user(), make_consultation()
    first = {"permission": ""} if missing == "permission" else {}
    save(employer, recommendation_of(consultation, 1), **first)
    save(employer, recommendation_of(consultation, 2), **{missing: ""})

    with pytest.raises(participation.UnreadyError, match="is not finished"):
        submit(employer, consultation)

    assert (Comment.objects.count(), Draft.objects.count()) == (0, 2)


def test_joined_drafts_that_are_longer_than_a_form_takes_are_shortened_first() -> None:
    employer, consultation = make_user(), make_consultation()
    question = make_question(consultation, kind="long")
    save(employer, recommendation_of(consultation), text="a" * 5_001)
    with pytest.raises(UnreadyError, match="recommendation 1 has 5001 characters: shorten it to 5"):
        submit(employer, consultation)
    draft = Draft.objects.get()
    assert len(draft.text) == 5_001
    save(employer, recommendation_of(consultation), text="a" * 5_000, over=draft.stamp)
    said = answer(employer, question, chosen=(), text="b" * 5_001)
    with pytest.raises(UnreadyError, match="question 1 has 5001 characters"):
        submit_all(employer, consultation)
    answer(employer, question, chosen=(), text="b" * 5_000, over=said.stamp)

    submit_all(employer, consultation)

    assert Draft.objects.count() == 0


def test_submit_on_corrected_words_or_notices_is_refused() -> None:
    employer, consultation = make_user(), make_consultation()
    recommendation = recommendation_of(consultation)
    save(employer, recommendation)
    notices = consultation.notices()
    Consultation.objects.update(confidentiality="Other words.")
    consultation.refresh_from_db()
    with pytest.raises(participation.CorrectedError, match="notices"):
        submit(employer, consultation, notices=notices)

    recommendation.current = RecommendationVersion.objects.create(
        recommendation=recommendation, number=2, title="New", text="New", made_at=timezone.now()
    )
    recommendation.save()
    with pytest.raises(participation.CorrectedError, match="Recommendation 1 was corrected"):
        submit(employer, consultation)

    assert Comment.objects.count() == 0


def test_submit_after_the_close_is_refused_and_keeps_the_draft() -> None:
    employer, consultation = make_user(), make_consultation()
    save(employer, recommendation_of(consultation))
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(participation.ClosedError):
        submit(employer, consultation)

    assert (Comment.objects.count(), Draft.objects.count()) == (0, 1)
    assert Response.objects.get().state == "draft"


def test_submit_of_nothing_is_refused() -> None:
    with pytest.raises(participation.UnreadyError, match="written nothing"):
        submit(make_user(), make_consultation())


def test_who_answers_is_written_down_as_they_are_when_they_send() -> None:
    employer, consultation = make_user(name="Ada Frith"), make_consultation()
    save(employer, recommendation_of(consultation))
    employer.name = "Ada Firth"
    employer.save()

    response = submit(employer, consultation)

    response.refresh_from_db()
    assert response.name == "Ada Firth"


def test_claim_is_put_into_the_queue_when_the_response_is_sent_and_not_before() -> None:
    council, consultation = make_organisation(), make_consultation()
    claimant = make_user(acting_for="organisation", organisation=council)
    make_membership(claimant, council)
    save(claimant, recommendation_of(consultation))
    assert Case.objects.count() == 0

    submit(claimant, consultation)

    assert Case.objects.waiting().filter(membership__user=claimant).count() == 1


def test_submit_costs_a_few_queries_for_each_answer() -> None:
    employer, costs = make_user(), []
    for amount in (1, 3):
        consultation = make_consultation(recommendations=amount)
        read = {
            number: save(employer, recommendation_of(consultation, number)).stamp
            for number in range(1, amount + 1)
        }
        consultation.refresh_from_db()
        with CaptureQueriesContext(connection) as asked:
            submit(employer, consultation, read=read)
        costs.append(len(asked))

    assert costs[1] - costs[0] == 2 * 5


def test_draft_thrown_away_meanwhile_is_not_said_to_be_sent() -> None:
    lead, colleague = make_council(leads=2)
    consultation = make_consultation()
    save(lead, recommendation_of(consultation, 1))
    submit(lead, consultation)
    seen = save(lead, recommendation_of(consultation, 2)).stamp
    participation.discard(draft=Draft.objects.get(), over=seen)

    with pytest.raises(participation.UnreadyError):
        submit(colleague, consultation, read={2: seen})

    assert (Comment.objects.count(), Message.objects.count()) == (1, 1)


def test_corrected_recommendation_is_sent_once_its_draft_is_saved_again() -> None:
    employer, consultation = make_user(), make_consultation()
    recommendation = recommendation_of(consultation)
    first = save(employer, recommendation)
    recommendation.current = RecommendationVersion.objects.create(
        recommendation=recommendation, number=2, title="New", text="New", made_at=timezone.now()
    )
    recommendation.save()

    save(employer, recommendation_of(consultation), over=first.stamp, answering=2)
    submit(employer, consultation)

    assert Comment.objects.get().submitted_version.answered.number == 2


@pytest.mark.django_db(transaction=True)
def test_whole_responses_and_single_answers_sent_at_once_do_not_wait_for_one_another() -> None:
    consultation = make_consultation(recommendations=4)
    people = [make_user() for _n in range(6)]
    for person in people[:3]:
        for number in (1, 2, 3, 4):
            save(person, recommendation_of(consultation, number))
    broken, barrier = [], threading.Barrier(len(people))

    def send(place: int) -> None:
        barrier.wait()
        try:
            if place < 3:
                mine = Draft.objects.filter(response__respondent=people[place])
                read = {draft.recommendation.number: draft.stamp for draft in mine}
                submit(people[place], consultation, read=read)
            else:
                for number in (4, 3, 2, 1):
                    say(people[place], recommendation_of(consultation, number))
        except DatabaseError as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[place]) for place in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert broken == []
    assert (Comment.objects.count(), Draft.objects.count()) == (24, 0)
    assert ledger.verify(consultation.pk) == []


def say(person: User, recommendation: Recommendation) -> None:
    """Send one answer, as the form does."""
    participation.post(
        user=person,
        membership=None,
        recommendation=recommendation,
        answer=participation.Answer(
            stance="support",
            text="At once.",
            permission="named",
            default_permission="named",
            key=uuid4(),
            based_on=0,
            answering=1,
            notices=recommendation.consultation.notices(),
        ),
        at=timezone.now(),
    )


def test_who_sends_first_is_who_answers_for_the_organisation() -> None:
    beginner, sender = make_council(leads=2)
    consultation = make_consultation()
    save(beginner, recommendation_of(consultation))

    response = submit(sender, consultation)

    response.refresh_from_db()
    assert (response.respondent, response.membership) == (sender, sender.memberships.get())
    assert response.name == sender.name


def test_name_in_which_a_response_goes_is_settled_when_it_is_sent() -> None:
    council, consultation = make_organisation(), make_consultation()
    claimant = make_user(acting_for="organisation", organisation=council)
    make_membership(claimant, council)
    save(claimant, recommendation_of(consultation))
    User.objects.filter(pk=claimant.pk).update(acting_for="self")
    claimant.refresh_from_db()

    response = submit(claimant, consultation)

    response.refresh_from_db()
    assert (response.for_organisation, response.organisation_name) == (False, "")
    assert Case.objects.filter(membership__isnull=False).count() == 0
