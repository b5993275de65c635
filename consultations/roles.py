"""Giving and ending rights in a consultation, on its ledger. Who has which, `policy` answers."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Consultation, Role, User

# The groups, made by migration, that open the admin's door to each right.
DOORS = {
    Role.Right.OFFICER: "Officers",
    Role.Right.MODERATOR: "Moderators",
    Role.Right.ANALYST: "Analysts",
    Role.Right.AUDITOR: "Auditors",
}


class RoleError(Exception):
    """A right that cannot be given or ended, with the sentence that says why."""


@transaction.atomic
def give(
    *, user: User, consultation: Consultation, right: str, by: User | None, at: datetime
) -> Role:
    """Give a person a right in a consultation and open the admin's door to them.

    `by` is nobody where the server's own command gives it. Given twice, it is one right.
    """
    if not user.is_active:
        raise RoleError(_("This person's account is closed."))
    open_door(user, right)
    role, made = Role.objects.get_or_create(
        user=user,
        consultation=consultation,
        right=Role.Right(right),
        ends_at=None,
        defaults={"starts_at": at, "given_by": by},
    )
    if made:
        _record(role, "role_given", by, at)
    return role


@transaction.atomic
def end(*, role: Role, by: User, at: datetime) -> None:
    """End a right at once; raise RoleError for the consultation's last officer."""
    Consultation.objects.select_for_update(no_key=True).get(pk=role.consultation_id)
    role.refresh_from_db()
    if role.ends_at is not None:
        raise RoleError(_("This right has ended already."))
    officers = Role.objects.filter(
        consultation_id=role.consultation_id,
        right=Role.Right.OFFICER,
        ends_at__isnull=True,
        user__is_active=True,
    )
    if role.right == Role.Right.OFFICER and not officers.exclude(pk=role.pk).exists():
        raise RoleError(_("A consultation keeps at least one officer: give the right first."))
    role.ends_at = at
    role.save(update_fields=["ends_at"])
    _record(role, "role_ended", by, at)


def open_door(user: User, right: str) -> None:
    """Let a person into the admin, in the group of the right."""
    group, _made = Group.objects.get_or_create(name=DOORS[Role.Right(right)])
    user.groups.add(group)
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])


def _record(role: Role, act: str, by: User | None, at: datetime) -> None:
    ledger.append(
        consultation_id=role.consultation_id,
        act=act,
        at=at,
        payload={"user": role.user_id, "right": role.right, "by": by.pk if by else None},
    )
