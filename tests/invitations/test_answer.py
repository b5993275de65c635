"""Opening, accepting, declining and taking back; and how far an invitation has come."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations import invitations, ledger
from consultations.invitations import InvitationError
from consultations.models import Invitation, Message, Response
from tests.factories import (
    confirm_address,
    make_consultation,
    make_invitation,
    make_membership,
    make_organisation,
    make_response,
    make_staff,
    make_user,
)
from tests.invitations.scene import begin, invite, mails, standings

pytestmark = pytest.mark.django_db


def test_standing_is_the_latest_that_happened() -> None:
    consultation = make_consultation()
    _invited, opened, drafting, submitted, official, declined, back = invite(consultation, 7)
    now, officer = timezone.now(), make_staff(consultation, "officer")
    invitations.note_opening(invitation=opened, at=now)
    begin(drafting, make_user(drafting.email))
    colleague = make_user()
    invitations.accept(invitation=submitted, user=colleague, at=now)
    make_response(consultation, colleague)
    make_response(consultation, organisation=official.organisation)
    invitations.decline(invitation=declined, at=now)
    invitations.withdraw(invitation=back, by=officer, at=now)

    assert standings(consultation) == [
        *("invited", "opened", "drafting", "submitted", "submitted", "declined", "withdrawn")
    ]
    assert invitations.counts(consultation) == {
        **dict.fromkeys(("invited", "opened", "drafting", "declined", "withdrawn"), 1),
        "submitted": 2,
    }


def test_response_elsewhere_or_withdrawn_or_unconfirmed_is_not_this_invitations() -> None:
    consultation, other = make_consultation(), make_consultation()
    one, two, three = invite(consultation, 3)
    make_response(other, make_user(one.email))
    make_response(consultation, make_user(two.email), state=Response.State.WITHDRAWN)
    stranger = make_membership(None, three.organisation)
    make_response(consultation, stranger.user, membership=stranger)

    assert standings(consultation) == ["invited"] * 3


def test_response_of_the_organisation_that_the_invited_one_was_merged_into_counts() -> None:
    consultation = make_consultation()
    (invitation,) = invite(consultation)
    kept = make_organisation()
    invitation.organisation.merged_into = kept
    invitation.organisation.save()
    make_response(consultation, organisation=kept)

    assert standings(consultation) == ["submitted"]


@pytest.mark.parametrize("many", [1, 3])
def test_standing_costs_one_query_at_any_length(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation = make_consultation()
    invite(consultation, many)

    with django_assert_num_queries(1):
        standings(consultation)


def test_first_opening_stands() -> None:
    invitation, first = make_invitation(), timezone.now()

    for at in (first, timezone.now()):
        invitations.note_opening(invitation=invitation, at=at)

    invitation.refresh_from_db()
    assert invitation.opened_at == first


def test_invited_address_comes_before_whoever_got_the_link_from_it() -> None:
    invitation, now = make_invitation(), timezone.now()
    colleague, other = make_user(), make_user()
    invited = confirm_address(make_user(invitation.email))
    found = []

    for person in (colleague, other, invited, other):
        invitations.accept(invitation=invitation, user=person, at=now)
        invitation.refresh_from_db()
        found.append(invitation.accepted_by)

    assert found == [colleague, colleague, invited, invited]


def test_unconfirmed_address_is_not_the_invited_one() -> None:
    invitation = make_invitation(email="a@works.example")
    person = confirm_address(make_user(), "a@works.example", verified=False)

    assert not invitations.addressed_to(invitation, person)


def test_no_stops_what_is_queued_and_can_be_thought_over() -> None:
    consultation = make_consultation()
    (invitation,) = invite(consultation)

    for _n in range(2):
        invitations.decline(invitation=invitation, at=timezone.now())

    assert standings(consultation) == ["declined"]
    assert mails() == [(invitation.email, "suppressed")]
    invitations.accept(invitation=invitation, user=make_user(), at=timezone.now())
    assert standings(consultation) == ["opened"]


def test_invitation_taken_back_is_sent_no_more_and_the_address_can_be_invited_anew() -> None:
    consultation = make_consultation()
    (invitation,) = invite(consultation)
    officer = make_staff(consultation, "officer")
    back = {"invitation": invitation, "by": officer, "at": timezone.now()}

    invitations.withdraw(**back)
    again = invitations.invite(
        consultation=consultation,
        contacts=[invitations.Contact(invitation.organisation, "", invitation.email)],
        by=officer,
        at=timezone.now(),
    )

    assert (again, standings(consultation)) == (1, ["withdrawn", "invited"])
    states = Message.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["suppressed", "queued"]
    assert len(set(Invitation.objects.values_list("token", flat=True))) == 2
    with pytest.raises(InvitationError, match="taken back before"):
        invitations.withdraw(**back)
    assert ledger.verify(consultation.pk) == []


def test_wrong_address_is_taken_back_whatever_colleagues_have_begun() -> None:
    consultation = make_consultation()
    (wrong,) = invite(consultation)
    make_response(consultation, organisation=wrong.organisation)
    officer = make_staff(consultation, "officer")

    invitations.withdraw(invitation=wrong, by=officer, at=timezone.now())

    assert standings(consultation) == ["withdrawn"]


def test_invitation_that_is_being_answered_is_not_taken_back() -> None:
    consultation = make_consultation()
    (invitation,) = invite(consultation)
    begin(invitation, make_user(invitation.email))

    with pytest.raises(InvitationError, match="begun to answer"):
        invitations.withdraw(
            invitation=invitation, by=make_staff(consultation, "officer"), at=timezone.now()
        )
