"""Giving and ending rights: the admin's door opens with the first and closes with the last."""

import pytest
from django.utils import timezone

from consultations import roles
from consultations.models import Consultation, Role, User
from consultations.roles import RoleError
from tests.factories import make_consultation, make_staff, make_user

pytestmark = pytest.mark.django_db


def give(user: User, consultation: Consultation, right: str) -> Role:
    return roles.give(user=user, consultation=consultation, right=right, by=None, at=timezone.now())


def end(role: Role) -> tuple[bool, list[str]]:
    """End a right; return whether the person is staff, and their groups."""
    roles.end(role=role, by=make_user(), at=timezone.now())
    user = User.objects.get(pk=role.user_id)
    return user.is_staff, list(user.groups.order_by("name").values_list("name", flat=True))


def test_last_right_of_a_kind_takes_its_group_and_the_last_of_all_the_door() -> None:
    one, other, person = make_consultation(), make_consultation(), make_user()
    for consultation in (one, other):
        make_staff(consultation, "officer")
    first, second = give(person, one, "officer"), give(person, other, "officer")
    third = give(person, other, "moderator")
    assert end(first) == (True, ["Moderators", "Officers"])
    assert end(second) == (True, ["Moderators"])
    assert end(third) == (False, [])


def test_site_administrators_keep_the_door() -> None:
    consultation, person = make_consultation(), make_user()
    roles.make_administrator(person)
    assert end(give(person, consultation, "analyst")) == (True, ["Site administrators"])


def test_right_given_again_opens_the_door_again() -> None:
    consultation, person = make_consultation(), make_user()
    end(give(person, consultation, "analyst"))
    give(person, consultation, "analyst")
    person.refresh_from_db()
    assert person.is_staff


def test_account_of_the_last_officer_is_not_closed() -> None:
    consultation, administrator = make_consultation(title="The one"), make_user()
    first, second = (make_staff(consultation, "officer") for _n in range(2))

    roles.close_account(user=first, by=administrator, at=timezone.now())
    with pytest.raises(RoleError, match="“The one” keeps at least one officer"):
        roles.close_account(user=second, by=administrator, at=timezone.now())

    second.refresh_from_db()
    assert second.is_active
