"""Organisations to invite, and what was written to them."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from consultations import invitations
from consultations.invitations import Contact
from consultations.models import Consultation, Draft, Invitation, Message, Response, User
from tests.factories import make_organisation, make_response, make_staff


def contacts(many: int, start: int = 1) -> list[Contact]:
    """Return so many contacts, each of an organisation of its own."""
    return [
        Contact(make_organisation(f"Works {n}"), f"Contact {n}", f"contact{n}@works.example")
        for n in range(start, start + many)
    ]


def invite(
    consultation: Consultation, many: int = 1, at: datetime | None = None
) -> list[Invitation]:
    """Invite so many organisations by the verb; return the invitations in order."""
    officer = make_staff(consultation, "officer")
    chosen: Sequence[Contact] = contacts(many)
    invitations.invite(
        consultation=consultation, contacts=chosen, by=officer, at=at or timezone.now()
    )
    return list(Invitation.objects.filter(consultation=consultation).order_by("pk"))


def begin(invitation: Invitation, user: User) -> Response:
    """Let a person begin a response, and leave it unsent."""
    response = make_response(
        invitation.consultation, user, state=Response.State.DRAFT, submitted_at=None
    )
    now = timezone.now()
    Draft.objects.create(
        response=response,
        recommendation=invitation.consultation.recommendations.order_by("number")[0],
        stance="support",
        answering=1,
        written_by=user,
        written_at=now,
        begun_at=now,
    )
    return response


def mails(kind: str = "") -> list[tuple[str, str]]:
    """Return the address and the state of each mail of a kind, in order."""
    found = Message.objects.filter(dedupe_key__startswith=f"{kind}:" if kind else "invitation")
    return list(found.order_by("to", "pk").values_list("to", "state"))


def standings(consultation: Consultation) -> list[str]:
    """Return how far each invitation has come, in order."""
    rows = invitations.with_standing(Invitation.objects.filter(consultation=consultation))
    return [row.standing for row in rows.order_by("pk")]  # type: ignore[attr-defined]
