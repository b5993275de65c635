"""What is asked of consultations: who may see them, by a role, in public or by an invitation."""

from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from consultations.models.invitation import Invitation
from consultations.models.people import User

# As `open_to` and the roles say it, for statements that ask it of many people at once.
_MAY_READ = """
       {consultation}.visibility = 'public'
    OR EXISTS (SELECT FROM consultations_role AS role
                WHERE role.consultation_id = {consultation}.id AND role.user_id = {person}.id
                  AND role.ends_at IS NULL)
    OR EXISTS (SELECT FROM consultations_invitation AS asked
                WHERE asked.consultation_id = {consultation}.id AND asked.withdrawn_at IS NULL
                  AND (asked.email IN (
                          SELECT lower(owned.email) FROM account_emailaddress AS owned
                           WHERE owned.user_id = {person}.id AND owned.verified)
                       OR EXISTS (
                          SELECT FROM consultations_membership AS member
                            JOIN consultations_organisation AS body
                              ON member.organisation_id IN (body.id, body.merged_into_id)
                           WHERE body.id = asked.organisation_id AND member.user_id = {person}.id
                             AND member.claim = 'confirmed' AND member.ended_at IS NULL)
                       OR EXISTS (
                          SELECT FROM consultations_membership AS guest
                            JOIN consultations_membership AS host ON host.id = guest.host_id
                            JOIN account_emailaddress AS owned ON owned.user_id = host.user_id
                           WHERE guest.organisation_id = asked.organisation_id
                             AND guest.user_id = {person}.id AND guest.claim = 'pending'
                             AND guest.ended_at IS NULL AND host.ended_at IS NULL
                             AND owned.verified AND lower(owned.email) = asked.email)))
"""


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


def may_read(*, consultation: str, person: str) -> str:
    """Return the SQL condition that a person may read a consultation, by the aliases of both."""
    return _MAY_READ.format(consultation=consultation, person=person)
