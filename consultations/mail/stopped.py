"""An address that nothing is sent to: what its owner is shown, and their way to start again."""

from django.db.models import QuerySet

from consultations.mail.addresses import hashed
from consultations.models import Suppression, User


def stopped(user: User) -> Suppression | None:
    """Return why nothing is sent to a person's address, or None where mail is sent (one query)."""
    return _of(user).order_by("pk").first()


def start_again(*, user: User) -> bool:
    """Write to the person's address again; return whether it had been stopped.

    Only its owner asks for this, logged in. Where the address is refused once more, it is stopped
    once more. What they chose about each consultation stays as it is.
    """
    gone, _each = _of(user).delete()
    return gone > 0


def _of(user: User) -> "QuerySet[Suppression]":
    address = user.email.lower()
    return Suppression.objects.filter(address__in=[address, hashed(address)])
