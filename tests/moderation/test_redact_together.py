"""Redaction at the same moment as another moderator's, or as the author's edit: one wins."""

import pytest
from django.utils import timezone

from consultations import ledger
from consultations.models import Comment, Consultation, Redaction
from consultations.moderation import redact
from tests.factories import make_comment, make_consultation, make_reason, make_staff
from tests.moderation.scene import HIDDEN, TEXT, remove
from tests.moderation.test_together import at_once
from tests.participation.scene import recommendation_of
from tests.participation.test_redacted import post

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "0161 496 0000"


def test_two_moderators_who_remove_the_same_words_at_once_remove_them_once() -> None:
    comment = make_comment(state="published", text=TEXT)
    consultation, reason = comment.recommendation.consultation, make_reason("personal_data")
    spans = [(TEXT.index(NUMBER), TEXT.index(NUMBER) + len(NUMBER))]
    said = {"comment": comment, "version_number": 1, "spans": spans, "reason": reason}
    one, other = make_staff(consultation), make_staff(consultation)

    refused = at_once(
        lambda: redact.redact(**said, by=one, at=timezone.now()),
        lambda: redact.redact(**said, by=other, at=timezone.now()),
    )

    comment.refresh_from_db()
    assert refused == [
        "Some of these words are removed already. Look at the text below, and choose."
    ]
    assert comment.public_text == TEXT.replace(NUMBER, HIDDEN)
    assert Redaction.objects.count() == 1
    assert ledger.verify(consultation.pk) == []


@pytest.mark.parametrize("turn", range(3))
def test_moderator_and_author_at_once_lose_nothing(turn: int) -> None:
    consultation = make_consultation(moderation=Consultation.Moderation.AFTER)
    recommendation = recommendation_of(consultation)
    comment = make_comment(recommendation, state="published", text=TEXT)
    author, moderator = comment.response.respondent, make_staff(consultation)
    make_reason("personal_data")
    edited = f"{TEXT} And more."

    refused = at_once(
        lambda: remove(comment, by=moderator),
        lambda: post(author, recommendation, text=edited, based_on=1),
    )

    comment.refresh_from_db()
    assert comment.submitted_version is not None
    assert comment.submitted_version.text == edited
    if refused:
        assert refused == [
            "The author changed this comment while you read it. Read version 2 below."
        ]
        assert (comment.public_text, comment.redacted) == (edited, False)
    else:
        assert comment.public_text == TEXT.replace(NUMBER, HIDDEN)
    assert Comment.objects.count() == 1
    assert ledger.verify(consultation.pk) == []
