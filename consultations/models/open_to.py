"""What is asked of consultations: who may see them, by a role, in public or by an invitation."""

from django.db.models import Q

from consultations.models.invitation import Invitation
from consultations.models.people import User


def open_to(user: User | None, path: str = "") -> Q:
    """Return the condition that a consultation is public, or `user` is among those invited to it.

    `path` leads from the rows that are asked about to their consultation ("" for itself, else
    with two underscores at its end). Every door asks by it, so that none opens wider.
    """
    public = Q(**{f"{path}visibility": "public"})
    if user is None or user.pk is None or not user.is_active:
        return public
    admitting = Invitation.objects.admitting(user).order_by().values("consultation")
    return public | Q(**{f"{path}visibility": "invited", f"{path}pk__in": admitting})
