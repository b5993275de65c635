"""Giving and ending rights in a consultation, and closing accounts, on the ledgers concerned.

Who has which right, `policy` answers.
"""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from consultations import ledger, policy
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
    others = _officers(role.consultation_id).exclude(pk=role.pk)
    if role.right == Role.Right.OFFICER and not others.exists():
        raise RoleError(_("A consultation keeps at least one officer: give the right first."))
    role.ends_at = at
    role.save(update_fields=["ends_at"])
    _close_door(role.user_id, role.right)
    _record(role, "role_ended", by, at)


def open_door(user: User, right: str) -> None:
    """Let a person into the admin, in the group of the right (in the caller's transaction)."""
    _let_in(user, DOORS[Role.Right(right)])


def make_administrator(user: User) -> None:
    """Let a person keep what belongs to the whole site (in the caller's transaction)."""
    _let_in(user, policy.ADMINISTRATORS)


@transaction.atomic
def close_account(*, user: User, by: User, at: datetime) -> None:
    """Close an account at once: its next request is anonymous. The rights stay, and sleep.

    Raises RoleError, also where a consultation would be left without an officer.
    """
    officiates = _officiates(user)
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.pk == by.pk:
        raise RoleError(_("You cannot close your own account."))
    if locked.is_superuser and not by.is_superuser:
        raise RoleError(_("Only a superuser closes the account of a superuser."))
    if not locked.is_active:
        raise RoleError(_("This account is closed already."))
    for consultation in officiates:
        if not _officers(consultation.pk).exclude(user=locked).exists():
            said = _("“%(title)s” keeps at least one officer: give somebody the right first.")
            raise RoleError(said % {"title": consultation.title})
    _set_active(locked, False, "account_closed", by, at)


@transaction.atomic
def reopen_account(*, user: User, by: User, at: datetime) -> None:
    """Open a closed account again, with the rights that it had."""
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.is_superuser and not by.is_superuser:
        raise RoleError(_("Only a superuser opens the account of a superuser."))
    if locked.erased_at is not None:
        raise RoleError(_("This account was deleted: the person can sign up again."))
    if locked.is_active:
        raise RoleError(_("This account is open already."))
    _set_active(locked, True, "account_reopened", by, at)


def _officers(consultation_id: int) -> QuerySet[Role]:
    """Return the officers' roles that hold, and whose holders can log in."""
    return Role.objects.filter(
        consultation_id=consultation_id,
        right=Role.Right.OFFICER,
        ends_at__isnull=True,
        user__is_active=True,
    )


def _officiates(user: User) -> list[Consultation]:
    """Lock the consultations where the user is an officer, so that two cannot leave at once."""
    held = Role.objects.filter(user=user, right=Role.Right.OFFICER, ends_at__isnull=True)
    here = Consultation.objects.filter(pk__in=held.values("consultation"))
    return list(here.select_for_update(no_key=True).order_by("pk"))


def _set_active(user: User, active: bool, act: str, by: User, at: datetime) -> None:
    """Store it, and write it on the ledger of each consultation that knows the person."""
    user.is_active = active
    user.save(update_fields=["is_active"])
    known = Q(roles__user=user, roles__ends_at__isnull=True) | Q(responses__respondent=user)
    found = Consultation.objects.filter(known).order_by("pk").distinct()
    for consultation_id in found.values_list("pk", flat=True):
        payload = {"user": user.pk, "by": by.pk}
        ledger.append(consultation_id=consultation_id, act=act, at=at, payload=payload)


def _let_in(user: User, name: str) -> None:
    group, _made = Group.objects.get_or_create(name=name)
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    locked.groups.add(group)
    if not locked.is_staff:
        locked.is_staff = True
        locked.save(update_fields=["is_staff"])
    user.is_staff = True


def _close_door(user_id: int, right: str) -> None:
    """Take a person out of a right's group with the last of its kind, and out of the admin."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    left = set(Role.objects.filter(user=user, ends_at__isnull=True).values_list("right", flat=True))
    if right not in left:
        user.groups.remove(*Group.objects.filter(name=DOORS[Role.Right(right)]))
    others = user.groups.filter(name__in=[*DOORS.values(), policy.ADMINISTRATORS])
    if not left and not user.is_superuser and not others.exists():
        user.is_staff = False
        user.save(update_fields=["is_staff"])


def _record(role: Role, act: str, by: User | None, at: datetime) -> None:
    ledger.append(
        consultation_id=role.consultation_id,
        act=act,
        at=at,
        payload={"user": role.user_id, "right": role.right, "by": by.pk if by else None},
    )
