"""Drafts: saved, shared by colleagues, never overwritten unseen, never counted, thrown away."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from consultations import participation
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Draft,
    LedgerEntry,
    Message,
    Recommendation,
    Response,
    Tally,
    User,
)
from tests.factories import make_consultation, make_user
from tests.participation.scene import make_council, recommendation_of, save

pytestmark = pytest.mark.django_db


def test_save_begins_a_response_and_sends_nothing() -> None:
    employer, consultation = make_user(), make_consultation()

    draft = save(employer, recommendation_of(consultation))

    response = Response.objects.get()
    assert (response.state, response.submitted_at, response.notices) == ("draft", None, "")
    assert (draft.response, draft.written_by) == (response, employer)
    assert response.permission == "named"
    made = (Comment, Case, LedgerEntry, Message, Tally)
    assert [model.objects.count() for model in made] == [0] * 5


def test_save_again_replaces_the_words_and_has_another_stamp() -> None:
    employer, recommendation = make_user(), recommendation_of(make_consultation())
    first = save(employer, recommendation)

    second = save(employer, recommendation, over=first.stamp, text="Better.", stance="")

    assert (second.pk, second.text, second.begun_at) == (first.pk, "Better.", first.begun_at)
    assert second.stamp != first.stamp
    assert not second.complete
    assert Response.objects.get().permission == "named"


def test_save_of_the_same_words_twice_is_one_save() -> None:
    employer, recommendation = make_user(), recommendation_of(make_consultation())

    first, second = (save(employer, recommendation) for _n in "12")
    assert first.stamp == second.stamp


def test_colleague_who_saved_meanwhile_is_never_overwritten() -> None:
    lead, colleague = make_council()
    recommendation = recommendation_of(make_consultation())
    first = save(lead, recommendation, text="First.")
    second = save(colleague, recommendation, text="Second, by a colleague.", over=first.stamp)

    with pytest.raises(participation.ConflictError, match=f"{colleague.name} saved") as refused:
        save(lead, recommendation, text="Second, by the lead.", over=first.stamp)

    assert refused.value.latest == Draft.objects.get()
    assert Draft.objects.get().text == "Second, by a colleague."
    assert save(lead, recommendation, text="Both.", over=second.stamp).text == "Both."


def test_draft_begun_anew_is_not_taken_for_the_one_thrown_away() -> None:
    lead, colleague = make_council()
    recommendation = recommendation_of(make_consultation())
    seen = save(lead, recommendation, text="Thrown away.").stamp
    participation.discard(draft=Draft.objects.get(), over=seen)
    save(colleague, recommendation, text="Begun anew.")

    with pytest.raises(participation.ConflictError):
        save(lead, recommendation, text="Over it?", over=seen)

    assert Draft.objects.get().text == "Begun anew."


def test_save_of_the_same_words_on_a_corrected_recommendation_answers_the_new_one() -> None:
    employer, recommendation = make_user(), recommendation_of(make_consultation())
    first = save(employer, recommendation)

    second = save(employer, recommendation, over=first.stamp, answering=2)

    assert (second.answering, second.text) == (2, first.text)


def test_comment_sent_meanwhile_is_not_drafted_over() -> None:
    lead, colleague = make_council(leads=2)
    recommendation = recommendation_of(make_consultation())
    ready = save(lead, recommendation, text="Ready.").stamp
    participation.submit(
        user=colleague,
        membership=colleague.memberships.get(),
        consultation=recommendation.consultation,
        notices=recommendation.consultation.notices(),
        read={1: ready},
        at=timezone.now(),
    )

    with pytest.raises(participation.ConflictError, match="sent since") as refused:
        save(lead, recommendation, text="Nearly ready.", over=ready)

    assert refused.value.latest == Comment.objects.get().submitted_version
    assert Draft.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_saving_at_once_keep_both_texts() -> None:
    colleagues = make_council()
    recommendation = recommendation_of(make_consultation())
    barrier, kept, refused = threading.Barrier(2), [], []

    def write(place: int) -> None:
        barrier.wait()
        try:
            kept.append(save(colleagues[place], recommendation, text=f"Text {place}").text)
        except participation.ConflictError as error:
            refused.append((f"Text {place}", error.latest.text))
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[place]) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Response.objects.count() == 1
    assert [Draft.objects.get().text] == kept
    [(lost, shown)] = refused
    assert {lost, shown} == {"Text 0", "Text 1"}


def test_save_after_the_close_is_refused() -> None:
    employer, recommendation = make_user(), recommendation_of(make_consultation())
    seen = save(employer, recommendation).stamp
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(participation.ClosedError):
        save(employer, recommendation, over=seen, text="Too late.")


def test_discard_takes_what_was_seen_and_nothing_newer() -> None:
    employer, recommendation = make_user(), recommendation_of(make_consultation())
    draft = save(employer, recommendation)
    newer = save(employer, recommendation, over=draft.stamp, text="Newer.").stamp

    for stale in (draft.stamp, None):
        with pytest.raises(participation.ConflictError):
            participation.discard(draft=draft, over=stale)
    for _n in "12":
        participation.discard(draft=draft, over=newer)

    assert Draft.objects.count() == 0


def test_sending_one_answer_takes_its_draft_and_no_other_words() -> None:
    lead, colleague = make_council()
    recommendation = recommendation_of(make_consultation())
    first = save(lead, recommendation, text="First.").stamp
    newer = save(colleague, recommendation, text="Newer.", over=first).stamp

    for stale in (first, None):
        with pytest.raises(participation.ConflictError):
            _send(lead, recommendation, over=stale)
    assert (Comment.objects.count(), Draft.objects.count()) == (0, 1)
    _send(lead, recommendation, over=newer)

    assert (Comment.objects.count(), Draft.objects.count()) == (1, 0)


def _send(user: User, recommendation: Recommendation, over: UUID | None) -> None:
    participation.post(
        user=user,
        membership=user.memberships.get(),
        recommendation=recommendation,
        answer=participation.Answer(
            stance="support",
            text="Sent.",
            permission="named",
            default_permission="named",
            key=uuid4(),
            based_on=0,
            answering=1,
            notices=recommendation.consultation.notices(),
            over=over,
        ),
        at=timezone.now(),
    )
