"""Claims looked at again: a refusal is explained, appealed against once, and undone in time."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import ledger
from consultations.models import (
    Case,
    Comment,
    Consultation,
    Decision,
    LedgerEntry,
    Membership,
    Message,
    User,
)
from consultations.moderation import claim_appeals, claims, turns, undo_claims
from consultations.moderation.claim_appeals import ClaimAppealError
from consultations.moderation.record import DecisionRefused
from tests.factories import (
    give_role,
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def scene() -> tuple[Consultation, Membership, Case, User]:
    """Return a claim that waits, with a published comment under it, and a moderator."""
    consultation, membership = make_consultation(), make_membership(shares=True)
    response = make_response(consultation, membership.user, membership=membership)
    make_comment(response=response, state=Comment.State.PUBLISHED)
    case = make_case(membership=membership, consultation=consultation)
    membership.user.acting_for, membership.user.organisation = (
        "organisation",
        membership.organisation,
    )
    membership.user.save()
    return consultation, membership, case, make_staff(consultation)


def refuse(case: Case, by: User, **more: Any) -> Decision:
    said = {"note": "", "why": "Nobody there knows you.", "at": timezone.now(), **more}
    return claims.refuse(case=case, by=by, **said)[0]


def appeal(membership: Membership, **more: Any) -> Membership:
    said = {"words": "I chair it.", "by": membership.user, "at": timezone.now(), **more}
    return claim_appeals.make(membership=membership, **said)


def stands(membership: Membership) -> list[dict[str, Any]]:
    """Return every column of the claim, of its responses and of their comments."""
    rows: list[Any] = [
        Membership.objects.filter(pk=membership.pk),
        membership.responses.order_by("pk"),
        Comment.objects.order_by("pk"),
    ]
    return [each for found in rows for each in found.values()]


def test_refused_claimant_reads_why_and_appeals_on_the_page_that_the_letter_names() -> None:
    consultation, membership, case, moderator = scene()
    page = log_in(moderator).post(
        reverse("admin:consultations_case_change", args=[case.pk]),
        {"decision": "refuse", "told": "", "note": ""},
    )
    assert "Write why, so that the claimant is told." in page.content.decode()
    refuse(case, moderator)
    claimant, where = log_in(membership.user), reverse("claims.appeal", args=[membership.pk])
    [letter] = [str(row.letter) for row in Message.objects.all()]
    assert ("Nobody there knows you." in letter, where in letter) == (True, True)
    assert where in claimant.get(reverse("people.account")).content.decode()
    empty = claimant.post(where, {"words": " "})

    sent = claimant.post(where, {"words": "I chair it."}, follow=True)

    assert (empty.status_code, "Error:" in empty.content.decode()) == (422, True)
    assert "We have your appeal" in sent.content.decode()
    membership.refresh_from_db()
    assert (membership.claim, membership.appeal) == ("pending", "I chair it.")
    assert Case.objects.waiting().get().membership == membership
    assert LedgerEntry.objects.order_by("pk").last().act == "claim_appealed"
    assert ledger.verify(consultation.pk) == []
    assert log_in(moderator).get(where).status_code == 404


def test_appeal_is_decided_by_who_did_not_refuse_and_is_the_last() -> None:
    consultation, membership, case, first = scene()
    refuse(case, first)
    appeal(membership)
    waiting, other = Case.objects.waiting().get(), make_staff(consultation)
    review = reverse("admin:consultations_case_change", args=[waiting.pk])

    with pytest.raises(DecisionRefused, match="somebody else decides"):
        claims.confirm(case=waiting, by=first, at=timezone.now())
    given = turns.take_next(consultations=[consultation.pk], by=first, at=timezone.now())
    page = log_in(other).get(review).content.decode()
    refuse(waiting, other, why="The clerk says no.")

    assert given is None
    assert ("I chair it." in page, "Nobody there knows you." in page) == (True, True)
    letter = str(Message.objects.order_by("pk").last().letter)
    assert ("The clerk says no." in letter, "There is no second appeal" in letter) == (True, True)
    with pytest.raises(ClaimAppealError, match="no second appeal"):
        appeal(membership, words="Again.")


def test_appeal_is_decided_by_the_same_person_where_there_is_nobody_else() -> None:
    consultation, membership, case, only = scene()
    refuse(case, only)
    appeal(membership)

    [decision] = claims.confirm(case=Case.objects.waiting().get(), by=only, at=timezone.now())

    membership.refresh_from_db()
    assert (membership.current, membership.independent) == (True, False)
    assert "This decision is not independent" in str(Message.objects.order_by("pk").last().letter)
    entry = LedgerEntry.objects.order_by("pk").last()
    assert (entry.act, entry.payload.content["independent"]) == ("claim_confirmed", False)
    page = log_in(only).get(
        reverse("admin:consultations_consultation_figures", args=[consultation.pk])
    )
    counted = {"made": 1, "upheld": 1, "dismissed": 0, "waiting": 0, "dependent": 1}
    assert page.context["claims"] == counted
    undo_claims.undo(decision=decision, by=only, at=decision.decided_at)
    membership.refresh_from_db()
    assert membership.independent is None


@pytest.mark.parametrize("able", [True, False])
def test_who_refused_decides_through_no_other_consultation_while_somebody_else_can(
    able: bool,
) -> None:
    here, membership, case, first = scene()
    there = make_consultation()
    give_role(first, there)
    elsewhere = make_case(membership=membership, consultation=there)
    other = make_staff(here)
    if able:
        give_role(other, there)
    refuse(case, first)
    appeal(membership)
    waiting = Case.objects.waiting().get(consultation=there)
    at = timezone.now()
    given = [turns.take_next(consultations=[one.pk], by=first, at=at) for one in (here, there)]

    if not able:  # the other one decides here alone, and so not on this claim
        refuse(waiting, first)
        membership.refresh_from_db()
        assert (membership.claim, membership.independent) == ("refused", False)
        assert [one is None for one in given] == [False, False]
        return
    with pytest.raises(DecisionRefused, match="somebody else decides"):
        refuse(waiting, first)
    refuse(waiting, other)
    membership.refresh_from_db()
    letter = str(Message.objects.order_by("pk").last().letter)
    assert (membership.claim, membership.independent) == ("refused", True)
    assert "Somebody who did not refuse your claim before" in letter
    assert given == [None, None]
    assert elsewhere.decisions.get().verb == "refuse"


@pytest.mark.parametrize("late", [True, False])
def test_appeal_ends_with_its_time_and_is_one_however_often_it_is_sent(late: bool) -> None:
    _consultation, membership, case, moderator = scene()
    refuse(case, moderator)
    if late:
        with pytest.raises(ClaimAppealError, match="over"):
            appeal(membership, at=timezone.now() + timedelta(days=30))
        return

    appeal(membership)
    appeal(membership)

    assert Case.objects.waiting().count() == 1


@pytest.mark.parametrize("verb", ["refuse", "confirm"])
def test_decision_on_a_claim_is_undone_with_all_that_it_did(verb: str) -> None:
    consultation, membership, case, moderator = scene()
    guest = make_membership(None, membership.organisation, host=membership)
    if verb == "confirm":
        guest.delete()
    before, at = stands(membership), timezone.now()
    if verb == "refuse":
        decision = refuse(case, moderator, at=at)
    else:
        decision = claims.confirm(case=case, by=moderator, at=at)[0]
    assert stands(membership) != before

    undo_claims.undo(decision=decision, by=moderator, at=at + MINUTE)

    assert stands(membership) == before
    assert Case.objects.waiting().get() == case
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.SUPPRESSED}
    assert LedgerEntry.objects.order_by("pk").last().act == "decision_undone"
    assert ledger.verify(consultation.pk) == []
    if verb == "refuse":
        guest.refresh_from_db()
        assert guest.host == membership


def test_decision_on_a_claim_is_not_undone_late_by_others_or_once_it_was_used() -> None:
    _consultation, membership, case, moderator = scene()
    at = timezone.now()
    decision = claims.confirm(case=case, by=moderator, at=at)[0]

    with pytest.raises(DecisionRefused, match="Only who took"):
        undo_claims.undo(decision=decision, by=make_staff(case.consultation), at=at)
    with pytest.raises(DecisionRefused, match="ten minutes"):
        undo_claims.undo(decision=decision, by=moderator, at=at + 10 * MINUTE)
    make_membership(None, membership.organisation, "confirmed", decided_by=membership.user)
    with pytest.raises(DecisionRefused, match="Revoke the claim"):
        undo_claims.undo(decision=decision, by=moderator, at=at + MINUTE)


def test_claim_that_joined_two_responses_is_confirmed_for_good() -> None:
    consultation, membership, case, moderator = scene()
    make_response(consultation, None, organisation=membership.organisation)

    decision = claims.confirm(case=case, by=moderator, at=timezone.now())[0]

    assert decision.stood == {}


def test_button_undoes_the_decision_on_a_claim() -> None:
    _consultation, membership, case, moderator = scene()
    client = log_in(moderator)
    page = client.post(
        reverse("admin:consultations_case_change", args=[case.pk]),
        {"decision": "refuse", "told": "No.", "note": ""},
        follow=True,
    )
    assert "you can take your last decision back" in page.content.decode()

    said = {"decision": Decision.objects.get().pk, "count": "1"}
    undone = client.post(reverse("admin:consultations_case_undo"), said, follow=True)

    assert "Undone. It is as it was, and nobody was told." in undone.content.decode()
    membership.refresh_from_db()
    assert (membership.claim, membership.refusal) == ("pending", "")


def test_undone_decision_on_an_appeal_leaves_what_was_told_before() -> None:
    _consultation, membership, case, moderator = scene()
    refuse(case, moderator)
    [told] = Message.objects.all()
    appeal(membership)
    told.refresh_from_db()
    waiting, other, at = Case.objects.waiting().get(), make_staff(case.consultation), timezone.now()
    membership.refresh_from_db()
    before = membership.refusal

    decision = refuse(waiting, other, why="The clerk says no.", at=at)
    undo_claims.undo(decision=decision, by=other, at=at + MINUTE)

    membership.refresh_from_db()
    assert (before, membership.refusal) == ("Nobody there knows you.", "Nobody there knows you.")
    assert told.not_before is not None
    assert told.not_before <= at
