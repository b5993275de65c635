"""Edits of a redacted comment: the same text keeps its masks, another is read before it shows."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Case,
    Comment,
    Consultation,
    LedgerEntry,
    Permission,
    Recommendation,
    Redaction,
    Stance,
    User,
)
from consultations.moderation import redact
from tests.factories import NOTICES, make_consultation, make_reason, make_staff, make_user
from tests.moderation.scene import HIDDEN, TEXT, put_back, remove
from tests.participation.scene import recommendation_of, save, submit_all
from tests.participation.test_enter import enter, retype, said

pytestmark = pytest.mark.django_db
Send = Callable[..., Comment]
MASKED = TEXT.replace("0161 496 0000", HIDDEN)


def post(user: User, recommendation: Recommendation, **fields: Any) -> Comment:
    """Send the answer by its own form."""
    said = {
        "stance": Stance.SUPPORT,
        "text": TEXT,
        "permission": Permission.NAMED,
        "default_permission": Permission.NAMED,
        "key": uuid4(),
        "based_on": 0,
        "answering": 1,
        "notices": NOTICES,
    }
    return participation.post(
        user=user,
        membership=None,
        recommendation=recommendation,
        answer=participation.Answer(**(said | fields)),
        at=timezone.now(),
    )


def send_all(user: User, recommendation: Recommendation, **fields: Any) -> Comment:
    """Save the answer, then send the whole response."""
    save(user, recommendation, **({"text": TEXT} | fields))
    submit_all(user, recommendation.consultation)
    return Comment.objects.get(recommendation=recommendation)


WAYS = pytest.mark.parametrize("send", [post, send_all])


def redacted(**fields: Any) -> tuple[User, Recommendation, Comment]:
    """Make a comment in a consultation that shows first, with a number removed from it."""
    consultation = make_consultation(moderation=Consultation.Moderation.AFTER, **fields)
    user, recommendation = make_user(), recommendation_of(consultation)
    comment = post(user, recommendation)
    remove(comment)
    return user, recommendation, comment


def read(comment: Comment) -> str:
    comment.refresh_from_db()
    return comment.public_text


@WAYS
def test_same_text_with_another_stance_keeps_its_masks_and_is_shown_at_once(send: Send) -> None:
    user, recommendation, comment = redacted()

    send(user, recommendation, stance=Stance.OPPOSE, based_on=1)

    assert read(comment) == MASKED
    assert (comment.public_version.number, comment.stance) == (2, Stance.OPPOSE)
    carried = Redaction.objects.get(version__number=2)
    assert carried.carried_from == Redaction.objects.get(version__number=1)
    assert ledger.verify(recommendation.consultation_id) == []


@WAYS
def test_another_text_waits_even_where_all_is_shown_at_once(send: Send) -> None:
    user, recommendation, comment = redacted()
    Case.objects.update(closed_at=timezone.now())

    send(user, recommendation, text=f"{TEXT} And more.", based_on=1)

    assert read(comment) == MASKED
    assert (comment.public_version.number, comment.submitted_version.number) == (1, 2)
    assert Case.objects.waiting().get().comment == comment


def test_another_text_after_a_change_that_waits_is_read_first_as_well() -> None:
    user, recommendation, comment = redacted()
    post(user, recommendation, text="Nothing of it.", based_on=1)

    post(user, recommendation, text=f"{TEXT} And more.", based_on=2)

    assert read(comment) == MASKED


def test_text_that_was_never_public_is_read_first_once_words_of_it_were_removed() -> None:
    user, recommendation, comment = redacted()
    participation.withdraw(comment=comment, user=user, at=timezone.now())

    post(user, recommendation, text=f"{TEXT} And more.", based_on=1)

    assert (read(comment), comment.state) == ("", Comment.State.SUBMITTED)


def test_same_text_after_a_withdrawal_keeps_its_masks() -> None:
    user, recommendation, comment = redacted()
    participation.withdraw(comment=comment, user=user, at=timezone.now())

    post(user, recommendation, based_on=1)

    assert read(comment) == MASKED


def test_choice_to_show_less_holds_at_once_and_is_masked_when_it_is_undone() -> None:
    user, recommendation, comment = redacted()

    post(user, recommendation, permission=Permission.UNPUBLISHED, based_on=1)
    shown_less = read(comment)
    post(user, recommendation, based_on=2)

    assert (shown_less, read(comment)) == ("", MASKED)


def test_change_where_a_moderator_reads_first_waits_with_its_masks() -> None:
    consultation = make_consultation()
    user, recommendation = make_user(), recommendation_of(consultation)
    comment = post(user, recommendation)
    remove(comment)

    post(user, recommendation, stance=Stance.OPPOSE, based_on=1)

    assert (read(comment), Redaction.objects.filter(version__number=2).count()) == ("", 1)
    by = make_staff(consultation)
    case = Case.objects.waiting().get()
    redact.decide.publish(case=case, version_number=2, by=by, at=timezone.now())
    assert read(comment) == MASKED


def test_putting_words_back_ends_what_was_carried_and_what_it_came_from() -> None:
    user, recommendation, comment = redacted()
    post(user, recommendation, stance=Stance.OPPOSE, based_on=1)
    comment.refresh_from_db()
    row = Redaction.objects.get(version__number=2)
    by = make_staff(recommendation.consultation)

    redact.unredact(comment=comment, redaction=row, by=by, at=timezone.now())

    assert (read(comment), comment.redacted) == (TEXT, False)
    assert Redaction.objects.in_force().count() == 0
    assert ledger.verify(recommendation.consultation_id) == []
    post(user, recommendation, stance=Stance.SUPPORT, based_on=2)
    assert read(comment) == TEXT


def test_edit_of_a_comment_from_which_nothing_is_removed_costs_no_query_more(
    django_assert_num_queries: Any,
) -> None:
    consultation = make_consultation(moderation=Consultation.Moderation.AFTER)
    user, recommendation = make_user(), recommendation_of(consultation)
    comment = post(user, recommendation)
    with django_assert_num_queries(0):
        assert comment.redacted_text(comment.public_version) == TEXT
    assert "redactions" not in LedgerEntry.objects.get().payload.content


def test_words_put_back_leave_later_edits_as_free_as_before() -> None:
    user, recommendation, comment = redacted()
    put_back(comment)

    post(user, recommendation, text=f"{TEXT} And more.", based_on=1)

    assert read(comment) == f"{TEXT} And more."


def test_paper_typed_anew_keeps_the_masks_of_the_same_text() -> None:
    consultation = make_consultation()
    typist = make_staff(consultation, "officer")
    response = enter(consultation, typist, said=[said(consultation, text=TEXT)])
    remove(Comment.objects.get())

    again = [said(consultation, text=TEXT, stance="oppose")]
    retype(response, typist, again)

    assert Redaction.objects.get(version__number=2).carried_from is not None
    assert ledger.verify(consultation.pk) == []


def test_reason_is_kept_as_it_was_read() -> None:
    _user, _recommendation, comment = redacted()
    reason = make_reason("personal_data")
    reason.code = "private"
    reason.save()

    comment.refresh_from_db()
    comment.show()

    assert comment.public_text == MASKED
