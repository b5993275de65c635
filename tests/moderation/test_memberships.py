"""Ending and revoking memberships: who may, what stays, and that it holds on the next request."""

import pytest
from django.utils import timezone

from consultations import ledger, policy
from consultations.models import Comment, LedgerEntry, Membership, Message, Response, User
from consultations.moderation import memberships
from consultations.moderation.record import DecisionRefused
from tests.factories import (
    make_comment,
    make_consultation,
    make_membership,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db


def member() -> tuple[Membership, Response, Comment, User]:
    """Return a confirmed member, the organisation's response, its comment, and the officer."""
    consultation, membership = make_consultation(), make_membership(claim="confirmed")
    response = make_response(
        consultation,
        membership.user,
        membership=membership,
        organisation=membership.organisation,
    )
    comment = make_comment(response=response, state=Comment.State.PUBLISHED)
    return membership, response, comment, make_staff(consultation, "officer")


def test_end_takes_the_access_and_leaves_the_organisation_its_response() -> None:
    membership, response, comment, officer = member()
    assert policy.speaks_for(membership.user, response)
    memberships.end(membership=membership, by=officer, at=timezone.now())
    comment.refresh_from_db()
    assert not policy.speaks_for(membership.user, Response.objects.get(pk=response.pk))
    assert comment.signature() == membership.organisation.name
    assert LedgerEntry.objects.get().act == "membership_ended"
    assert ledger.verify(response.consultation_id) == []
    with pytest.raises(DecisionRefused, match="ended already"):
        memberships.end(membership=membership, by=officer, at=timezone.now())


def test_revoke_takes_the_name_from_what_the_person_wrote() -> None:
    membership, response, comment, officer = member()
    assert comment.signature() == membership.organisation.name
    why = "The clerk has never heard of you."
    said = {"membership": membership, "by": officer, "at": timezone.now(), "why": why}
    assert memberships.revoke(**said) == []
    comment, response = Comment.objects.get(), Response.objects.get()
    assert (response.organisation, comment.signature()) == (None, "")
    assert policy.speaks_for(membership.user, response)
    entry = LedgerEntry.objects.get()
    assert entry.act == "membership_revoked"
    assert entry.payload.content["responses"] == [response.reference]
    message = Message.objects.get()
    assert (message.user, message.letter["subject"]) == (
        membership.user,
        "You no longer speak for an organisation on this site",
    )
    name = membership.organisation.name
    assert f"It no longer carries the name of {name}" in str(message.letter)
    assert why in str(message.letter)


def test_revoke_names_the_response_that_must_keep_the_name() -> None:
    membership, response, _comment, officer = member()
    make_response(response.consultation, membership.user)
    kept = memberships.revoke(membership=membership, by=officer, at=timezone.now())
    membership.refresh_from_db()
    assert (kept, membership.ended_at is None) == ([response], False)


def test_end_is_for_the_officers_of_the_consultations_concerned() -> None:
    membership, response, _comment, _officer = member()
    for other in (make_staff(make_consultation(), "officer"), make_staff(response.consultation)):
        with pytest.raises(DecisionRefused, match="Only an officer"):
            memberships.end(membership=membership, by=other, at=timezone.now())


def test_end_of_a_claim_that_waits_is_refused() -> None:
    consultation, membership = make_consultation(), make_membership()
    make_response(consultation, membership.user, membership=membership)
    with pytest.raises(DecisionRefused, match="still waits"):
        memberships.end(
            membership=membership, by=make_staff(consultation, "officer"), at=timezone.now()
        )
