"""The admin's pages of the official response: write, review, publish, explain a delay."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.models import Comment, Consultation, OfficialAnswer, OfficialDelay, Role
from tests.factories import (
    log_in,
    make_campaign,
    make_closed,
    make_comment,
    make_official,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
TYPED = {
    "act": "save",
    "status": "accepted",
    "asked": "We asked.",
    "said": "You said.",
    "will": "We will.",
    "seen": "",
}


def overview(consultation: Consultation) -> str:
    return reverse("admin:consultations_consultation_official", args=[consultation.pk])


def answer(consultation: Consultation, number: int = 1) -> str:
    return reverse("admin:consultations_consultation_answer", args=[consultation.pk, number])


def officer(consultation: Consultation) -> Client:
    return log_in(make_staff(consultation, Role.Right.OFFICER))


def html(client: Client, path: str, status: int = 200) -> str:
    page = client.get(path)
    assert page.status_code == status
    return page.content.decode()


def test_two_officers_write_review_and_publish() -> None:
    consultation = make_closed()
    writer, reviewer = officer(consultation), officer(consultation)

    saved = writer.post(answer(consultation), TYPED)
    assert (saved.status_code, saved.headers["Location"]) == (302, overview(consultation))
    draft = OfficialAnswer.objects.get()
    assert "I have read this draft" not in html(writer, answer(consultation))
    assert "Publish the chosen answers" not in html(writer, overview(consultation))
    assert "I have read this draft" in html(reviewer, answer(consultation))
    reviewer.post(answer(consultation), {"act": "review", "seen": draft.stamp})
    assert "Publish the chosen answers" in html(writer, overview(consultation))
    writer.post(overview(consultation), {"act": "publish", "number": f"1:{draft.stamp}"})

    draft.refresh_from_db()
    assert (draft.published_at is None, draft.status) == (False, "accepted")
    assert "Tell what has happened since" in html(writer, overview(consultation))


def test_what_was_typed_is_kept_beside_the_error() -> None:
    consultation = make_closed()
    client = officer(consultation)

    for change, said in (
        ({"status": ""}, "Choose a status."),
        ({"said": "See [[ABCD2345]]."}, "is no published comment on this recommendation"),
        ({"will": "See [[this]]."}, "cites nothing"),
        ({"will": "\x00"}, "a control character"),
    ):
        page = client.post(answer(consultation), TYPED | change).content.decode()
        assert said in page
        assert "We asked." in page

    assert not OfficialAnswer.objects.exists()


def test_a_draft_that_a_colleague_changed_is_replaced_only_knowingly() -> None:
    consultation = make_closed()
    first, second = officer(consultation), officer(consultation)
    first.post(answer(consultation), TYPED)

    refused = second.post(answer(consultation), TYPED | {"will": "Otherwise."})
    page = refused.content.decode()
    stamp = OfficialAnswer.objects.get().stamp

    assert "Somebody else changed this draft" in page
    assert ("Otherwise." in page, f'value="{stamp}"' in page) == (True, True)
    second.post(answer(consultation), TYPED | {"will": "Otherwise.", "seen": stamp})
    assert OfficialAnswer.objects.get().will == "Otherwise."


def test_points_that_nobody_answers_are_listed_before_publishing() -> None:
    consultation = make_closed()
    first = consultation.recommendations.get(number=1)
    letters = [
        make_comment(first, make_response(consultation), state=Comment.State.PUBLISHED)
        for _n in range(3)
    ]
    make_campaign(*letters)
    client = officer(consultation)

    for path in (overview(consultation), answer(consultation)):
        page = html(client, path)
        assert "1 point is answered nowhere" in page
        assert f"[[{letters[0].reference}]]" in page

    make_official(first, published=False, said=f"As [[{letters[1].reference}]] says.")
    for path in (overview(consultation), answer(consultation)):
        assert "answered nowhere" not in html(client, path)


def test_reason_for_a_delay_is_given_in_public() -> None:
    now = timezone.now()
    times = {"opens_at": now - timedelta(weeks=30), "closes_at": now - timedelta(weeks=13)}
    consultation = make_closed(response_clock=True, **times)
    client = officer(consultation)
    assert "it is late" in html(client, overview(consultation))

    empty = client.post(overview(consultation), {"act": "delay", "reason": ""})
    assert "Say why it is late" in empty.content.decode()
    client.post(overview(consultation), {"act": "delay", "reason": "An election."})

    assert OfficialDelay.objects.get().reason == "An election."


def test_reason_given_before_it_is_late_is_kept_until_then() -> None:
    consultation = make_closed(response_clock=True)
    client = officer(consultation)
    said = {"act": "delay", "reason": "We expect an election."}

    told = client.post(overview(consultation), said, follow=True).content.decode()

    assert "shown from the day on which the response is late" in told
    public = reverse("official.show", args=[consultation.slug])
    assert "We expect an election." not in html(client, public)
    times = {"opens_at": timezone.now() - timedelta(weeks=30)}
    times["closes_at"] = timezone.now() - timedelta(weeks=13)
    Consultation.objects.filter(pk=consultation.pk).update(**times)
    assert "We expect an election." in html(client, public)


def test_pages_do_not_exist_for_others() -> None:
    consultation, other = make_closed(), make_closed()
    moderator = log_in(make_staff(consultation, Role.Right.MODERATOR))
    elsewhere = officer(other)

    for client in (moderator, elsewhere):
        for path in (overview(consultation), answer(consultation)):
            html(client, path, 404)
            assert client.post(path, TYPED).status_code == 404
    html(officer(consultation), answer(consultation, 9), 404)
    assert not OfficialAnswer.objects.exists()


def test_queries_are_the_same_for_one_and_for_three_recommendations() -> None:
    counts = []
    for many in (1, 3):
        consultation = make_closed(recommendations=many)
        for row in consultation.recommendations.order_by("number"):
            letters = [
                make_comment(row, make_response(consultation), state="published") for _n in range(2)
            ]
            make_campaign(*letters)
            make_official(row)
            make_official(row, published=False)
        client = officer(consultation)
        html(client, overview(consultation))
        with CaptureQueriesContext(connection) as captured:
            html(client, overview(consultation))
        counts.append(len(captured))
    assert counts[0] == counts[1]
