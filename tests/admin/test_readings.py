"""Who reads what is not public without deciding is written down; lists show them none of it."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import accounts
from consultations.models import Comment, Consultation, Reading
from consultations.moderation import decide
from tests.admin.scene import listed, page_of
from tests.factories import (
    give_role,
    log_in,
    make_answer,
    make_comment,
    make_consultation,
    make_evidence,
    make_question,
    make_reason,
    make_response,
    make_staff,
    make_version,
)
from tests.moderation.scene import TEXT, remove

pytestmark = pytest.mark.django_db
Published = Comment.State.PUBLISHED


def waiting(text: str = "Secret words.") -> tuple[Comment, Consultation]:
    comment = make_comment(text=text)
    return comment, comment.recommendation.consultation


def noted() -> list[tuple[Any, ...]]:
    rows = Reading.objects.order_by("pk")
    return list(rows.values_list("read_by", "what", "reference", "version"))


def test_analyst_opens_an_unpublished_text_on_record() -> None:
    comment, consultation = waiting()
    analyst = make_staff(consultation, "analyst")

    page = log_in(analyst).get(page_of(comment))

    assert "Secret words." in page.content.decode()
    assert noted() == [(analyst.pk, "comment", comment.reference, 1)]
    assert Reading.objects.get().consultation == consultation


@pytest.mark.parametrize("right", ["moderator", "officer"])
def test_reading_by_those_who_decide_is_not_noted(right: str) -> None:
    comment, consultation = waiting()

    log_in(make_staff(consultation, right)).get(page_of(comment))

    assert noted() == []


def test_public_text_is_read_by_anybody_and_a_change_that_waits_is_not() -> None:
    comment = make_comment(state=Published)
    client = log_in(make_staff(comment.recommendation.consultation, "analyst"))

    client.get(page_of(comment))
    before = noted()
    comment.submitted_version = make_version(comment, text="Other words.")
    comment.save()
    client.get(page_of(comment))

    assert (before, [row[1:] for row in noted()]) == ([], [("comment", comment.reference, 2)])


def test_counted_text_that_its_author_keeps_back_is_noted() -> None:
    comment = make_comment(state=Published, permission="unpublished")

    log_in(make_staff(comment.recommendation.consultation, "analyst")).get(page_of(comment))

    assert len(noted()) == 1


def test_what_nobody_may_read_before_the_close_is_noted_and_listed_without_words() -> None:
    consultation = make_consultation(answers_shown="closed")
    comment = make_comment(consultation.recommendations.get(number=1), state=Published)
    client = log_in(make_staff(consultation, "analyst"))

    shown = client.get(reverse("admin:consultations_comment_changelist")).content.decode()
    client.get(page_of(comment))

    assert (comment.public_text in shown, [row[1] for row in noted()]) == (False, ["comment"])


def test_list_shows_an_analyst_no_unpublished_text_and_finds_none() -> None:
    comment, consultation = waiting()
    make_comment(
        comment.recommendation, make_response(consultation), state=Published, text="Open words."
    )
    analyst, moderator = (make_staff(consultation, one) for one in ("analyst", "moderator"))

    def shown(client: Client, words: str) -> list[bool]:
        page = client.get(f"{listed('comment')}?q={words}").content.decode()
        return [text in page for text in ("Secret words.", "Open words.")]

    assert shown(log_in(analyst), "") == [False, True]
    assert shown(log_in(analyst), "words") == [False, True]
    assert (
        "Open it to read it, which is noted."
        in log_in(analyst).get(f"{listed('comment')}?q={comment.reference}").content.decode()
    )
    assert shown(log_in(moderator), "words") == [True, True]
    assert noted() == []


def test_hidden_words_that_stand_in_the_public_text_alone_are_read_on_record() -> None:
    comment = make_comment(state=Published, text=TEXT)
    consultation = comment.recommendation.consultation
    remove(comment)
    person = comment.response.respondent
    assert person is not None
    accounts.erase(person=person, by=person, at=timezone.now())
    moderator = make_staff(consultation)
    decide.hide(comment=comment, reason=make_reason(), note="", by=moderator, at=timezone.now())
    analyst = make_staff(consultation, "analyst")
    client = log_in(analyst)

    whole = client.get(listed("comment")).content.decode()
    found = client.get(listed("comment"), {"q": "Ring"}).content.decode()
    page = client.get(page_of(comment)).content.decode()

    assert (page_of(comment) in whole, page_of(comment) in found) == (True, False)
    assert ("Ring Bob" in whole, "Ring Bob" in page) == (False, True)
    assert noted() == [(analyst.pk, "comment", comment.reference, 1)]


def test_right_in_one_consultation_shows_no_text_of_another() -> None:
    comment, consultation = waiting("Words one.")
    other, elsewhere = waiting("Words two.")
    user = make_staff(consultation, "moderator")
    give_role(user, elsewhere, "analyst")
    client = log_in(user)

    page = client.get(f"{listed('comment')}?q=words").content.decode()
    client.get(page_of(comment))
    client.get(page_of(other))

    assert ("Words one." in page, "Words two." in page) == (True, False)
    assert [row[2] for row in noted()] == [other.reference]


def test_answers_and_documents_are_read_on_record() -> None:
    consultation = make_consultation()
    response = make_response(consultation)
    make_answer(make_question(consultation), response)
    document = make_evidence(response, "sent")
    shown = make_evidence(make_response(consultation), "published")
    analyst = make_staff(consultation, "analyst")
    client = log_in(analyst)

    client.get(page_of(response))
    for one in (document, shown):
        address = reverse("documents.fetch", args=[consultation.slug, one.reference])
        assert client.get(address).status_code == 200

    assert noted() == [
        (analyst.pk, "answers", response.reference, None),
        (analyst.pk, "document", document.reference, None),
    ]


def test_readings_are_shown_to_auditors_and_officers_alone() -> None:
    comment, consultation = waiting()
    log_in(make_staff(consultation, "analyst", "reader@example.org")).get(page_of(comment))

    for right, status in (("auditor", 200), ("officer", 200), ("moderator", 403)):
        page = log_in(make_staff(consultation, right)).get(listed("reading"))
        assert (right, page.status_code) == (right, status)
        if status == 200:
            assert comment.reference in page.content.decode()
    stranger = log_in(make_staff(make_consultation(), "auditor")).get(listed("reading"))
    assert comment.reference not in stranger.content.decode()


def test_reading_stands_for_good_but_for_who_read() -> None:
    comment, consultation = waiting()
    log_in(make_staff(consultation, "analyst")).get(page_of(comment))

    for change in (
        lambda: Reading.objects.update(version=2),
        lambda: Reading.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()

    assert Reading.objects.update(read_by=None) == 1
