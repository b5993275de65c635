"""`create_officer` and `verify_ledger`, as somebody at a shell uses them."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from consultations import policy
from consultations.models import Role, User
from consultations.moderation import decide
from tests.factories import make_case, make_consultation, make_staff, make_user

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    """Run a command; return what it prints."""
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def link_in(printed: str) -> str:
    [line] = [line for line in printed.splitlines() if line.startswith("http")]
    return line.removeprefix("http://localhost:8000")


def test_officer_sets_a_password_by_the_link_once_and_meets_the_second_factor() -> None:
    consultation = make_consultation("trains")
    printed, _err = run("create_officer", "New@Example.org", "--consultation", "trains")
    link, client = link_in(printed), Client()
    form = client.get(link, follow=True)
    password = "quite a long password"
    fields = {"password1": password, "password2": password}
    page = client.post(form.request["PATH_INFO"], fields, follow=True)
    assert page.status_code == 200
    user = User.objects.get(email="new@example.org")
    assert user.check_password(password)
    assert Role.objects.get(user=user, consultation=consultation).right == "officer"
    assert user.groups.get() == Group.objects.get(name="Officers")
    again = Client().get(link, follow=True).content.decode()
    assert "password1" not in again
    assert client.login(email="new@example.org", password=password)
    door = client.get("/admin/")
    assert door.status_code == 302
    assert "2fa" in door["Location"]


def test_officer_who_has_an_account_keeps_it() -> None:
    user = make_user("known@example.org")
    run("create_officer", "KNOWN@example.org")
    user.refresh_from_db()
    assert (User.objects.count(), user.is_staff, Role.objects.count()) == (1, True, 0)


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["a@example.org", "--consultation", "nowhere"]]
)
def test_officer_with_a_wrong_argument_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run("create_officer", *arguments)
    assert User.objects.count() == 0


def test_officer_whose_account_is_closed_is_refused() -> None:
    make_user("gone@example.org", is_active=False)
    with pytest.raises(CommandError, match="closed"):
        run("create_officer", "gone@example.org")


def test_verify_says_whole_and_then_finds_the_forged_row() -> None:
    case = make_case()
    moderator = make_staff(case.consultation)
    decide.publish(case=case, version_number=1, by=moderator, at=timezone.now())
    slug = case.consultation.slug
    assert run("verify_ledger", slug)[0].startswith(f"{slug}: 1 entries, chain whole, head ")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE consultations_ledgerentry SET act = 'comment_rejected'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(CommandError) as raised:
        run("verify_ledger")
    assert raised.value.returncode == 1


def test_verify_with_a_noted_head_that_is_gone_fails() -> None:
    consultation = make_consultation()
    with pytest.raises(CommandError):
        run("verify_ledger", consultation.slug, "--head", "0" * 64)


def test_verify_of_an_unknown_consultation_is_refused() -> None:
    with pytest.raises(CommandError, match="no consultation"):
        run("verify_ledger", "nowhere")


def test_officer_is_made_a_site_administrator_where_asked() -> None:
    run("create_officer", "keeper@example.org", "--administrator")
    keeper = User.objects.get(email="keeper@example.org")
    assert policy.administers(keeper)
    run("create_officer", "officer@example.org")
    assert not policy.administers(User.objects.get(email="officer@example.org"))
