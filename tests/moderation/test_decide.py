"""The verbs on comments: what becomes of the comment, the record, the queue and the author."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from consultations import ledger, participation
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Decision,
    LedgerEntry,
    Message,
    Permission,
    Response,
    Tally,
)
from consultations.moderation import bulk, decide, undo
from consultations.moderation.record import DecisionRefused
from tests.factories import (
    make_case,
    make_comment,
    make_consultation,
    make_reason,
    make_report,
    make_response,
    make_staff,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db
State = Comment.State


def publish(case: Case, number: int = 1, **more: Any) -> Decision:
    by = more.pop("by", None) or make_staff(case.consultation)
    return decide.publish(case=case, version_number=number, by=by, at=timezone.now())


def reject(case: Case, number: int = 1, **more: Any) -> Decision:
    arguments = {"reason": make_reason(), "note": "", "by": make_staff(case.consultation)} | more
    return decide.reject(case=case, version_number=number, at=timezone.now(), **arguments)


def amend(comment: Comment, **fields: Any) -> None:
    """Send a newer version, as `participation` does."""
    comment.submitted_version = make_version(comment, **fields)
    comment.save()


def subjects() -> list[str]:
    return [message.letter["subject"] for message in Message.objects.order_by("pk")]


def test_publish_shows_the_comment_and_records_it() -> None:
    case = make_case()
    decision = publish(case)
    comment = Comment.objects.get()
    case.refresh_from_db()
    assert (comment.state, comment.listed, comment.counted) == (State.PUBLISHED, True, True)
    assert (comment.reviewed, comment.waiting, comment.signed) == (True, False, True)
    assert comment.first_published_at == decision.decided_at == case.closed_at
    assert (decision.state_before, decision.state_after) == (State.SUBMITTED, State.PUBLISHED)
    entry = LedgerEntry.objects.get()
    assert entry.act == "comment_published"
    seal = ledger.seal_decision(decision, comment.reference)
    [sealed] = entry.payload.content.pop("decided")
    assert sealed.keys() == seal.keys()
    assert entry.payload.content == {
        "recommendation": 1,
        "response": comment.response.reference,
        "version": 1,
        "from": "submitted",
        "to": "published",
        "reason": "",
        "by": decision.decided_by_id,
        "replaces": False,
    }
    assert ledger.verify(case.consultation_id) == []
    assert subjects() == ["Your comment on recommendation 1 is published"]


def test_publish_without_permission_counts_and_shows_nothing() -> None:
    comment = make_comment(permission=Permission.UNPUBLISHED)
    publish(make_case(comment))
    comment.refresh_from_db()
    assert (comment.state, comment.listed, comment.counted) == (State.PUBLISHED, False, True)
    assert comment.public_text == ""
    assert subjects() == ["Your comment on recommendation 1 is counted"]


def test_publish_keeps_the_stored_counters() -> None:
    comment = make_comment()
    publish(make_case(comment))
    tally = Tally.objects.get(recommendation=comment.recommendation)
    assert (tally.counted, tally.listed, tally.waiting) == (1, 1, 0)


def test_publish_of_the_fifth_alike_shows_their_region() -> None:
    consultation = make_consultation()
    recommendation = consultation.recommendations.get(number=1)
    nameless = {"permission": Permission.UNNAMED}
    for _n in range(4):
        response = make_response(consultation, **nameless)
        make_comment(recommendation, response, state=State.PUBLISHED)
    last = make_comment(recommendation, make_response(consultation, **nameless))
    assert Comment.objects.filter(shown_region__isnull=False).count() == 0
    publish(make_case(last))
    assert Comment.objects.filter(shown_region__isnull=False).count() == 5


def test_publish_after_publication_notes_that_it_was_read_and_tells_nobody() -> None:
    comment = make_comment(make_consultation(moderation="after").recommendations.all()[0])
    comment.publish(comment.submitted_version, timezone.now())
    comment.save()
    before = comment.first_published_at
    publish(make_case(comment))
    comment.refresh_from_db()
    assert (comment.state, comment.reviewed) == (State.PUBLISHED, True)
    assert comment.first_published_at == before
    assert subjects() == []


def test_reject_keeps_it_from_the_public_and_tells_why() -> None:
    comment = make_comment()
    decision = reject(make_case(comment), note="third time")
    comment.refresh_from_db()
    assert (comment.state, comment.listed, comment.counted) == (State.REJECTED, False, False)
    assert comment.reason == decision.reason
    message = Message.objects.get()
    assert message.letter["subject"] == "Your comment on recommendation 1 is not published"
    assert message.stream == Message.Stream.TRANSACTION
    texts = [str(block) for block in message.letter["blocks"]]
    assert sum("It was abusive" in text for text in texts) == 1
    assert sum("third time" in text for text in texts) == 0


def test_reject_for_a_reason_that_still_counts_keeps_the_figure() -> None:
    comment = make_comment()
    reject(make_case(comment), reason=make_reason("duplicate", still_counts=True))
    comment.refresh_from_db()
    assert (comment.state, comment.listed, comment.counted) == (State.REJECTED, False, True)


def test_reject_of_an_edit_leaves_the_public_version_standing() -> None:
    comment = make_comment(state=State.PUBLISHED, text="First words.")
    amend(comment, text="Second words.")
    decision = reject(make_case(comment), 2)
    comment.refresh_from_db()
    assert (comment.state, comment.public_text) == (State.PUBLISHED, "First words.")
    assert comment.public_version.number == 1
    assert decision.version.number == 2
    assert subjects() == ["Your change to recommendation 1 is not published"]


def test_publish_of_an_edit_replaces_the_public_version_and_keeps_its_place() -> None:
    comment = make_comment(state=State.PUBLISHED)
    first = comment.first_published_at
    amend(comment, text="Second words.")
    publish(make_case(comment), 2)
    comment.refresh_from_db()
    assert (comment.public_text, comment.first_published_at) == ("Second words.", first)


def test_reject_of_what_was_published_unseen_hides_it() -> None:
    comment = make_comment(state=State.PUBLISHED)
    reject(make_case(comment))
    comment.refresh_from_db()
    assert (comment.state, comment.public_text) == (State.HIDDEN, "")


def test_hold_keeps_the_case_open_and_tells_nobody() -> None:
    case = make_case()
    decide.hold(
        case=case,
        version_number=1,
        note="ask Jo",
        by=make_staff(case.consultation),
        at=timezone.now(),
    )
    case.refresh_from_db()
    comment = Comment.objects.get()
    assert (case.closed_at, comment.state, comment.waiting) == (None, State.HELD, True)
    assert Decision.objects.get().note == "ask Jo"
    assert subjects() == []
    assert publish(case).state_before == State.HELD


def test_hide_and_restore_bring_it_back_as_it_was() -> None:
    comment = make_comment(state=State.PUBLISHED)
    words = comment.public_text
    officer, now = make_staff(comment.recommendation.consultation), timezone.now()
    decide.hide(comment=comment, reason=make_reason(), note="", by=officer, at=now)
    comment.refresh_from_db()
    assert (comment.state, comment.listed, comment.public_text) == (State.HIDDEN, False, "")
    assert comment.public_version is not None
    decide.restore(comment=comment, note="", by=officer, at=timezone.now())
    comment.refresh_from_db()
    assert (comment.state, comment.listed) == (State.PUBLISHED, True)
    assert comment.public_text == words
    assert Case.objects.waiting().count() == 0
    assert [entry.act for entry in LedgerEntry.objects.all()] == [
        "comment_hidden",
        "comment_published",
    ]


def test_hide_leaves_a_waiting_edit_in_the_queue() -> None:
    comment = make_comment(state=State.PUBLISHED)
    amend(comment)
    case = make_case(comment)
    arguments = {"note": "", "by": make_staff(case.consultation), "at": timezone.now()}
    decide.hide(comment=comment, reason=make_reason(), **arguments)
    assert publish(case, 2).state_before == State.HIDDEN


def test_hide_of_what_is_not_published_is_refused() -> None:
    comment = make_comment()
    with pytest.raises(DecisionRefused, match="nothing to hide"):
        decide.hide(
            comment=comment, reason=make_reason(), note="", by=make_user(), at=timezone.now()
        )


def test_decision_on_an_older_version_is_refused() -> None:
    comment = make_comment()
    case = make_case(comment)
    amend(comment)
    with pytest.raises(DecisionRefused, match="Read version 2"):
        publish(case)
    assert Decision.objects.count() == 0


def test_decision_on_a_decided_case_is_refused() -> None:
    case = make_case()
    moderator = make_staff(case.consultation)
    publish(case, by=moderator)
    with pytest.raises(DecisionRefused, match=f"published by {moderator.name}"):
        reject(case)


def test_decision_on_a_withdrawn_comment_is_refused() -> None:
    comment = make_comment()
    case = make_case(comment)
    comment.unpublish(State.WITHDRAWN, None)
    comment.save()
    with pytest.raises(DecisionRefused, match="taken this back"):
        publish(case)


def test_decision_on_a_letter_that_staff_typed_mails_nobody() -> None:
    response = make_response(channel="post", received_on=date(2026, 11, 2))
    comment = make_comment(response=response)
    Response.objects.update(respondent=None)
    publish(make_case(comment))
    assert subjects() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consultations_decision SET note = 'forged'",
        "DELETE FROM consultations_decision",
        "TRUNCATE consultations_decision CASCADE",
    ],
)
def test_decision_is_refused_any_change_by_the_database(sql: str) -> None:
    publish(make_case())
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)


def test_publish_many_does_what_it_can_and_says_what_it_cannot() -> None:
    consultation = make_consultation()
    cases = [make_case(_another(consultation)) for _n in range(3)]
    publish(cases[1])
    read = [(case, 1) for case in cases]
    outcome = bulk.publish_many(read=read, by=make_staff(consultation), clock=timezone.now)
    assert len(outcome.done) == 2
    first, last = outcome.done
    assert first.decided_at < last.decided_at
    assert [case for case, _why in outcome.refused] == [cases[1]]


def test_reject_many_gives_each_the_reason() -> None:
    consultation = make_consultation()
    read = [(make_case(_another(consultation)), 1) for _n in range(2)]
    outcome = bulk.reject_many(
        read=read, reason=make_reason(), note="", by=make_staff(consultation), clock=timezone.now
    )
    assert [decision.reason.code for decision in outcome.done] == ["abusive", "abusive"]
    assert Comment.objects.filter(state=State.REJECTED).count() == 2


def _another(consultation: Consultation) -> Comment:
    return make_comment(consultation.recommendations.all()[0], make_response(consultation))


def test_reject_an_edit_of_a_hidden_comment_keeps_the_reason_by_which_it_counts() -> None:
    comment = make_comment(state=Comment.State.PUBLISHED)
    moderator = make_staff(comment.recommendation.consultation)
    counts, other = make_reason("off-topic", still_counts=True), make_reason("abusive")
    at = timezone.now()
    decide.hide(comment=comment, reason=counts, note="", by=moderator, at=at)
    comment.refresh_from_db()
    comment.submitted_version = make_version(comment)
    comment.save()
    case = make_case(comment)
    decide.reject(case=case, version_number=2, reason=other, note="", by=moderator, at=at)
    comment.refresh_from_db()
    assert (comment.state, comment.counted, comment.reason) == (Comment.State.HIDDEN, True, counts)


@pytest.mark.parametrize(("closed", "said"), [(False, 1), (True, 0)])
def test_reject_tells_what_can_be_done_only_while_something_can(closed: bool, said: int) -> None:
    case, reason = make_case(), make_reason(remedy="Leave the insult out.")
    if closed:
        Consultation.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    reject(Case.objects.get(pk=case.pk), reason=reason)

    letter = str(Message.objects.get().letter)
    assert letter.count("Leave the insult out. You can change your comment until") == said
    assert letter.count("If you disagree, you can appeal once") == 1


def test_rule_that_the_reason_rests_on_is_told_with_it() -> None:
    case, reason = make_case(), make_reason(rule="Nobody is insulted here.")

    decide.reject(
        case=case,
        version_number=1,
        reason=reason,
        note="",
        by=make_staff(case.consultation),
        at=timezone.now(),
    )

    assert "The rule: Nobody is insulted here." in str(Message.objects.get().letter)


def test_withdrawal_calls_back_what_waits_to_tell_of_a_decision() -> None:
    case = make_case()
    publish(case)
    comment = Comment.objects.select_related("response__respondent").get()

    participation.withdraw(comment=comment, user=comment.response.respondent, at=timezone.now())

    assert Message.objects.get().state == Message.State.SUPPRESSED


def changed_and_reported() -> tuple[Case, Comment]:
    """Return a public comment that reports took from view while a change of it waited."""
    comment = make_comment(make_consultation(reports_to_hide=2).recommendations.first())
    publish(make_case(comment))
    comment.refresh_from_db()
    amend(comment)
    make_case(comment)
    make_report(Comment.objects.get())
    make_report(Comment.objects.get())
    return Case.objects.waiting().get(comment=comment), Comment.objects.get()


def test_reject_of_a_change_leaves_what_reports_took_from_view_to_be_read() -> None:
    case, comment = changed_and_reported()

    reject(case, 2)

    comment.refresh_from_db()
    assert (comment.state, comment.reason and comment.reason.code) == (State.HIDDEN, "reported")
    assert comment.asked == comment.public_version
    assert Case.objects.waiting().filter(report__isnull=False).count() == 2
    with pytest.raises(DecisionRefused, match="Read version 1 below"):
        publish(case, 2)
    publish(case, 1)
    comment.refresh_from_db()
    assert (comment.state, comment.listed) == (State.PUBLISHED, True)
    assert Case.objects.waiting().count() == 0


def test_reject_of_a_change_and_then_of_what_was_reported_upholds_the_reports() -> None:
    case, comment = changed_and_reported()
    reject(case, 2)

    reject(case, 1)

    comment.refresh_from_db()
    assert (comment.state, comment.reason and comment.reason.code) == (State.HIDDEN, "abusive")
    assert Decision.objects.filter(verb=Decision.Verb.UPHOLD).count() == 2
    assert Case.objects.waiting().count() == 0


def test_undo_of_rejecting_a_change_asks_about_the_change_again() -> None:
    case, comment = changed_and_reported()
    by = make_staff(case.consultation)

    undo.undo(decision=reject(case, 2, by=by), by=by, at=timezone.now())

    comment.refresh_from_db()
    assert comment.asked == comment.submitted_version
    assert Case.objects.waiting().filter(pk=case.pk).count() == 1


def test_restoring_what_reports_took_from_view_closes_its_case() -> None:
    case, comment = changed_and_reported()
    by = make_staff(case.consultation)
    reject(case, 2)

    decide.restore(comment=comment, note="", by=by, at=timezone.now())

    assert Case.objects.waiting().count() == 0
