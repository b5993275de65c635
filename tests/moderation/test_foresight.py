"""What a decision on many will do, said before: the same as the verbs then do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.models import Case, Decision, Permission
from consultations.moderation import bulk, foresight, turns
from tests.factories import (
    make_case,
    make_comment,
    make_consultation,
    make_evidence,
    make_membership,
    make_reason,
    make_response,
    make_staff,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
Verb = Decision.Verb


def told(verb: Decision.Verb, *cases: Case) -> list[tuple[int, str, bool]]:
    read = Case.objects.filter(pk__in=[case.pk for case in cases]).order_by("pk")
    found = foresight.outlooks(verb, read, by=make_user(), at=NOW)
    return [(len(one.cases), str(one.sentence), one.decides) for one in found]


def edited() -> Case:
    """Return a case of a change to a published comment."""
    comment = make_comment(state="published")
    comment.submitted_version = make_version(comment)
    comment.save()
    return make_case(comment)


def test_outlooks_say_what_publishing_will_do_to_each() -> None:
    consultation = make_consultation()
    recommendation = consultation.recommendations.get(number=1)
    public = [make_case(make_comment(recommendation)) for _n in range(2)]
    counted = make_case(make_comment(recommendation, permission=Permission.UNPUBLISHED))
    unread = make_case(make_comment(recommendation, state="published"))
    decided = make_case(make_comment(recommendation), closed_at=NOW)
    claim = make_case(membership=make_membership(), consultation=consultation)

    assert told(Verb.PUBLISH, *public, counted, unread, decided, claim) == [
        (2, "will be published", True),
        (1, "will be counted and not shown, as the author asked", True),
        (1, "already public: marked as read", True),
        (1, "already decided", False),
        (1, "not a comment: decide it on its own page", False),
    ]


def test_outlooks_of_rejecting_tell_new_from_public_and_changed() -> None:
    new, unread = make_case(), make_case(make_comment(state="published"))

    assert told(Verb.REJECT, new, unread, edited()) == [
        (1, "will not be published; the author is told why", True),
        (1, "public now: will be hidden; the author is told why", True),
        (1, "a change: will not be accepted, and the public version stands", True),
    ]


def test_outlooks_leave_what_another_reads_and_what_is_no_claim() -> None:
    case = make_case()
    turns.take(case=case, by=make_user(name="Ada Byron"), at=NOW)
    claim = make_case(membership=make_membership())
    document = make_case(document=make_evidence(make_response(), "submitted"))

    [held] = told(Verb.HOLD, case)

    assert held[1].startswith("Ada Byron is reading it until")
    assert told(Verb.CONFIRM, claim, document) == [
        (1, "claims will be confirmed; the people are told", True),
        (1, "not a claim: decide it on its own page", False),
    ]


@pytest.mark.parametrize("verb", [Verb.PUBLISH, Verb.REJECT, Verb.HOLD])
def test_verbs_then_do_what_was_said(verb: Decision.Verb) -> None:
    consultation = make_consultation()
    recommendation = consultation.recommendations.get(number=1)
    cases = [
        make_case(make_comment(recommendation)),
        make_case(make_comment(recommendation, permission=Permission.UNPUBLISHED)),
        make_case(make_comment(recommendation), closed_at=NOW - timedelta(days=1)),
        edited(),
    ]
    said = foresight.outlooks(verb, cases, by=make_user(), at=NOW)
    read = [(case, case.comment.submitted_version.number) for case in cases if case.comment]  # type: ignore[union-attr]
    common = {"read": read, "by": make_staff(consultation), "clock": lambda: NOW, "note": ""}

    if verb == Verb.PUBLISH:
        outcome = bulk.publish_many(**common)
    elif verb == Verb.REJECT:
        outcome = bulk.reject_many(reason=make_reason(), **common)
    else:
        outcome = bulk.hold_many(**common)

    decided = {case.pk for one in said if one.decides for case in one.cases}
    assert {decision.case_id for decision in outcome.done} == decided
