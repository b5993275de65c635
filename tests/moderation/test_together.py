"""Two moderators at once on one case: one wins, the other gets the sentence."""

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from consultations import participation
from consultations.models import (
    Appeal,
    Case,
    Comment,
    Decision,
    Membership,
    Message,
    Permission,
    Stance,
    Tally,
)
from consultations.moderation import appeals, claims, decide
from consultations.moderation.record import DecisionRefused
from tests.browser.scene import say
from tests.factories import (
    NOTICES,
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

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Run the verbs together; return the sentences of those that were refused."""
    barrier, refused, broken = Barrier(len(verbs)), [], []

    def run(verb: Callable[[], object]) -> None:
        barrier.wait()
        try:
            verb()
        except DecisionRefused as refusal:
            refused.append(str(refusal))
        except DatabaseError as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    return refused


@pytest.mark.parametrize("turn", range(3))
def test_publish_and_reject_at_once_one_wins(turn: int) -> None:
    case = make_case()
    one, other = make_staff(case.consultation), make_staff(case.consultation)
    at, reason = timezone.now(), make_reason()
    refused = at_once(
        lambda: decide.publish(case=case, version_number=1, by=one, at=at),
        lambda: decide.reject(case=case, version_number=1, reason=reason, note="", by=other, at=at),
    )
    assert len(refused) == 1
    assert refused[0].startswith("Already decided:")
    assert Decision.objects.get().state_after == Comment.objects.get().state
    assert Message.objects.count() == 1


def test_claim_confirmed_and_refused_at_once_one_wins() -> None:
    consultation, membership = make_consultation(), make_membership()
    make_response(consultation, membership.user, membership=membership)
    case = make_case(membership=membership, consultation=consultation)
    one, other = make_staff(consultation), make_staff(consultation)
    refused = at_once(
        lambda: claims.confirm(case=case, by=one, at=timezone.now()),
        lambda: claims.refuse(case=case, note="", by=other, at=timezone.now()),
    )
    assert len(refused) == 1
    assert Decision.objects.get().state_after == Membership.objects.get().claim
    assert Case.objects.waiting().count() == 0


@pytest.mark.parametrize("turn", range(3))
def test_author_and_moderator_at_once_lose_nothing(turn: int) -> None:
    case = make_case()
    comment = Comment.objects.select_related("response__respondent").get()
    author, moderator = comment.response.respondent, make_staff(case.consultation)
    assert author is not None
    answer = participation.Answer(
        stance=Stance.OPPOSE,
        text="I have changed my mind.",
        permission="named",
        default_permission="named",
        key=uuid4(),
        based_on=1,
        answering=1,
        notices=NOTICES,
    )
    recommendation = comment.recommendation
    refused = at_once(
        lambda: decide.publish(case=case, version_number=1, by=moderator, at=timezone.now()),
        lambda: participation.post(
            user=author,
            membership=None,
            recommendation=recommendation,
            answer=answer,
            at=timezone.now(),
        ),
    )
    comment.refresh_from_db()
    assert comment.submitted_version is not None
    assert comment.submitted_version.text == "I have changed my mind."
    assert Case.objects.waiting().count() == 1
    published = comment.state == Comment.State.PUBLISHED
    assert len(refused) == (0 if published else 1)
    assert comment.public_text == ("This would help firms like ours." if published else "")


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.exhaustive
def test_two_hides_at_once_leave_no_region_of_fewer_than_five(turn: int) -> None:
    consultation, reason = make_consultation(), make_reason()
    comments = [
        make_comment(
            response=make_response(consultation, permission=Permission.UNNAMED),
            state=Comment.State.PUBLISHED,
        )
        for _n in range(6)
    ]
    assert Comment.objects.filter(shown_region__isnull=False).count() == 6
    by, at = make_staff(consultation), timezone.now()

    def hide(comment: Comment) -> Callable[[], object]:
        return lambda: decide.hide(comment=comment, reason=reason, note="", by=by, at=at)

    assert at_once(hide(comments[0]), hide(comments[1])) == []
    assert Comment.objects.filter(shown_region__isnull=False).count() == 0


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.exhaustive
def test_respondents_who_change_places_do_not_wait_for_one_another(turn: int) -> None:
    recommendation = make_consultation().recommendations.get(number=1)
    one, other = (
        make_comment(recommendation, stance=stance, state=Comment.State.PUBLISHED)
        for stance in (Stance.SUPPORT, Stance.OPPOSE)
    )

    def to_and_fro(comment: Comment) -> None:
        for _n in range(40):
            for stance in (Stance.OPPOSE, Stance.SUPPORT):
                Comment.objects.filter(pk=comment.pk).update(stance=stance)

    at_once(lambda: to_and_fro(one), lambda: to_and_fro(other))

    counted = Tally.objects.filter(counted__gt=0).values_list("stance", "counted")
    assert list(counted) == [("support", 2)]


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.exhaustive
def test_appeal_upheld_and_dismissed_at_once_one_wins(turn: int) -> None:
    case = make_appeal()
    one, other = make_staff(case.consultation), make_staff(case.consultation)
    rulings = [
        appeals.Ruling(upheld=upheld, answer="So.", by=by, at=timezone.now())
        for upheld, by in ((True, one), (False, other))
    ]

    refused = at_once(
        lambda: appeals.rule(case=case, ruling=rulings[0]),
        lambda: appeals.rule(case=case, ruling=rulings[1]),
    )

    upheld = Appeal.objects.get().outcome == Appeal.Outcome.UPHELD
    assert len(refused) == 1
    assert refused[0].startswith("Already decided:")
    assert Comment.objects.get().state == ("published" if upheld else "rejected")
    assert Message.objects.filter(dedupe_key__endswith=":decided").count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_appeal_made_twice_at_once_is_one(turn: int) -> None:
    decision = make_rejection()
    at_once(lambda: make_appeal(decision), lambda: make_appeal(decision))

    assert (Appeal.objects.count(), Case.objects.waiting().count()) == (1, 1)


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.exhaustive
def test_author_who_changes_a_comment_and_moderator_on_its_appeal_lose_nothing(turn: int) -> None:
    case = make_appeal()
    comment = Comment.objects.select_related("response__respondent").get()
    moderator, recommendation = make_staff(case.consultation), comment.recommendation
    ruling = appeals.Ruling(upheld=True, answer="", by=moderator, at=timezone.now())

    refused = at_once(
        lambda: appeals.rule(case=case, ruling=ruling),
        lambda: say(comment.response.respondent, recommendation, "Otherwise.", 1),
    )

    comment.refresh_from_db()
    appeal = Appeal.objects.get()
    assert comment.submitted_version.text == "Otherwise."
    assert [one.comment for one in Case.objects.waiting()] == [comment]
    if appeal.outcome == Appeal.Outcome.UPHELD:
        assert (refused, comment.state) == ([], "published")
    else:
        assert (appeal.outcome, comment.state) == ("void", "submitted")
        assert len(refused) == 1
