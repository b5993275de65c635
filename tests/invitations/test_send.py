"""Inviting many at once, once each; and reminding them, once each."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from consultations import invitations, ledger
from consultations.invitations import Contact, InvitationError
from consultations.models import Consultation, Invitation, LedgerEntry, Message, Suppression
from tests.factories import (
    make_consultation,
    make_invitation,
    make_organisation,
    make_response,
    make_staff,
    make_user,
)
from tests.invitations.scene import begin, contacts, invite, mails

pytestmark = pytest.mark.django_db


def words(message: Message) -> str:
    """Return everything that a mail says, links included."""
    return json.dumps(message.letter, ensure_ascii=False)


def test_each_contact_gets_one_invitation_and_one_mail() -> None:
    consultation = make_consultation(title="Steel", owner="The Commission")

    first, second = invite(consultation, 2)

    assert mails() == [(first.email, "queued"), (second.email, "queued")]
    message = Message.objects.get(to=first.email)
    assert (message.stream, message.user_id) == (Message.Stream.INVITATION, None)
    assert first.token in words(message)
    assert second.token not in words(message)
    for said in ("The Commission invites Works 1", "“Steel”", "The link logs nobody in."):
        assert said in words(message)
    entry = LedgerEntry.objects.get(act="invitations_sent")
    assert entry.payload.content["invitations"] == 2
    assert ledger.verify(consultation.pk) == []


def test_link_is_of_the_sites_own_address(settings: Settings) -> None:
    consultation = make_consultation("steel")

    (invitation,) = invite(consultation)

    link = f"{settings.SITE_URL}/consultations/steel/invitation/{invitation.token}/"
    assert invitations.address(invitation) == link
    assert link in words(Message.objects.get())


def test_same_list_again_sends_nothing() -> None:
    consultation = make_consultation()
    officer, chosen = make_staff(consultation, "officer"), contacts(3)
    asked = {"consultation": consultation, "by": officer, "at": timezone.now()}

    counted = [invitations.invite(contacts=chosen[: 2 + n], **asked) for n in range(2)]

    assert counted == [2, 1]
    assert len(mails()) == Invitation.objects.count() == 3
    assert LedgerEntry.objects.filter(act="invitations_sent").count() == 2


def test_two_rows_of_one_address_are_one_invitation() -> None:
    consultation = make_consultation()
    officer = make_staff(consultation, "officer")
    chosen = [Contact(make_organisation(), "", "one@works.example") for _n in range(2)]

    made = invitations.invite(
        consultation=consultation, contacts=chosen, by=officer, at=timezone.now()
    )

    assert (made, Invitation.objects.count()) == (1, 1)


def test_refused_address_is_invited_without_a_mail() -> None:
    consultation = make_consultation()
    Suppression.objects.create(
        address="contact1@works.example", reason="5.1.1", since=timezone.now()
    )

    invite(consultation, 2)

    assert mails() == [
        ("contact1@works.example", "suppressed"),
        ("contact2@works.example", "queued"),
    ]


@pytest.mark.parametrize("many", [1, 200])
def test_invitations_cost_the_same_statements_whatever_their_number(many: int) -> None:
    consultation = make_consultation()
    officer, chosen = make_staff(consultation, "officer"), contacts(many)

    with CaptureQueriesContext(
        connection,
    ) as seen:
        invitations.invite(
            consultation=consultation, contacts=chosen, by=officer, at=timezone.now()
        )

    assert len(seen) == 7


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"state": Consultation.State.DRAFT, "published_at": None},
            "Publish the consultation first: the invitations lead to it.",
        ),
        (
            {"closes_at": timezone.now() - timedelta(minutes=1)},
            "The consultation has closed.",
        ),
    ],
)
def test_nobody_is_invited_before_publication_or_after_the_close(
    fields: dict[str, object], sentence: str
) -> None:
    consultation = make_consultation(**fields)

    with pytest.raises(InvitationError) as refused:
        invite(consultation)

    assert str(refused.value) == sentence
    assert mails() == []


def test_everybody_who_has_not_answered_is_reminded_once() -> None:
    consultation = make_consultation()
    asked, drafting, answered, declined = invite(consultation, 4)
    begin(drafting, make_user(drafting.email))
    make_response(consultation, make_user(answered.email))
    invitations.decline(invitation=declined, at=timezone.now())
    by = make_staff(consultation, "officer")
    chosen = {"consultation": consultation, "by": by, "at": timezone.now()}

    first, second = invitations.remind(**chosen), invitations.remind(**chosen)

    others = {"They have answered.": 1, "They said no.": 1}
    again = {"They were reminded before: once is enough.": 2, **others}
    assert (first, second) == ((2, Counter(others)), (0, Counter(again)))
    assert mails("invitation-reminder") == [(asked.email, "queued"), (drafting.email, "queued")]
    assert LedgerEntry.objects.filter(act="invitations_reminded").count() == 1


def test_who_said_no_is_not_reminded_whatever_was_begun() -> None:
    consultation = make_consultation()
    own, body = invite(consultation, 2)
    begin(own, make_user(own.email))
    make_response(consultation, organisation=body.organisation, state="draft", submitted_at=None)
    for one in (own, body):
        invitations.decline(invitation=one, at=timezone.now())

    by = make_staff(consultation, "officer")
    told = invitations.remind(consultation=consultation, by=by, at=timezone.now())

    assert told == (0, Counter({"They said no.": 2}))
    assert mails("invitation-reminder") == []


def test_chosen_invitation_is_reminded_alone_and_never_one_of_another_consultation() -> None:
    consultation = make_consultation()
    first, _second = invite(consultation, 2)
    elsewhere = make_invitation()

    done = invitations.remind(
        consultation=consultation,
        only=[first.pk, elsewhere.pk],
        by=make_staff(consultation, "officer"),
        at=timezone.now(),
    )

    assert done == (1, Counter())
    assert mails("invitation-reminder") == [(first.email, "queued")]


def test_refused_address_is_not_reminded() -> None:
    consultation = make_consultation()
    (invitation,) = invite(consultation)
    Suppression.objects.create(address=invitation.email, reason="5.1.1", since=timezone.now())

    done = invitations.remind(
        consultation=consultation, by=make_staff(consultation, "officer"), at=timezone.now()
    )

    assert done == (0, Counter({"The relay refuses this address.": 1}))


def test_nobody_is_reminded_before_the_opening() -> None:
    soon = timezone.now() + timedelta(days=1)
    consultation = make_consultation(opens_at=soon)
    invite(consultation)

    with pytest.raises(InvitationError, match="has not opened"):
        invitations.remind(
            consultation=consultation, by=make_staff(consultation, "officer"), at=timezone.now()
        )
