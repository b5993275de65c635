"""Sending, amending and withdrawing: once, by the database's clock, with nothing lost."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    LedgerEntry,
    Membership,
    Message,
    Permission,
    Recommendation,
    Response,
    Stance,
    Tally,
    User,
)
from consultations.moderation import claims
from consultations.organisations import standing
from tests.factories import (
    NOTICES,
    make_consultation,
    make_membership,
    make_organisation,
    make_region,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db


def answer(**fields: Any) -> participation.Answer:
    """Return what a form says, with a key of its own."""
    said = {
        "stance": Stance.SUPPORT,
        "text": "It would help firms like ours.",
        "permission": Permission.NAMED,
        "default_permission": Permission.NAMED,
        "key": uuid4(),
        "based_on": 0,
        "answering": 1,
        "notices": NOTICES,
    }
    return participation.Answer(**(said | fields))


def post(user: User, recommendation: Recommendation, **fields: Any) -> Comment:
    """Send an answer as the view does."""
    return participation.post(
        user=user,
        membership=standing(user),
        recommendation=recommendation,
        answer=answer(**fields),
        at=timezone.now(),
    )


def first_recommendation(consultation: Consultation | None = None) -> Recommendation:
    """Return recommendation 1 of a consultation that is open."""
    consultation = consultation or make_consultation()
    return consultation.recommendations.select_related("consultation", "current").get(number=1)


def test_post_first_time_makes_response_comment_version_and_case() -> None:
    employer, recommendation = make_user(), first_recommendation()

    comment = post(employer, recommendation)

    assert comment.state == Comment.State.SUBMITTED
    assert comment.response.respondent == employer
    assert comment.response.state == Response.State.SUBMITTED
    assert [version.number for version in comment.versions.all()] == [1]
    assert Case.objects.waiting().get().comment == comment
    assert list(LedgerEntry.objects.values_list("act", flat=True)) == ["comment_submitted"]
    assert ledger.verify(recommendation.consultation_id) == []
    tally = Tally.objects.get()
    assert (tally.counted, tally.listed, tally.waiting) == (0, 0, 1)


def test_post_queues_one_receipt_with_the_text() -> None:
    employer, recommendation = make_user("employer@example.org"), first_recommendation()

    post(employer, recommendation, text="Our castings come from three regions.")

    message = Message.objects.get()
    assert (message.stream, message.to) == (Message.Stream.TRANSACTION, "employer@example.org")
    assert "Our castings come from three regions." in str(message.letter)


def test_post_same_form_twice_makes_one_comment() -> None:
    employer, recommendation, key = make_user(), first_recommendation(), uuid4()

    first = post(employer, recommendation, key=key)
    second = post(employer, recommendation, key=key)

    assert first.pk == second.pk
    assert CommentVersion.objects.count() == 1
    assert Message.objects.count() == 1


def test_post_same_form_with_other_words_is_refused_with_what_stands() -> None:
    employer, recommendation, key = make_user(), first_recommendation(), uuid4()
    post(employer, recommendation, key=key, text="First words.")

    with pytest.raises(participation.ConflictError) as refused:
        post(employer, recommendation, key=key, text="Other words.")

    assert refused.value.latest.text == "First words."
    assert CommentVersion.objects.count() == 1


def test_post_same_form_on_another_recommendation_is_refused() -> None:
    employer, consultation, key = make_user(), make_consultation(), uuid4()
    post(employer, first_recommendation(consultation), key=key)
    second = consultation.recommendations.get(number=2)

    with pytest.raises(participation.ParticipationError):
        post(employer, second, key=key)

    assert Comment.objects.count() == 1


def test_post_on_a_version_that_is_no_longer_the_latest_is_refused() -> None:
    employer, recommendation = make_user(), first_recommendation()
    post(employer, recommendation, text="One.")
    post(employer, recommendation, text="Two.", based_on=1)

    with pytest.raises(participation.ConflictError) as refused:
        post(employer, recommendation, text="Also two.", based_on=1)

    assert refused.value.latest.text == "Two."
    assert CommentVersion.objects.count() == 2


def test_post_edit_of_a_published_comment_leaves_the_public_one_standing() -> None:
    employer, recommendation = make_user(), first_recommendation()
    comment = post(employer, recommendation, text="Public words.")
    publish(comment)

    edited = post(employer, recommendation, text="New words.", based_on=1)

    edited.refresh_from_db()
    assert edited.state == Comment.State.PUBLISHED
    assert edited.public_text == "Public words."
    assert edited.submitted_version.text == "New words."
    assert Case.objects.waiting().filter(comment=edited).count() == 1


def test_post_change_of_permission_alone_holds_at_once() -> None:
    employer, recommendation = make_user(), first_recommendation()
    comment = post(employer, recommendation)
    publish(comment)

    post(employer, recommendation, permission=Permission.UNPUBLISHED, based_on=1)

    comment.refresh_from_db()
    assert (comment.listed, comment.counted, comment.public_text) == (False, True, "")


def publish(comment: Comment) -> None:
    """Publish the submitted version as a moderator's verb does."""
    comment.publish(comment.submitted_version, timezone.now())
    comment.save()
    Case.objects.filter(comment=comment).update(closed_at=timezone.now())


def test_post_after_the_close_by_the_databases_clock_is_refused() -> None:
    employer, consultation = make_user(), make_consultation()
    recommendation = first_recommendation(consultation)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(participation.ClosedError):
        post(employer, recommendation)

    assert Comment.objects.count() == 0
    assert Response.objects.count() == 0


def test_post_edit_after_the_close_is_refused() -> None:
    employer, recommendation = make_user(), first_recommendation()
    post(employer, recommendation)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(participation.ClosedError):
        post(employer, recommendation, text="Too late.", based_on=1)


def test_post_before_opening_is_refused() -> None:
    recommendation = first_recommendation()
    Consultation.objects.update(opens_at=timezone.now() + timedelta(hours=1))

    with pytest.raises(participation.ClosedError):
        post(make_user(), recommendation)


def test_post_with_a_pending_claim_opens_a_case_and_names_nobody() -> None:
    council = make_organisation("Aldermoor Borough Council")
    leader = make_user(acting_for="organisation", organisation=council)
    make_membership(leader, council)

    comment = post(leader, first_recommendation())

    assert comment.response.organisation is None
    assert comment.response.signature(Permission.NAMED) == ""
    assert Case.objects.waiting().filter(membership__user=leader).count() == 1


def test_post_by_two_confirmed_members_is_one_response() -> None:
    council = make_organisation("Aldermoor Borough Council")
    first, second = (make_user(acting_for="organisation", organisation=council) for _n in "12")
    for member in (first, second):
        make_membership(member, council, claim=Membership.Claim.CONFIRMED, role="lead")
    recommendation = first_recommendation()
    post(first, recommendation, text="Ours.")

    comment = post(second, recommendation, text="Ours, better said.", based_on=1)

    assert Response.objects.count() == 1
    assert comment.response.signature(Permission.NAMED) == "Aldermoor Borough Council"
    assert [version.written_by for version in comment.versions.all()] == [first, second]


def test_post_where_moderation_comes_after_is_public_at_once() -> None:
    consultation = make_consultation(moderation=Consultation.Moderation.AFTER)

    comment = post(make_user(), first_recommendation(consultation))

    assert (comment.listed, comment.reviewed) == (True, False)
    assert Case.objects.waiting().count() == 1


def test_withdraw_takes_the_comment_from_public_and_figures() -> None:
    employer, recommendation = make_user(), first_recommendation()
    comment = post(employer, recommendation)
    publish(comment)

    participation.withdraw(comment=comment, user=employer, at=timezone.now())

    comment.refresh_from_db()
    assert (comment.state, comment.listed, comment.counted) == ("withdrawn", False, False)
    assert sum(Tally.objects.values_list("counted", flat=True)) == 0
    assert comment.versions.get().text == "It would help firms like ours."


def test_withdraw_after_the_close_is_refused() -> None:
    employer = make_user()
    comment = post(employer, first_recommendation())
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(participation.ClosedError):
        participation.withdraw(comment=comment, user=employer, at=timezone.now())


def test_post_withdrawn_comment_can_be_sent_again() -> None:
    employer, recommendation = make_user(), first_recommendation()
    comment = post(employer, recommendation)
    participation.withdraw(comment=comment, user=employer, at=timezone.now())

    again = post(employer, recommendation, text="I have thought again.", based_on=1)

    assert again.state == Comment.State.SUBMITTED
    assert Case.objects.waiting().count() == 1


def test_region_of_a_nameless_comment_shows_where_five_share_it() -> None:
    recommendation, region = first_recommendation(), make_region()
    comments = []
    for _n in range(5):
        comment = post(make_user(), recommendation, permission=Permission.UNNAMED)
        publish(comment)
        Comment.objects.share_regions(
            recommendation_id=recommendation.pk, kind=comment.kind, region_id=region.pk
        )
        comments.append(comment)
        shown = Comment.objects.filter(shown_region=region).count()
        assert shown == (5 if len(comments) == 5 else 0)


@pytest.mark.django_db(transaction=True)
def test_post_the_same_first_form_from_two_tabs_at_once_makes_one_comment() -> None:
    employer, recommendation, key = make_user(), first_recommendation(), uuid4()

    problems = together(lambda: post(employer, recommendation, key=key))

    assert problems == []
    assert (Response.objects.count(), Comment.objects.count()) == (1, 1)
    assert CommentVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_post_two_edits_at_once_keeps_one_and_tells_the_other() -> None:
    employer, recommendation = make_user(), first_recommendation()
    post(employer, recommendation, text="One.")

    problems = together(lambda: post(employer, recommendation, text="Two.", based_on=1))

    assert [type(problem) for problem in problems] == [participation.ConflictError]
    assert CommentVersion.objects.count() == 2


def together(work: Callable[[], object], times: int = 2) -> list[Exception]:
    """Run `work` in threads that start at once; return what they raised."""
    barrier, problems = threading.Barrier(times), []

    def run() -> None:
        barrier.wait()
        try:
            work()
        except participation.ParticipationError as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_versions_of_a_comment_are_never_changed() -> None:
    comment = post(make_user(), first_recommendation())

    with pytest.raises(Exception, match="never changed"):
        CommentVersion.objects.filter(comment=comment).update(text="Forged.")


def test_answer_same_as_compares_stance_text_and_permission() -> None:
    comment = post(make_user(), first_recommendation())
    version = comment.versions.get()

    assert answer(key=UUID(int=1)).same_as(version)
    assert not answer(stance=Stance.OPPOSE).same_as(version)


def test_post_with_less_permission_holds_at_once_whatever_becomes_of_the_words() -> None:
    employer, recommendation = make_user(), first_recommendation()
    comment = post(employer, recommendation, text="Public words.")
    publish(comment)

    post(
        employer,
        recommendation,
        text="Other words.",
        permission=Permission.UNPUBLISHED,
        based_on=1,
    )

    comment.refresh_from_db()
    assert (comment.state, comment.listed, comment.public_text) == ("published", False, "")
    assert (comment.counted, comment.signed) == (True, False)
    comment.publish(comment.public_version, timezone.now())
    assert comment.listed is False


def test_post_with_more_permission_waits_for_a_moderator() -> None:
    employer, recommendation = make_user(), first_recommendation()
    comment = post(employer, recommendation, permission=Permission.UNNAMED)
    publish(comment)

    post(employer, recommendation, permission=Permission.NAMED, based_on=1)

    comment.refresh_from_db()
    assert (comment.listed, comment.signed) == (True, False)
    assert Case.objects.waiting().filter(comment=comment).count() == 1


def test_post_on_words_that_were_corrected_meanwhile_is_refused() -> None:
    employer, recommendation = make_user(), first_recommendation()

    with pytest.raises(participation.CorrectedError):
        post(employer, recommendation, answering=0)

    assert Comment.objects.count() == 0


def test_post_sent_again_after_withdrawal_says_that_it_was_withdrawn() -> None:
    employer, recommendation, key = make_user(), first_recommendation(), uuid4()
    comment = post(employer, recommendation, key=key)
    participation.withdraw(comment=comment, user=employer, at=timezone.now())

    with pytest.raises(participation.ConflictError, match="withdrawn"):
        post(employer, recommendation, key=key)


def test_post_after_a_later_claim_puts_the_claim_into_the_queue_once() -> None:
    employer, consultation = make_user(), make_consultation()
    post(employer, first_recommendation(consultation))
    foundry = make_organisation("Foundry")
    make_membership(employer, foundry)
    User.objects.filter(pk=employer.pk).update(acting_for="organisation", organisation=foundry)
    employer.refresh_from_db()

    for version in (1, 2):
        post(employer, first_recommendation(consultation), text=f"{version}", based_on=version)

    assert Case.objects.waiting().filter(membership__user=employer).count() == 1


def test_post_with_a_claim_confirmed_meanwhile_is_the_organisations() -> None:
    council = make_organisation("Aldermoor Borough Council")
    leader = make_user(acting_for="organisation", organisation=council)
    stale = make_membership(leader, council)
    Membership.objects.update(claim="confirmed", role="lead", decided_at=timezone.now())

    comment = participation.post(
        user=leader,
        membership=stale,
        recommendation=first_recommendation(),
        answer=answer(),
        at=timezone.now(),
    )

    assert comment.response.organisation == council
    assert Case.objects.filter(membership=stale).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_withdrawals_at_once_hide_a_region_that_four_are_left_to_share() -> None:
    recommendation, region = first_recommendation(), make_region()
    stances = [Stance.SUPPORT] * 3 + [Stance.OPPOSE] * 3
    comments = []
    for stance in stances:
        comment = post(make_user(), recommendation, permission=Permission.UNNAMED, stance=stance)
        publish(comment)
        comments.append(comment)
    Comment.objects.share_regions(
        recommendation_id=recommendation.pk, kind=comments[0].kind, region_id=region.pk
    )
    assert Comment.objects.filter(shown_region=region).count() == 6
    leaving = iter([comments[0], comments[5]])

    def leave() -> None:
        comment = next(leaving)
        user = comment.response.respondent
        participation.withdraw(comment=comment, user=user, at=timezone.now())

    assert together(leave) == []
    assert Comment.objects.filter(shown_region=region).count() == 0


def test_post_in_ones_own_name_stays_so_and_the_organisations_response_is_begun_apart() -> None:
    leader, consultation = make_user(), make_consultation()
    own = post(leader, first_recommendation(consultation)).response
    council = make_organisation("Aldermoor Borough Council")
    make_membership(leader, council, claim="confirmed")
    User.objects.filter(pk=leader.pk).update(acting_for="organisation", organisation=council)
    leader.refresh_from_db()
    assert participation.response_of(leader, consultation) is None

    official = post(leader, first_recommendation(consultation), text="As a council.").response

    assert (own.organisation, official.organisation) == (None, council)
    assert participation.response_of(leader, consultation) == official
    assert participation.responses_of(leader, consultation) == [official, own]


def test_post_of_a_change_with_a_claim_confirmed_meanwhile_leaves_no_case_for_it() -> None:
    council = make_organisation("Aldermoor Borough Council")
    leader = make_user(acting_for="organisation", organisation=council)
    stale, recommendation = make_membership(leader, council), first_recommendation()
    post(leader, recommendation)
    case = Case.objects.get(membership=stale)
    claims.confirm(case=case, by=make_staff(case.consultation), at=timezone.now())

    participation.post(
        user=leader,
        membership=stale,
        recommendation=recommendation,
        answer=answer(based_on=1, text="On reflection."),
        at=timezone.now(),
    )

    assert Case.objects.waiting().filter(membership=stale).count() == 0


def test_post_under_notices_that_changed_meanwhile_is_refused() -> None:
    employer, recommendation = make_user(), first_recommendation()
    Consultation.objects.update(confidentiality="Other words.")

    with pytest.raises(participation.CorrectedError, match="notices"):
        post(employer, first_recommendation(recommendation.consultation))

    assert Comment.objects.count() == 0


def test_response_stores_the_notices_that_its_last_comment_was_sent_under() -> None:
    employer, recommendation = make_user(), first_recommendation()
    first = post(employer, recommendation).response
    Consultation.objects.update(privacy_version="2")
    changed = first_recommendation(Consultation.objects.get())

    last = post(employer, changed, based_on=1, notices=changed.consultation.notices()).response

    assert first.notices.startswith("1:")
    assert (last.pk, last.notices) == (first.pk, changed.consultation.notices())
    assert last.notices.startswith("2:")
