"""What is asked of consultations: who may see them, by a role, in public or by an invitation."""

from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

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
    return public | Q(**{f"{path}visibility": "invited", f"{path}pk__in": _admitting(user.pk)})


@lru_cache(maxsize=128)
def _admitting(user_id: int) -> QuerySet[Invitation, Any]:
    """Return the question who admits a person, which a page puts several times.

    It is the question that is kept, never an answer: nothing evaluates it but as part of another.
    """
    user = User(pk=user_id)
    return Invitation.objects.admitting(user).order_by().values("consultation")
