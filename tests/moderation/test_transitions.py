"""The states of a comment: the table that is written down, and the database that holds to it."""

from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction

from consultations.models import Comment, transitions
from consultations.models.transitions import State
from tests.factories import make_comment

pytestmark = pytest.mark.django_db
ALLOWED = {
    *(("submitted", after) for after in ("published", "held", "rejected", "hidden")),
    *(("held", after) for after in ("submitted", "published", "rejected", "hidden")),
    ("published", "hidden"),
    *(("hidden", after) for after in ("published", "submitted")),
    *(("rejected", after) for after in ("published", "submitted", "hidden")),
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
