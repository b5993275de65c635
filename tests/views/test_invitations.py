"""The page to which an invitation leads: it logs nobody in, and the claim is made there."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.adapters import AccountAdapter
from consultations.models import Consultation, Invitation, Membership, Message, User
from tests.factories import (
    confirm_address,
    log_in,
    make_consultation,
    make_invitation,
    make_membership,
    make_organisation,
    make_region,
    make_user,
)

pytestmark = pytest.mark.django_db
INVITED = Consultation.Visibility.INVITED


def page_of(invitation: Invitation, name: str = "show") -> str:
    slug = invitation.consultation.slug
    return reverse(f"invitations.{name}", args=[slug, invitation.token])


def invited(invitation: Invitation, **fields: object) -> User:
    """Return a person whose confirmed address the invitation went to."""
    return confirm_address(make_user(invitation.email, **fields))


def test_reading_the_page_changes_nothing_and_logs_nobody_in(client: Client) -> None:
    invitation = make_invitation(name="Ann Contact", email="ann@works.example")

    page = client.get(page_of(invitation)).content.decode()

    assert invitation.organisation.name in page
    assert (invitation.name in page, invitation.email in page) == (False, False)
    assert "_auth_user_id" not in client.session
    invitation.refresh_from_db()
    assert (invitation.opened_at, invitation.accepted_by) == (None, None)


def test_going_on_notes_the_opening_and_asks_to_log_in(client: Client) -> None:
    invitation = make_invitation()

    answer = client.post(page_of(invitation))

    assert answer["Location"].startswith(reverse("account_login"))
    assert invitation.token in answer["Location"]
    invitation.refresh_from_db()
    assert invitation.opened_at is not None
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("login", ["account_signup", "account_login"])
def test_whoever_came_by_an_invitation_gets_back_to_it_by_any_link(
    client: Client, login: str
) -> None:
    invitation = make_invitation()
    client.post(page_of(invitation))
    request = client.get(reverse(login)).wsgi_request
    adapter = AccountAdapter(request)

    found = {adapter.get_signup_redirect_url(request), adapter.get_login_redirect_url(request)}

    assert found == {page_of(invitation)}


def test_new_person_answers_for_the_organisation_without_further_questions() -> None:
    invitation = make_invitation(organisation=make_organisation("Forge Ltd"), name="Ann Smith")
    user = confirm_address(User.objects.create_user(invitation.email))
    client = log_in(user)

    page = client.get(page_of(invitation))
    name = page.context["form"].initial["name"]
    answer = client.post(page_of(invitation), {"name": name}, follow=True)

    assert answer.redirect_chain == [
        (reverse("consultations.show", args=[invitation.consultation.slug]), 302)
    ]
    assert "You answer for Forge Ltd. A moderator checks this" in answer.content.decode()
    user.refresh_from_db()
    assert (user.name, user.kind, user.acting_for) == ("Ann Smith", "employer", "organisation")
    assert user.profile_complete
    membership = Membership.objects.get()
    assert (membership.organisation, membership.claim) == (invitation.organisation, "pending")
    invitation.refresh_from_db()
    assert invitation.accepted_by == user


def test_leads_are_told_of_whoever_comes_by_an_invitation() -> None:
    invitation = make_invitation(organisation=make_organisation("Forge Ltd"), name="Ann Smith")
    lead = make_membership(None, invitation.organisation, claim="confirmed", role="lead").user
    user = confirm_address(User.objects.create_user(invitation.email))

    log_in(user).post(page_of(invitation), {"name": "Ann Smith"})

    told = Message.objects.get(to=lead.email)
    assert told.dedupe_key.startswith("request:")
    assert "Ann Smith asks to write for Forge Ltd" in str(told.letter)


def test_region_is_asked_only_where_nobody_has_one() -> None:
    invitation = make_invitation(organisation=make_organisation(region=None))
    user = confirm_address(User.objects.create_user(invitation.email))
    client, region = log_in(user), make_region()

    without = client.post(page_of(invitation), {"name": "Ann"})
    given = client.post(page_of(invitation), {"name": "Ann", "region": region.pk})

    assert (without.status_code, given.status_code) == (422, 302)
    user.refresh_from_db()
    assert user.region == region


def test_untidy_name_is_refused_beside_its_field_and_claims_nothing() -> None:
    invitation = make_invitation()
    client = log_in(invited(invitation))

    page = client.post(page_of(invitation), {"name": "A\0nn"})

    assert page.status_code == 422
    assert "control character" in page.content.decode()
    assert not Membership.objects.exists()


def test_confirmed_member_answers_at_once_and_keeps_the_membership() -> None:
    invitation = make_invitation()
    user = invited(invitation)
    make_membership(user, invitation.organisation, claim="confirmed")

    page = log_in(user).post(page_of(invitation), {"name": "Ann"}, follow=True).content.decode()

    assert f"You answer for {invitation.organisation.name}.</li>" in page
    assert Membership.objects.count() == 1


def test_page_says_that_another_organisation_is_answered_for_no_longer() -> None:
    invitation, other = make_invitation(), make_organisation("Anvil Ltd")
    user = invited(invitation, acting_for="organisation", organisation=other)
    make_membership(user, other, claim="confirmed")
    client = log_in(user)

    page = client.get(page_of(invitation)).content.decode()
    client.post(page_of(invitation), {"name": "Ann"})

    assert "At present you answer for Anvil Ltd." in page
    user.refresh_from_db()
    assert user.organisation == invitation.organisation


def test_organisation_merged_since_is_answered_for_under_its_new_name() -> None:
    invitation, kept = make_invitation(), make_organisation("Kept Ltd")
    invitation.organisation.merged_into = kept
    invitation.organisation.save()

    log_in(invited(invitation)).post(page_of(invitation), {"name": "Ann"})

    assert Membership.objects.get().organisation == kept


def test_whoever_got_the_link_passed_on_reads_nothing_of_what_is_for_the_invited() -> None:
    invitation = make_invitation(make_consultation(visibility=INVITED))
    other = log_in(confirm_address(make_user()))

    page = other.get(page_of(invitation)).content.decode()
    answer = other.post(page_of(invitation), {"name": "Ann"})

    assert "This invitation went to another address" in page
    assert (answer.status_code, Membership.objects.count()) == (200, 0)
    assert "What we ask, and why." not in page


def test_no_is_asked_for_noted_and_thought_over(client: Client) -> None:
    invitation = make_invitation()

    asked = client.get(page_of(invitation, "decline")).content.decode()
    invitation.refresh_from_db()
    before = invitation.declined_at
    noted = client.post(page_of(invitation, "decline"), follow=True).content.decode()

    assert "Would you rather not answer?" in asked
    assert (before, "Your no is noted" in noted) == (None, True)
    assert "You can still answer." in client.get(page_of(invitation)).content.decode()


@pytest.mark.parametrize("name", ["show", "decline"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_or_withdrawn_invitation_does_not_exist(
    client: Client, name: str, method: str
) -> None:
    invitation = make_invitation()
    back = make_invitation(invitation.consultation, withdrawn_at=timezone.now())
    other = make_consultation()
    paths = [
        reverse(f"invitations.{name}", args=[invitation.consultation.slug, "x" * 22]),
        page_of(back, name),
        reverse(f"invitations.{name}", args=[other.slug, invitation.token]),
    ]

    assert [getattr(client, method)(path).status_code for path in paths] == [404] * 3


def test_closed_consultation_takes_no_more_answers_by_invitation(client: Client) -> None:
    invitation = make_invitation(make_consultation(closes_at=timezone.now()))

    page = client.get(page_of(invitation)).content.decode()

    assert "The consultation has closed." in page
    assert "Log in or sign up to answer" not in page
