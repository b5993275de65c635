"""What is the reader's own in a digest: decisions that stand, once they can no longer be undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.digests import own
from consultations.models import Case, Decision
from consultations.moderation import decide, undo
from tests.factories import make_case, make_comment, make_reason, make_staff
from tests.moderation.test_undo import make_edition

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTE = timedelta(minutes=1)


def reject(case: Case, minutes: int) -> Decision:
    """Reject a comment so many minutes ago."""
    return decide.reject(
        case=case,
        version_number=1,
        reason=make_reason(),
        note="",
        by=make_staff(case.consultation),
        at=NOW - minutes * MINUTE,
    )


def told(case: Case, minutes: int = 0) -> tuple[tuple[int, str], ...]:
    """Return what an edition up to so many minutes ago tells the author of decisions."""
    edition = make_edition(case.comment, NOW - minutes * MINUTE)
    edition.refresh_from_db()
    author = case.comment.response.respondent_id
    return own.of_readers(edition, [author]).get(author, own.Own()).decided


def test_decision_is_told_once_it_cannot_be_undone() -> None:
    case = make_case(make_comment())
    reject(case, minutes=30)

    assert told(case) == ((1, "rejected"),)


@pytest.mark.parametrize("period_ended", [0, 8])
def test_decision_that_can_still_be_undone_is_not_told(period_ended: int) -> None:
    case = make_case(make_comment())
    reject(case, minutes=9)

    assert told(case, period_ended) == ()


def test_decision_at_the_end_of_a_period_is_told_in_the_next() -> None:
    case = make_case(make_comment())
    reject(case, minutes=24 * 60 + 5)

    assert told(case) == ((1, "rejected"),)


def test_decision_that_was_undone_is_not_told() -> None:
    case = make_case(make_comment())
    rejection = reject(case, minutes=30)
    undo.undo(decision=rejection, by=rejection.decided_by, at=NOW - 25 * MINUTE)

    assert told(case) == ()


def test_holding_a_comment_is_nobodys_business() -> None:
    case = make_case(make_comment())
    by = make_staff(case.consultation)
    decide.hold(case=case, version_number=1, note="", by=by, at=NOW - 30 * MINUTE)

    assert told(case) == ()
