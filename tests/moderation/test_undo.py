"""Undoing a decision: all is as it was, nobody is told, and what came after makes it void."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import timezone

from consultations import accounts, ledger
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Decision,
    Edition,
    LedgerEntry,
    Membership,
    Message,
    Permission,
    Redaction,
    SignOff,
    User,
)
from consultations.moderation import claims, decide, figures, reports, undo
from consultations.moderation.record import DecisionRefused
from tests.factories import (
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_reason,
    make_report,
    make_response,
    make_staff,
    make_user,
    make_version,
)
from tests.moderation.scene import HIDDEN, TEXT, remove

pytestmark = pytest.mark.django_db
State, Verb = Comment.State, Decision.Verb
MINUTE = timedelta(minutes=1)
# Whatever a decision may change, but the instant at which it was decided.
COLUMNS = [field.attname for field in Comment._meta.concrete_fields if field.name != "search"]


def standing() -> dict[str, Any]:
    """Return everything that there is of the one comment, its queue and its response."""
    return {
        "comment": Comment.objects.values(*COLUMNS).get(),
        "waiting": sorted(Case.objects.waiting().values_list("pk", flat=True)),
        "sign_off": Comment.objects.values("response__shown_sign_off").get(),
    }


def leave(comment: Comment) -> None:
    """Let the comment's author delete their account."""
    person = comment.response.respondent
    assert person is not None
    accounts.erase(person=person, by=person, at=timezone.now())


def make_edition(comment: Comment, at: datetime) -> Edition:
    """Make an edition of the comment's consultation, without anything in it."""
    return Edition.objects.create(
        consultation=comment.recommendation.consultation,
        number=1,
        slot=at,
        period=DateTimeTZRange(at - timedelta(days=1), at, "[)"),
        built_at=at,
        facts={},
        method="none",
        hash="0" * 64,
    )


def publish(case: Case, by: User, at: datetime, number: int = 1) -> Decision:
    return decide.publish(case=case, version_number=number, by=by, at=at)


def reject(case: Case, by: User, at: datetime, number: int = 1) -> Decision:
    reason = make_reason()
    return decide.reject(case=case, version_number=number, reason=reason, note="", by=by, at=at)


def reject_and_count(case: Case, by: User, at: datetime) -> Decision:
    reason = make_reason("duplicate", still_counts=True)
    return decide.reject(case=case, version_number=1, reason=reason, note="", by=by, at=at)


def hold(case: Case, by: User, at: datetime) -> Decision:
    return decide.hold(case=case, version_number=1, note="", by=by, at=at)


def hide(comment: Comment, by: User, at: datetime) -> Decision:
    return decide.hide(comment=comment, reason=make_reason(), note="", by=by, at=at)


@pytest.mark.parametrize("verb", [publish, reject, reject_and_count, hold])
def test_undo_of_a_decision_on_what_waited_brings_it_all_back(
    verb: Callable[[Case, User, datetime], Decision],
) -> None:
    case, now = make_case(), timezone.now()
    moderator, before = make_staff(case.consultation), standing()
    decision = verb(case, moderator, now)

    undone = undo.undo(decision=decision, by=moderator, at=now + 9 * MINUTE)

    assert standing() == before
    assert (undone.verb, undone.undoes, undone.version) == (Verb.UNDO, decision, decision.version)
    assert (undone.state_before, undone.state_after) == (decision.state_after, State.SUBMITTED)
    assert set(Message.objects.values_list("state", flat=True)) <= {Message.State.SUPPRESSED}
    entry = LedgerEntry.objects.order_by("sequence").last()
    assert entry is not None
    assert (entry.act, entry.payload.content["undoes"]) == ("decision_undone", verb_of(decision))
    assert ledger.verify(case.consultation_id) == []


def verb_of(decision: Decision) -> str:
    return str(decision.verb)


@pytest.mark.parametrize("permission", Permission)
def test_undo_of_hiding_shows_it_in_its_old_place(permission: str) -> None:
    comment, now = make_comment(state=State.PUBLISHED, permission=permission), timezone.now()
    moderator = make_staff(comment.recommendation.consultation)
    before = standing()
    decision = hide(comment, moderator, now)

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    assert standing() == before


def test_undo_of_hiding_shows_words_of_which_the_public_text_is_the_only_copy() -> None:
    comment, now = make_comment(state=State.PUBLISHED, text=TEXT), timezone.now()
    moderator = make_staff(comment.recommendation.consultation)
    remove(comment, by=moderator)
    leave(comment)
    comment.refresh_from_db()
    before = standing()
    decision = hide(comment, moderator, now)
    comment.refresh_from_db()
    hidden = (comment.listed, comment.public_text)

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    shown = before["comment"]["public_text"]
    assert shown == TEXT.replace("0161 496 0000", HIDDEN)
    assert hidden == (False, shown)
    assert standing() == before


def test_undo_of_publishing_words_that_were_emptied_since_keeps_what_was_public() -> None:
    case, now = make_case(make_comment(text=TEXT)), timezone.now()
    moderator = make_staff(case.consultation)
    decision = remove(case.comment, by=moderator, publish=True)
    leave(case.comment)
    shown = Comment.objects.get().public_text

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)
    waits = Comment.objects.get()
    review = reverse("admin:consultations_case_change", args=[case.pk])
    page = log_in(make_staff(case.consultation)).get(review)
    decide.publish(case=case, version_number=1, by=moderator, at=now + 2 * MINUTE)

    assert shown in unescape(page.content.decode())
    assert (waits.state, waits.listed) == (State.SUBMITTED, False)
    assert (Comment.objects.get().listed, Comment.objects.get().public_text) == (True, shown)


def test_undo_of_publishing_a_change_keeps_it_where_the_words_before_are_erased() -> None:
    comment, now = make_comment(state=State.PUBLISHED, text="First."), timezone.now()
    comment.submitted_version = make_version(comment, text="Second.", stance="oppose")
    comment.save()
    case = make_case(comment)
    moderator = make_staff(case.consultation)
    decision = decide.publish(case=case, version_number=2, by=moderator, at=now)
    leave(comment)

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    comment.refresh_from_db()
    assert (comment.listed, comment.public_text, comment.stance) == (True, "Second.", "oppose")
    assert Case.objects.waiting().get() == case


def test_undo_of_restoring_hides_it_again() -> None:
    comment, now = make_comment(state=State.HIDDEN), timezone.now()
    comment.public_version = comment.submitted_version
    comment.save()
    moderator, before = make_staff(comment.recommendation.consultation), standing()
    decision = decide.restore(comment=comment, note="", by=moderator, at=now)

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    assert standing() == before


def test_undo_of_publishing_an_edit_shows_the_words_before_it() -> None:
    comment, now = make_comment(state=State.PUBLISHED, text="First words."), timezone.now()
    comment.submitted_version = make_version(comment, text="Second words.", stance="oppose")
    comment.save()
    case = make_case(comment)
    moderator, before = make_staff(case.consultation), standing()
    decision = publish(case, moderator, now, 2)

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    assert standing() == before
    assert before["comment"]["public_text"] == "First words."


def test_undo_of_hiding_what_was_not_yet_read_puts_it_back_into_the_queue() -> None:
    consultation = make_consultation(moderation="after")
    comment = make_comment(consultation.recommendations.all()[0], state=State.PUBLISHED)
    make_case(comment)
    moderator, before, now = make_staff(consultation), standing(), timezone.now()
    decision = hide(comment, moderator, now)
    assert Case.objects.waiting().count() == 0

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    assert standing() == before


def test_undo_of_hiding_lets_reports_wait_again_and_tells_no_reader() -> None:
    comment, now = make_comment(state=State.PUBLISHED), timezone.now()
    make_report(comment)
    moderator, before = make_staff(comment.recommendation.consultation), standing()
    decision = hide(comment, moderator, now)
    assert Message.objects.count() == 2

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    assert standing()["waiting"] == before["waiting"]
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.SUPPRESSED}
    undone = Decision.objects.filter(verb=Verb.UNDO).values_list("undoes__verb", flat=True)
    assert sorted(undone) == [Verb.HIDE, Verb.UPHOLD]
    reports.dismiss(case=Case.objects.waiting().get(), by=moderator, at=now + 2 * MINUTE)
    assert ledger.verify(decision.case.consultation_id) == []


def test_undo_shows_what_was_signed_before() -> None:
    case, now = make_case(), timezone.now()
    comment = Comment.objects.get()
    comment.response.sign_off = SignOff.objects.create(
        response=comment.response, outcome="final", represents="Us", signed_at=now
    )
    comment.response.save()
    moderator, before = make_staff(case.consultation), standing()
    signed = comment.response.sign_off_id
    decision = decide.publish(case=case, version_number=1, by=moderator, at=now, signed=signed)
    assert standing()["sign_off"] == {"response__shown_sign_off": signed}

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    assert standing() == before


def test_undo_of_the_fifth_alike_withholds_their_region_again() -> None:
    consultation = make_consultation()
    recommendation, nameless = consultation.recommendations.get(number=1), Permission.UNNAMED
    for _n in range(4):
        response = make_response(consultation, permission=nameless)
        make_comment(recommendation, response, state=State.PUBLISHED)
    fifth = make_comment(recommendation, make_response(consultation, permission=nameless))
    moderator, now = make_staff(consultation), timezone.now()
    decision = publish(make_case(fifth), moderator, now)
    assert Comment.objects.filter(shown_region__isnull=False).count() == 5

    undo.undo(decision=decision, by=moderator, at=now + MINUTE)

    assert Comment.objects.filter(shown_region__isnull=False).count() == 0


def test_undo_and_another_decision_tell_the_author_once() -> None:
    case, now = make_case(), timezone.now()
    moderator = make_staff(case.consultation)
    decision = reject(case, moderator, now)
    undo.undo(decision=decision, by=moderator, at=now + MINUTE)
    publish(case, moderator, now + 2 * MINUTE)

    told = Message.objects.get(state=Message.State.QUEUED)

    assert told.letter["subject"] == "Your comment on recommendation 1 is published"
    assert told.not_before == now + 12 * MINUTE


def test_undo_after_ten_minutes_or_by_somebody_else_is_refused() -> None:
    case, now = make_case(), timezone.now()
    one, other = make_staff(case.consultation), make_staff(case.consultation)
    decision = publish(case, one, now)

    assert undo.may_undo(decision, one, now + 9 * MINUTE)
    assert not undo.may_undo(decision, other, now + MINUTE)
    assert not undo.may_undo(decision, one, now + 10 * MINUTE)
    with pytest.raises(DecisionRefused, match="Only who took the decision"):
        undo.undo(decision=decision, by=other, at=now + MINUTE)
    with pytest.raises(DecisionRefused, match="ten minutes"):
        undo.undo(decision=decision, by=one, at=now + 10 * MINUTE)
    assert Comment.objects.get().state == State.PUBLISHED


def test_undo_twice_or_of_an_undo_is_refused() -> None:
    case, now = make_case(), timezone.now()
    moderator = make_staff(case.consultation)
    decision = publish(case, moderator, now)
    undone = undo.undo(decision=decision, by=moderator, at=now)

    with pytest.raises(DecisionRefused, match="changed since"):
        undo.undo(decision=decision, by=moderator, at=now)
    with pytest.raises(DecisionRefused, match="cannot be undone"):
        undo.undo(decision=undone, by=moderator, at=now)
    assert Decision.objects.count() == 2


def test_undo_of_all_but_the_newest_decision_is_refused() -> None:
    case, now = make_case(), timezone.now()
    moderator = make_staff(case.consultation)
    held = hold(case, moderator, now)
    publish(case, moderator, now)

    with pytest.raises(DecisionRefused, match="changed since"):
        undo.undo(decision=held, by=moderator, at=now)


def test_undo_of_a_second_look_that_changed_nothing_needs_the_newest_too() -> None:
    case, now = make_case(), timezone.now()
    moderator = make_staff(case.consultation)
    first, _second = hold(case, moderator, now), hold(case, moderator, now)

    with pytest.raises(DecisionRefused, match="Another decision"):
        undo.undo(decision=first, by=moderator, at=now)


def test_undo_is_void_once_the_author_has_sent_something_newer() -> None:
    case, now = make_case(), timezone.now()
    moderator = make_staff(case.consultation)
    decision = publish(case, moderator, now)
    comment = Comment.objects.get()
    comment.submitted_version = make_version(comment)
    comment.save()

    with pytest.raises(DecisionRefused, match="changed since"):
        undo.undo(decision=decision, by=moderator, at=now)


def test_undo_is_void_once_a_letter_is_on_its_way() -> None:
    case, now = make_case(), timezone.now()
    moderator = make_staff(case.consultation)
    decision = publish(case, moderator, now)
    Message.objects.update(state=Message.State.CLAIMED)

    with pytest.raises(DecisionRefused, match="has been told"):
        undo.undo(decision=decision, by=moderator, at=now)
    assert Comment.objects.get().state == State.PUBLISHED


def test_undo_of_what_an_edition_has_told_is_refused() -> None:
    case, now = make_case(), timezone.now()
    moderator = make_staff(case.consultation)
    decision = publish(case, moderator, now)
    make_edition(Comment.objects.get(), now + MINUTE)

    with pytest.raises(DecisionRefused, match="A digest has told"):
        undo.undo(decision=decision, by=moderator, at=now + 2 * MINUTE)


def test_undo_of_what_no_edition_tells_is_possible_after_one() -> None:
    case, now = make_case(), timezone.now()
    moderator, before = make_staff(case.consultation), standing()
    decision = reject(case, moderator, now)
    make_edition(Comment.objects.get(), now + MINUTE)

    undo.undo(decision=decision, by=moderator, at=now + 2 * MINUTE)

    assert standing() == before


def test_undo_of_a_claim_is_refused() -> None:
    consultation, membership = make_consultation(), make_membership()
    make_response(consultation, membership.user, membership=membership)
    case = make_case(membership=membership, consultation=consultation)
    moderator, now = make_staff(consultation), timezone.now()
    [decision] = claims.confirm(case=case, by=moderator, at=now)

    assert not undo.may_undo(decision, moderator, now)
    with pytest.raises(DecisionRefused, match="Only decisions on comments"):
        undo.undo(decision=decision, by=moderator, at=now)
    # It has an undo of its own (`undo_claims`), so its letter waits as long.
    assert Message.objects.get().not_before == now + 10 * MINUTE


def make_two_responses(consultation: Consultation) -> tuple[Comment, Membership]:
    """Return what a member says whose claim waits, beside a colleague's response for the same."""
    organisation = make_organisation()
    make_comment(response=make_response(consultation, organisation=organisation))
    claim = make_membership(make_user(), organisation)
    response = make_response(consultation, claim.user, membership=claim, for_organisation=True)
    return make_comment(response=response, state=State.PUBLISHED), claim


def test_undo_beside_a_colleagues_response_is_refused_once_the_claim_is_confirmed() -> None:
    consultation, now = make_consultation(), timezone.now()
    comment, claim = make_two_responses(consultation)
    moderator = make_staff(consultation)
    decision = hide(comment, moderator, now)
    case = make_case(membership=claim, consultation=consultation)
    claims.confirm(case=case, by=moderator, at=now + MINUTE)

    assert not undo.may_undo(decision, moderator, now + 2 * MINUTE)
    with pytest.raises(DecisionRefused, match="speaks for the organisation"):
        undo.undo(decision=decision, by=moderator, at=now + 2 * MINUTE)

    comment.refresh_from_db()
    assert (comment.state, comment.counted) == (State.HIDDEN, False)


def test_publish_beside_a_colleagues_response_is_refused_once_the_claim_is_confirmed() -> None:
    consultation, now = make_consultation(), timezone.now()
    comment, claim = make_two_responses(consultation)
    moderator = make_staff(consultation)
    claims.confirm(
        case=make_case(membership=claim, consultation=consultation), by=moderator, at=now
    )

    with pytest.raises(DecisionRefused, match="speaks for the organisation"):
        publish(make_case(comment), moderator, now + MINUTE)


def test_removal_that_was_one_act_with_publishing_is_undone_with_it_and_nobody_is_told() -> None:
    consultation = make_consultation(moderation="after")
    comment = make_comment(consultation.recommendations.get(number=1), state="published", text=TEXT)
    make_case(comment)
    by, before = make_staff(consultation), Comment.objects.values("state", "public_text").get()
    published = remove(comment, publish=True, by=by)
    waiting = Message.objects.filter(not_before__gt=timezone.now()).count()

    undo.undo(decision=published, by=by, at=published.decided_at)

    after = Comment.objects.values("state", "public_text", "redacted").get()
    assert after == {**before, "redacted": False}
    assert Redaction.objects.in_force().count() == 0
    assert (waiting, {row.state for row in Message.objects.all()}) == (1, {"suppressed"})
    assert Case.objects.waiting().get().comment == comment
    undone = Decision.objects.filter(undone_by__isnull=False).order_by("pk")
    assert [row.verb for row in undone] == ["redact", "publish"]
    assert figures.read(consultation.pk).facts.redacted == 0
    assert ledger.verify(consultation.pk) == []
