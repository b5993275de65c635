"""The states of a comment: the table that is written down, and the database that holds to it."""

from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from consultations.models import Comment, transitions
from consultations.models.transitions import State
from consultations.moderation import claims
from tests.factories import (
    make_appeal,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_reason,
    make_rejection,
    make_response,
    make_staff,
)
from tests.moderation.test_appeals import rule

pytestmark = pytest.mark.django_db
ALLOWED = {
    *(("submitted", after) for after in ("published", "held", "rejected")),
    *(("held", after) for after in ("submitted", "published", "rejected")),
    ("published", "hidden"),
    *(("hidden", after) for after in ("published", "submitted")),
    ("rejected", "submitted"),
    *(("withdrawn", after) for after in ("submitted", "published")),
    *((before, "withdrawn") for before in ("submitted", "held", "published", "hidden", "rejected")),
    *((before.value, "erased") for before in State if before != State.ERASED),
}


def bring(comment: Comment, state: str) -> None:
    """Set a state past all verbs and the guard."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE consultations_comment SET state = %s", [state])
        cursor.execute("SET LOCAL session_replication_role = origin")
    comment.refresh_from_db()


def test_database_holds_to_the_table() -> None:
    comment, found = make_comment(), set()
    Comment.objects.update(waiting=False)

    for before, after in product(State.values, State.values):
        bring(comment, before)
        try:
            with transaction.atomic():
                Comment.objects.update(state=after)
        except IntegrityError:
            continue
        found.add((before, after))

    assert found == ALLOWED | {(state, state) for state in State.values}


@pytest.mark.parametrize("state", sorted(set(State.values) - {"submitted", "published"}))
def test_database_lets_no_comment_begin_otherwise(state: str) -> None:
    comment = make_comment()
    begun = Comment(
        response=comment.response,
        recommendation=comment.recommendation.consultation.recommendations.get(number=2),
        kind=comment.kind,
        stance=comment.stance,
        state=state,
    )

    with pytest.raises(IntegrityError, match="does not begin"):
        begun.save()


@pytest.mark.parametrize("state", State)
def test_refusal_of_what_is_erased_says_that_it_is_final(state: State) -> None:
    tables = (transitions.DECIDED, transitions.SENT, transitions.TAKEN_BACK, transitions.ERASED)

    said = {transitions.refusal(table, State.ERASED, state) for table in tables}

    assert said == {"This comment was erased, and stays so."}


def test_refusal_names_both_states() -> None:
    said = transitions.refusal(transitions.DECIDED, "published", State.HELD)

    assert said == "A comment that is “published” cannot become “held by a moderator”."


def test_database_lets_what_was_rejected_be_published_by_an_appeal_alone() -> None:
    decision = make_rejection()
    case = make_appeal(decision)
    change = Comment.objects.filter(pk=decision.case.comment_id)

    with pytest.raises(IntegrityError, match="from rejected to published"), transaction.atomic():
        change.update(state="published")
    rule(case, upheld=True)

    assert change.get().state == "published"


@pytest.mark.parametrize("state", ["submitted", "held"])
def test_database_lets_what_waits_be_hidden_beside_a_colleagues_response_alone(state: str) -> None:
    consultation, membership = make_consultation(), make_membership()
    mine = make_response(consultation, membership.user, membership=membership)
    comment = make_comment(response=mine, state=state)
    change = Comment.objects.filter(pk=comment.pk)
    claim = make_case(membership=membership, consultation=consultation)

    with pytest.raises(IntegrityError, match="to hidden"), transaction.atomic():
        change.update(state="hidden", waiting=False)
    make_response(consultation, organisation=membership.organisation)
    claims.confirm(case=claim, by=make_staff(consultation), at=timezone.now())

    assert change.get().state == "hidden"


def test_rejected_comment_that_counts_is_set_aside_as_it_is() -> None:
    consultation, membership = make_consultation(), make_membership()
    mine = make_response(consultation, membership.user, membership=membership)
    reason = make_reason("duplicate", still_counts=True)
    comment = make_comment(response=mine, state=State.REJECTED, reason=reason)
    claim = make_case(membership=membership, consultation=consultation)
    make_response(consultation, organisation=membership.organisation)

    claims.confirm(case=claim, by=make_staff(consultation), at=timezone.now())

    comment.refresh_from_db()
    assert (comment.state, comment.counted, comment.reason) == ("rejected", False, reason)
