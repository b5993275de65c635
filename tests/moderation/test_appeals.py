"""Appeals: once per decision, decided by somebody else where there is one, both outcomes told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from consultations import ledger, participation, policy
from consultations.models import (
    Appeal,
    Case,
    Comment,
    Consultation,
    Decision,
    Document,
    LedgerEntry,
    Membership,
    Message,
    Permission,
    Role,
    User,
)
from consultations.models.appeal import ends_at, last_day
from consultations.moderation import appealable, appeals, decide, documents
from consultations.moderation.appeals import AppealError, Ruling
from consultations.moderation.record import DecisionRefused
from tests import factories
from tests.browser.scene import say
from tests.factories import (
    make_appeal,
    make_case,
    make_comment,
    make_evidence,
    make_reason,
    make_rejection,
    make_response,
    make_staff,
    make_user,
    make_version,
)
from tests.moderation.scene import TEXT, put_back, remove

pytestmark = pytest.mark.django_db
State, Outcome = Comment.State, Appeal.Outcome


def rule(case: Case, by: User | None = None, *, upheld: bool = True, **more: Any) -> Appeal:
    by = by or make_staff(case.consultation)
    said = {"answer": "We read it again.", "at": timezone.now(), **more}
    return appeals.rule(case=case, ruling=Ruling(upheld=upheld, by=by, **said))


def hide(comment: Comment, by: User | None = None) -> Decision:
    by = by or make_staff(comment.recommendation.consultation)
    return decide.hide(comment=comment, reason=make_reason(), note="", by=by, at=timezone.now())


def amend(comment: Comment) -> None:
    """Send another version, by the verb."""
    comment.refresh_from_db()
    author = comment.response.respondent
    say(author, comment.recommendation, "I have put it otherwise.", comment.versions.count())


def letters() -> list[Any]:
    return [message.letter for message in Message.objects.order_by("pk")]


def acts() -> list[str]:
    return list(LedgerEntry.objects.order_by("pk").values_list("act", flat=True))


def test_letter_of_a_rejection_gives_reason_and_link_to_appeal() -> None:
    decision = make_rejection()

    [letter] = letters()

    said, slug = str(letter), decision.case.consultation.slug
    assert "The reason: Abusive. It was abusive, which our rules do not allow." in said
    assert f"until the end of {last_day(decision)}" in said
    assert f"/consultations/{slug}/response/decisions/{decision.pk}/appeal/" in said


def test_letter_of_a_publication_offers_no_appeal() -> None:
    case = make_case()

    decide.publish(case=case, version_number=1, by=make_staff(case.consultation), at=timezone.now())

    assert "appeal" not in str(letters())


def test_last_day_is_the_twenty_eighth_after_the_decision_to_its_end_in_london() -> None:
    before_the_change = Decision(decided_at=datetime(2026, 10, 1, 23, 30, tzinfo=UTC))

    assert last_day(before_the_change) == "30 October 2026"
    assert ends_at(before_the_change).astimezone(UTC) == datetime(2026, 10, 31, tzinfo=UTC)


def test_appeal_waits_as_a_case_and_is_acknowledged_and_recorded() -> None:
    decision = make_rejection()

    case = make_appeal(decision)

    appeal = case.appeal
    assert (appeal.decision, appeal.outcome, appeal.words) == (
        decision,
        Outcome.PENDING,
        "It insults nobody.",
    )
    assert case.closed_at is None
    assert letters()[-1]["subject"] == "We have your appeal"
    assert acts()[-2:] == ["comment_rejected", "appeal_made"]


def test_appeal_sent_twice_is_one_appeal_and_other_words_are_refused() -> None:
    decision = make_rejection()
    first = make_appeal(decision)

    second = make_appeal(decision)
    with pytest.raises(AppealError, match="already"):
        make_appeal(decision, words="And another thing.")

    assert first == second
    assert Appeal.objects.get().words == "It insults nobody."


def test_appeal_on_the_last_day_is_taken_and_after_it_refused() -> None:
    decision = make_rejection()
    end = ends_at(decision)

    with pytest.raises(AppealError, match="over"):
        make_appeal(decision, at=end)

    make_appeal(decision, at=end - timedelta(seconds=1))


def test_appeal_after_the_close_is_taken() -> None:
    decision = make_rejection()
    Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    case = make_appeal(decision)

    assert rule(case).outcome == Outcome.UPHELD


def test_appeal_against_a_publication_is_refused() -> None:
    case = make_case()
    decision = decide.publish(
        case=case, version_number=1, by=make_staff(case.consultation), at=timezone.now()
    )

    with pytest.raises(AppealError, match="no longer stands"):
        make_appeal(decision)


def test_upheld_rejection_is_published_recorded_and_told() -> None:
    case = make_appeal()
    other = make_staff(case.consultation)

    appeal = rule(case, other)

    comment, case = Comment.objects.get(), Case.objects.get(pk=case.pk)
    assert (comment.state, comment.listed, comment.counted) == (State.PUBLISHED, True, True)
    assert comment.public_text == "This would help firms like ours."
    assert comment.first_published_at == appeal.decided_at
    assert (appeal.outcome, appeal.decided_by, appeal.independent) == (
        Outcome.UPHELD,
        other,
        True,
    )
    assert case.closed_at == appeal.decided_at
    verbs = Decision.objects.order_by("pk").values_list("verb", "state_before", "state_after")
    assert list(verbs) == [
        ("reject", "submitted", "rejected"),
        ("publish", "rejected", "published"),
        ("overturn", "rejected", "published"),
    ]
    assert acts()[-2:] == ["comment_published", "appeal_upheld"]
    assert ledger.verify(case.consultation_id) == []
    letter = letters()[-1]
    assert letter["subject"] == "Your appeal is upheld"
    assert "We read it again." in str(letter)


def test_dismissed_appeal_changes_nothing_and_is_told() -> None:
    case = make_appeal()

    appeal = rule(case, upheld=False)

    assert Comment.objects.get().state == State.REJECTED
    assert (appeal.outcome, appeal.independent) == (Outcome.DISMISSED, True)
    assert Decision.objects.order_by("pk").last().verb == "let_stand"
    assert acts()[-1] == "appeal_dismissed"
    assert letters()[-1]["subject"] == "Your appeal is dismissed"
    assert "There is no second appeal." in str(letters()[-1])


def test_dismissed_decision_is_appealed_against_once_only() -> None:
    case = make_appeal()
    rule(case, upheld=False)

    with pytest.raises(AppealError, match="already"):
        make_appeal(case.appeal.decision, words="Read it once more.")


def test_upheld_hiding_shows_the_comment_in_its_old_place() -> None:
    comment = make_comment(state=State.PUBLISHED, at=timezone.now() - timedelta(days=3))
    first = comment.first_published_at
    Comment.objects.filter(pk=comment.pk).update(first_published_at=first)
    case = make_appeal(hide(comment))

    rule(case)

    comment.refresh_from_db()
    assert (comment.state, comment.listed) == (State.PUBLISHED, True)


def test_upheld_refusal_of_a_change_puts_it_in_place_of_the_earlier_text() -> None:
    comment = make_comment(state=State.PUBLISHED)
    comment.submitted_version = make_version(comment, text="Better words.")
    comment.save()
    decision = make_rejection(comment)
    assert decision.state_after == State.PUBLISHED

    rule(make_appeal(decision))

    comment.refresh_from_db()
    assert (comment.state, comment.public_text) == (State.PUBLISHED, "Better words.")


def test_upheld_comment_that_may_not_be_shown_counts_and_stays_unseen() -> None:
    case = make_appeal(make_rejection(make_comment(permission=Permission.UNPUBLISHED)))

    rule(case)

    comment = Comment.objects.get()
    assert (comment.counted, comment.listed, comment.public_text) == (True, False, "")
    assert "not shown, as you asked" in str(letters()[-1])


def test_moderator_who_decided_may_not_decide_while_another_is_there() -> None:
    decision = make_rejection()
    other, officer = (
        make_staff(decision.case.consultation, right)
        for right in (Role.Right.MODERATOR, Role.Right.OFFICER)
    )
    case = make_appeal(decision)

    for person in (decision.decided_by, officer, make_user()):
        with pytest.raises(DecisionRefused, match="Somebody else decides"):
            rule(case, person)

    assert rule(case, other).independent is True


def test_officer_decides_where_no_other_moderator_is_left() -> None:
    decision = make_rejection()
    gone = make_staff(decision.case.consultation)
    gone.is_active = False
    gone.save()
    former = make_staff(decision.case.consultation)
    Role.objects.filter(user=former).update(ends_at=timezone.now())
    officer = make_staff(decision.case.consultation, Role.Right.OFFICER)
    case = make_appeal(decision)

    with pytest.raises(DecisionRefused):
        rule(case, decision.decided_by)

    assert rule(case, officer).independent is True


def test_same_person_decides_where_nobody_else_is_there_and_is_marked() -> None:
    decision = make_rejection()
    case = make_appeal(decision)

    appeal = rule(case, decision.decided_by, upheld=False)

    assert appeal.independent is False
    assert "not independent" in str(letters()[-1])
    entry = LedgerEntry.objects.order_by("-pk").first()
    assert entry.payload.content["independent"] is False


def test_moderator_does_not_decide_on_an_appeal_of_their_own() -> None:
    decision = make_rejection()
    author = decision.case.comment.response.respondent
    factories.give_role(author, decision.case.consultation)
    case = make_appeal(decision)

    deciders = policy.appeal_deciders(case.appeal)

    assert (deciders.people, deciders.independent) == ({decision.decided_by_id}, False)


def test_appeal_ends_when_its_author_sends_another_version() -> None:
    case = make_appeal()
    comment = Comment.objects.get()

    amend(comment)

    appeal = Appeal.objects.get()
    assert (appeal.outcome, appeal.decided_by) == (Outcome.VOID, None)
    assert acts()[-2:] == ["comment_submitted", "appeal_void"]
    assert ledger.verify(case.consultation_id) == []
    assert [each.comment for each in Case.objects.waiting()] == [comment]
    with pytest.raises(DecisionRefused, match="has ended"):
        rule(case)


def test_appeal_ends_when_its_author_takes_the_comment_back() -> None:
    make_appeal()
    comment = Comment.objects.select_related("response__respondent").get()

    participation.withdraw(comment=comment, user=comment.response.respondent, at=timezone.now())

    assert Appeal.objects.get().outcome == Outcome.VOID
    assert Case.objects.waiting().count() == 0
    assert acts()[-2:] == ["comment_withdrawn", "appeal_void"]


def test_words_removed_leave_the_decision_and_its_appeal_standing() -> None:
    decision = make_rejection()
    comment = Comment.objects.get()
    remove(comment, "firms")
    comment.refresh_from_db()
    contested = appealable.on_comments([comment], timezone.now())[comment.pk]

    appeal = rule(make_appeal(decision))

    assert (contested.decision, appeal.outcome) == (decision, Outcome.UPHELD)


def test_words_removed_while_an_appeal_waits_leave_it_to_be_decided() -> None:
    case = make_appeal()
    remove(Comment.objects.get(), "firms")

    assert rule(case).outcome == Outcome.UPHELD


def test_letter_of_a_decision_that_is_appealed_against_goes_before_those_of_the_appeal() -> None:
    now = timezone.now()
    case = make_appeal(make_rejection(at=now), at=now + timedelta(minutes=1))

    rule(case, at=now + timedelta(minutes=2))

    told = Message.objects.order_by("not_before", "pk").values_list("not_before", "dedupe_key")
    appeal = case.appeal
    assert list(told) == [
        (now + timedelta(minutes=1), f"decision:{appeal.decision_id}"),
        (now + timedelta(minutes=1), f"appeal:{appeal.pk}:received"),
        (now + timedelta(minutes=2), f"appeal:{appeal.pk}:decided"),
    ]


def test_appeal_about_words_that_are_hidden_by_now_is_closed_as_void_and_its_author_told() -> None:
    comment = make_comment(state=State.PUBLISHED, text=TEXT)
    case = make_appeal(remove(comment))
    hide(comment)

    appeal = rule(case)

    assert appeal.outcome == Outcome.VOID
    assert Case.objects.waiting().count() == 0
    assert acts()[-1] == "appeal_void"
    assert letters()[-1]["subject"] == "Your appeal has ended"
    assert "You can appeal anew against a decision taken since." in str(letters()[-1])


def test_older_decision_on_the_same_words_is_not_appealed_against() -> None:
    comment = make_comment(state=State.PUBLISHED)
    first = hide(comment)
    by = make_staff(comment.recommendation.consultation)
    decide.restore(comment=comment, note="", by=by, at=timezone.now())
    second = hide(comment, by)

    with pytest.raises(AppealError, match="no longer stands"):
        make_appeal(first)

    assert rule(make_appeal(second)).outcome == Outcome.UPHELD


def test_upheld_document_is_published() -> None:
    document = make_evidence(state=Document.State.SUBMITTED)
    moderator, at = make_staff(document.consultation), timezone.now()
    decision = documents.reject(
        case=make_case(document=document), reason=make_reason(), note="", by=moderator, at=at
    )
    assert "Appeal against this decision" in str(letters())

    rule(make_appeal(decision))

    document.refresh_from_db()
    assert (document.state, document.reason) == (Document.State.PUBLISHED, None)
    assert acts()[-2:] == ["document_published", "appeal_upheld"]


def test_document_is_not_shown_beside_another() -> None:
    document = make_evidence(state=Document.State.SUBMITTED)
    moderator, at = make_staff(document.consultation), timezone.now()
    decision = documents.reject(
        case=make_case(document=document), reason=make_reason(), note="", by=moderator, at=at
    )
    case = make_appeal(decision)
    make_evidence(document.response)

    with pytest.raises(DecisionRefused, match="Another document"):
        rule(case)

    assert Appeal.objects.get().waits


@pytest.mark.parametrize("verb", ["publish", "reject", "hold"])
def test_case_of_an_appeal_is_no_comment(verb: str) -> None:
    case = make_appeal()
    said: dict[str, Any] = {"case": case, "version_number": 1, "note": "", "at": timezone.now()}
    if verb == "reject":
        said["reason"] = make_reason()

    with pytest.raises(DecisionRefused, match="on its own page"):
        getattr(decide, verb)(**said, by=make_staff(case.consultation))


def test_words_of_an_appeal_are_only_ever_erased() -> None:
    appeal = make_appeal().appeal

    for change in ({"words": "Other."}, {"made_at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Appeal.objects.filter(pk=appeal.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).delete()

    assert Appeal.objects.update(words="", erased_at=timezone.now()) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "upheld"},
        {"outcome": "dismissed", "decided_at": timezone.now()},
        {"decided_at": timezone.now()},
        {"independent": True},
    ],
)
def test_half_decided_appeal_is_refused_by_the_database(fields: dict[str, Any]) -> None:
    appeal = make_appeal().appeal

    with pytest.raises(DatabaseError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(**fields)


def test_lead_is_told_of_the_outcome_where_who_appealed_has_left() -> None:
    consultation = factories.make_consultation()
    organisation = factories.make_organisation()
    lead, other = (
        factories.make_membership(
            organisation=organisation, claim=Membership.Claim.CONFIRMED, role="lead"
        )
        for _n in range(2)
    )
    response = make_response(consultation, lead.user, membership=lead, organisation=organisation)
    case = make_appeal(make_rejection(make_comment(response=response)), by=other.user)
    Membership.objects.filter(pk=other.pk).update(ended_at=timezone.now())

    rule(case)

    message = Message.objects.order_by("pk").last()
    assert (message.letter["subject"], message.to) == ("Your appeal is upheld", lead.user.email)


def test_what_can_be_appealed_against_costs_one_query_for_all(
    django_assert_num_queries: Any,
) -> None:
    decisions = [make_rejection() for _n in range(3)]
    comments = list(Comment.objects.order_by("pk"))

    with django_assert_num_queries(1):
        found = appealable.on_comments(comments, timezone.now())

    assert [found[comment.pk].decision for comment in comments] == decisions
    with django_assert_num_queries(1):
        appealable.on_comments(comments[:1], timezone.now())


def test_who_decided_cannot_show_it_again_and_take_it_away_while_an_appeal_waits() -> None:
    comment = make_comment(state=State.PUBLISHED, text=f"{TEXT} So there.")
    by = make_staff(comment.recommendation.consultation)
    case = make_appeal(hide(comment, by))
    evidence = make_evidence(make_response(case.consultation), Document.State.PUBLISHED)
    said = {"reason": make_reason(), "note": "", "by": by, "at": timezone.now()}
    make_appeal(documents.hide(document=evidence, **said))

    with pytest.raises(DecisionRefused, match="Its author appeals against this"):
        decide.restore(comment=comment, note="", by=by, at=timezone.now())
    with pytest.raises(DecisionRefused, match="Its author appeals against this"):
        documents.restore(document=evidence, note="", by=by, at=timezone.now())
    rule(case, upheld=True)
    make_appeal(remove(comment, by=by))
    with pytest.raises(DecisionRefused, match="Its author appeals against this"):
        put_back(comment)

    comment.refresh_from_db()
    assert (comment.state, comment.redacted) == (State.PUBLISHED, True)
