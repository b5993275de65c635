"""Over the whole URLconf: no POST without a CSRF token is taken, and no GET changes a row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import InternalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from psycopg.errors import ReadOnlySqlTransaction

from tests.access.test_matrix import Scene, addresses, plain
from tests.factories import log_in

EXHAUSTIVE = pytest.mark.exhaustive
SESSION = 'UPDATE "django_session"'
# What allauth must keep in the visitor's own session, as the POST that follows answers it: the
# secret that a code generator was shown, and the challenge to a passkey. Staff have a second
# factor, and are first asked for it.
KEPT: dict[str, dict[str, set[str]]] = {
    "respondent": {"mfa_activate_totp": {SESSION}, "mfa_add_webauthn": {SESSION}},
    "moderator": {},
    "officer": {},
}


def paths(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield the name of each address, and the address itself in this scene."""
    for name, pattern in sorted(set(addresses(get_resolver().url_patterns))):
        path = "/" + plain(pattern)
        for key, value in scene.arguments(name, path).items():
            path = path.replace(f"<{key}>", str(value))
        yield name, path


def asking(scene: Scene, name: str) -> Client:
    """Return the browser of somebody whose address is confirmed as a sign-up leaves it."""
    person = scene.people[name]
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client = log_in(person)
    client.raise_request_exception = False
    return client


def of_token(answer: HttpResponse) -> bool:
    """Whether this is the page that says that the token was missing."""
    used = [template.name for template in answer.templates]
    return answer.status_code == 403 and used[:1] == ["errors/403_csrf.html"]


@contextmanager
def read_only() -> Iterator[list[str]]:
    """Have PostgreSQL refuse each write, and note it, also where the code would swallow that.

    Each statement is committed by itself, as in production: a lock then needs a transaction.
    """
    refused: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        try:
            return execute(sql, *rest)
        except InternalError as error:
            if isinstance(error.__cause__, ReadOnlySqlTransaction):
                refused.append(sql.split(" SET ")[0])
            raise

    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        with connection.execute_wrapper(note):
            yield refused
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")


@pytest.mark.parametrize("who", ["officer", "respondent"])
@pytest.mark.django_db
@EXHAUSTIVE
def test_post_without_a_token_is_refused_everywhere_but_at_one_click(who: str) -> None:
    scene = Scene()
    client = asking(scene, who)
    client.handler.enforce_csrf_checks = True

    taken = {name for name, path in paths(scene) if not of_token(client.post(path))}

    assert taken == {"mail.unsubscribe"}


@EXHAUSTIVE
@pytest.mark.parametrize("who", KEPT)
@pytest.mark.django_db(transaction=True)
def test_get_changes_no_row_but_where_a_session_must_remember(who: str) -> None:
    scene = Scene()
    client = asking(scene, who)
    written: dict[str, set[str]] = {}
    for name, path in paths(scene):
        with read_only() as refused:
            answer = client.get(path)
            assert not answer.streaming or b"".join(answer)
        if refused:
            written.setdefault(name, set()).update(refused)

    assert written == KEPT[who]
