"""The verbs on claims: whose response it becomes, under which name, and who is told."""

import pytest
from django.utils import timezone

from consultations import ledger, roles
from consultations.models import Case, Comment, LedgerEntry, Membership, Message, Permission
from consultations.moderation import claims, decide, memberships
from consultations.moderation.record import DecisionRefused
from tests.factories import (
    give_role,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db


def test_confirm_signs_what_the_member_published() -> None:
    consultation, membership = make_consultation(), make_membership()
    response = make_response(consultation, membership.user, membership=membership)
    comment = make_comment(response=response, state=Comment.State.PUBLISHED)
    assert (comment.signed, comment.shown_region) == (False, None)
    case = make_case(membership=membership, consultation=consultation)
    moderator = make_staff(consultation)
    claims.confirm(case=case, by=moderator, at=timezone.now())
    comment, membership = Comment.objects.get(), Membership.objects.get()
    assert membership.claim == Membership.Claim.CONFIRMED
    assert membership.decided_by == moderator
    assert comment.response.organisation == membership.organisation
    assert comment.signature() == membership.organisation.name
    assert comment.shown_region == comment.region
    assert Case.objects.waiting().count() == 0
    assert LedgerEntry.objects.get().act == "claim_confirmed"
    assert ledger.verify(consultation.pk) == []
    letter = Message.objects.get().letter
    assert letter["subject"] == "Your claim to speak for an organisation is confirmed"


def test_confirm_where_the_organisation_answered_sets_the_response_aside() -> None:
    consultation, organisation = make_consultation(), make_organisation()
    colleague = make_membership(None, organisation, Membership.Claim.CONFIRMED)
    make_response(consultation, colleague.user, membership=colleague, organisation=organisation)
    membership = make_membership(None, organisation)
    response = make_response(consultation, membership.user, membership=membership)
    comment = make_comment(response=response, state=Comment.State.PUBLISHED)
    second = consultation.recommendations.get(number=2)
    waiting = make_comment(second, response)
    make_case(waiting)
    case = make_case(membership=membership, consultation=consultation)
    claims.confirm(case=case, by=make_staff(consultation), at=timezone.now())
    for row in (comment, waiting):
        row.refresh_from_db()
        assert (row.state, row.listed, row.counted) == (Comment.State.HIDDEN, False, False)
        assert (row.public_text, row.signature()) == ("", "")
    response.refresh_from_db()
    assert response.organisation is None
    assert Case.objects.waiting().count() == 0
    told = str(Message.objects.get().letter)
    assert "Yours is no longer shown or counted." in told
    acts = list(LedgerEntry.objects.order_by("sequence").values_list("act", flat=True))
    assert acts == ["claim_confirmed", "response_set_aside"]
    payload = LedgerEntry.objects.get(act="response_set_aside").payload
    assert payload.content["response"] == response.reference
    assert ledger.verify(consultation.pk) == []


def test_set_aside_withholds_the_region_that_no_longer_has_five() -> None:
    consultation, organisation = make_consultation(), make_organisation()
    colleague = make_membership(None, organisation, Membership.Claim.CONFIRMED)
    make_response(consultation, colleague.user, membership=colleague, organisation=organisation)
    membership = make_membership(None, organisation)
    kept = make_response(consultation, membership.user, membership=membership)
    make_comment(response=kept, state=Comment.State.PUBLISHED)
    for _n in range(4):
        nameless = make_response(consultation, permission=Permission.UNNAMED)
        make_comment(response=nameless, state=Comment.State.PUBLISHED)
    case = make_case(membership=membership, consultation=consultation)
    before = Comment.objects.filter(shown_region__isnull=False).count()
    claims.confirm(case=case, by=make_staff(consultation), at=timezone.now())
    after = Comment.objects.filter(shown_region__isnull=False).count()
    assert (before, after) == (5, 0)


def test_set_aside_comment_is_shown_again_only_once_the_membership_has_ended() -> None:
    consultation, organisation = make_consultation(), make_organisation()
    colleague = make_membership(None, organisation, Membership.Claim.CONFIRMED)
    make_response(consultation, colleague.user, membership=colleague, organisation=organisation)
    membership = make_membership(None, organisation)
    kept = make_response(consultation, membership.user, membership=membership)
    comment = make_comment(response=kept, state=Comment.State.PUBLISHED)
    case, officer = make_case(membership=membership), make_staff(consultation, "officer")
    roles.make_administrator(officer)
    claims.confirm(case=case, by=officer, at=timezone.now())
    with pytest.raises(DecisionRefused, match="counts once"):
        decide.restore(comment=comment, note="", by=officer, at=timezone.now())
    membership.refresh_from_db()
    memberships.revoke(membership=membership, by=officer, at=timezone.now())
    decide.restore(comment=comment, note="", by=officer, at=timezone.now())
    comment.refresh_from_db()
    assert comment.counted


def test_confirm_keeps_the_choice_not_to_be_named() -> None:
    consultation, membership = make_consultation(), make_membership()
    response = make_response(
        consultation, membership.user, membership=membership, permission=Permission.UNNAMED
    )
    comment = make_comment(response=response, state=Comment.State.PUBLISHED)
    case = make_case(membership=membership, consultation=consultation)
    claims.confirm(case=case, by=make_staff(consultation), at=timezone.now())
    comment.refresh_from_db()
    assert (comment.signed, comment.signature()) == (False, "")


def test_confirm_closes_the_claim_everywhere() -> None:
    one, other, membership = make_consultation(), make_consultation(), make_membership()
    cases = []
    for consultation in (one, other):
        make_response(consultation, membership.user, membership=membership)
        cases.append(make_case(membership=membership, consultation=consultation))
    moderator = make_staff(other)
    give_role(moderator, one)
    claims.confirm(case=cases[1], by=moderator, at=timezone.now())
    assert membership.responses.filter(organisation=membership.organisation).count() == 2
    assert Case.objects.waiting().count() == 0
    assert [ledger.verify(consultation.pk) for consultation in (one, other)] == [[], []]
    with pytest.raises(DecisionRefused, match="Already decided"):
        claims.refuse(case=cases[0], note="", by=make_staff(one), at=timezone.now())


def test_refuse_never_shows_the_name() -> None:
    consultation, membership = make_consultation(), make_membership()
    response = make_response(consultation, membership.user, membership=membership)
    comment = make_comment(response=response, state=Comment.State.PUBLISHED)
    case = make_case(membership=membership, consultation=consultation)
    claims.refuse(case=case, note="no such firm", by=make_staff(consultation), at=timezone.now())
    comment, membership = Comment.objects.get(), Membership.objects.get()
    assert membership.claim == Membership.Claim.REFUSED
    assert (comment.state, comment.signature()) == (Comment.State.PUBLISHED, "")
    assert comment.response.respondent == membership.user
    assert LedgerEntry.objects.get().act == "claim_refused"
    told = str(Message.objects.get().letter)
    assert ("could not confirm" in told, "no such firm" in told) == (True, False)
    assert f"/account/claims/{membership.pk}/appeal/" in told


def test_claim_that_reaches_elsewhere_is_not_decided_by_a_moderator_of_one_consultation() -> None:
    here, elsewhere, organisation = make_consultation(), make_consultation(), make_organisation()
    colleague = make_membership(None, organisation, Membership.Claim.CONFIRMED)
    make_response(elsewhere, colleague.user, membership=colleague, organisation=organisation)
    membership = make_membership(None, organisation)
    case = make_case(membership=membership, consultation=here)
    moderator = make_staff(here)
    with pytest.raises(DecisionRefused, match="other consultations"):
        claims.confirm(case=case, by=moderator, at=timezone.now())
    with pytest.raises(DecisionRefused, match="other consultations"):
        claims.refuse(case=case, note="", by=moderator, at=timezone.now())
    membership.refresh_from_db()
    assert membership.claim == Membership.Claim.PENDING
    give_role(moderator, elsewhere)
    claims.confirm(case=case, by=moderator, at=timezone.now())
    membership.refresh_from_db()
    assert membership.claim == Membership.Claim.CONFIRMED


def test_claim_that_reaches_elsewhere_is_decided_by_a_site_administrator() -> None:
    here, membership = make_consultation(), make_membership()
    make_response(make_consultation(), membership.user, membership=membership)
    case, moderator = make_case(membership=membership, consultation=here), make_staff(here)
    roles.make_administrator(moderator)
    claims.confirm(case=case, by=moderator, at=timezone.now())
    membership.refresh_from_db()
    assert membership.claim == Membership.Claim.CONFIRMED
