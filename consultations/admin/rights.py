"""The user's rights, read once for each request: which consultations, with which right."""

from collections.abc import Collection

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from consultations import policy
from consultations.models import Role, User
from consultations.policy import DECIDES, READS_ALL

OFFICER = frozenset({Role.Right.OFFICER})
DECIDE = frozenset(DECIDES)
READ = frozenset(READS_ALL)
AUDIT = frozenset({Role.Right.OFFICER, Role.Right.AUDITOR})
READ_DECISIONS = DECIDE | AUDIT
ANY = frozenset(Role.Right)
# No right in a consultation: what site administrators alone do.
SITE = frozenset({"site"})

_CACHE = "_rights_by_consultation"
_GROUPS = "_groups"


def person(request: HttpRequest) -> User:
    """Return who is logged in; the admin's door lets nobody else through."""
    if not isinstance(request.user, User):
        raise TypeError("the admin is for people who are logged in")
    return request.user


def where(request: HttpRequest, wanted: Collection[str]) -> list[int]:
    """Return the ids of the consultations where the user has one of the `wanted` rights."""
    held = getattr(request, _CACHE, None)
    if held is None:
        held = policy.held(person(request))
        setattr(request, _CACHE, held)
    return sorted(number for number, rights in held.items() if rights & set(wanted))


def holds(request: HttpRequest, wanted: Collection[str], consultation_id: int | None) -> bool:
    """Whether the user has one of the `wanted` rights there (None: anywhere)."""
    held = where(request, wanted)
    return bool(held) if consultation_id is None else consultation_id in held


def may_add_consultations(request: HttpRequest) -> bool:
    """Whether the user is in a group that may begin consultations."""
    return any(_groups(request).values())


def administers(request: HttpRequest) -> bool:
    """Whether the user keeps what belongs to the whole site."""
    return person(request).is_superuser or policy.ADMINISTRATORS in _groups(request)


def _groups(request: HttpRequest) -> dict[str, bool]:
    """Return the user's groups, and whether each may begin consultations (one query a request)."""
    known: dict[str, bool] | None = getattr(request, _GROUPS, None)
    if known is None:
        adds = Permission.objects.filter(
            group=OuterRef("pk"),
            codename="add_consultation",
            content_type__app_label="consultations",
        )
        mine = Group.objects.filter(user=person(request)).annotate(adds=Exists(adds))
        known = dict(mine.values_list("name", "adds"))
        setattr(request, _GROUPS, known)
    return known


def forget(request: HttpRequest) -> None:
    """Read the rights anew, after the request itself has changed them."""
    if hasattr(request, _CACHE):
        delattr(request, _CACHE)
