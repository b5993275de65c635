"""What the tests of the desk share: a council with a domain, people, and their links in mail."""

import re

from allauth.account.models import EmailAddress
from django.utils import timezone

from consultations import desk
from consultations.models import Membership, Message, Organisation, User
from tests.factories import make_membership, make_organisation, make_user

DOMAIN = "aldermoor.gov.example"


def make_council(**fields: object) -> Organisation:
    """Make a council whose people have addresses at its own domain."""
    return make_organisation("Aldermoor Borough Council", domains=[DOMAIN], **fields)


def make_person(name: str, domain: str = DOMAIN, **fields: object) -> User:
    """Make a person who has confirmed that they hold the address."""
    user = make_user(f"{name.lower()}@{domain}", name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def seat(user: User, council: Organisation, **fields: object) -> Membership:
    """Let a person answer for the council, confirmed unless it is said otherwise."""
    user.acting_for, user.organisation = User.ActingFor.ORGANISATION, council
    user.save(update_fields=["acting_for", "organisation"])
    return make_membership(user, council, **({"claim": "confirmed"} | fields))


def token_to(email: str) -> str:
    """Return the token of the last invitation that an address was mailed."""
    message = Message.objects.filter(to=email, dedupe_key__startswith="colleague:").latest("pk")
    return re.findall(r"/join/([A-Za-z0-9_-]+)/", str(message.letter))[0]


def invite(by: Membership, email: str, role: str = "contributor") -> str:
    """Invite an address, and return the token that it was mailed."""
    desk.invite(by=by, email=email, role=role, at=timezone.now())
    return token_to(email)


def bring(by: Membership, user: User, role: str = "contributor") -> Membership:
    """Invite a person, who accepts."""
    invitation = desk.found(invite(by, user.email, role), user)
    assert invitation is not None
    member = desk.accept(invitation=invitation, user=user, at=timezone.now())
    user.refresh_from_db()
    return member
