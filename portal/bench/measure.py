"""One result a line, requests through the whole stack, and their times and queries."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from consultations.models import User

CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Django takes the bare secret as well as the masked one that a form carries.
SECRET = "abcdefghijklmnopqrstuvwxyz012345"  # noqa: S105 - of a scratch site
FORM = "application/x-www-form-urlencoded"


class BenchError(Exception):
    """What was to be measured did not happen; the message says what came instead."""


@dataclass(frozen=True)
class Line:
    """One result; where there is a limit, whether it is met (`at_least`: it is a lower one)."""

    name: str
    value: float
    unit: str
    n: int
    limit: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the limit, if there is one, holds."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def as_json(self) -> str:
        """Return the line as it is printed."""
        told: dict[str, object] = {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "n": self.n,
        }
        if self.limit is not None:
            told |= {"limit": self.limit, "met": self.met}
        return json.dumps(told)


Emit = Callable[[Line], None]


@dataclass(frozen=True)
class Plan:
    """What to measure: comments on a page (and in the queue, the most), samples, mails.

    `data` is a folder of sets that others wrote, for what reads them; `snapshots` are random ones.
    """

    sizes: tuple[int, ...]
    samples: int
    mails: int
    data: Path | None = None
    snapshots: int = 10_000


class Times:
    """The milliseconds that one thing took, again and again."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def add(self, milliseconds: float) -> None:
        """Note one more."""
        self.taken.append(milliseconds)

    def at(self, share: float) -> float:
        """Return the value that this share of all stay within (nearest rank)."""
        ranked = sorted(self.taken)
        return ranked[max(math.ceil(share * len(ranked)), 1) - 1]

    @property
    def p50(self) -> float:
        """Return the median."""
        return self.at(0.5)

    def tell(self, name: str, n: int, emit: Emit) -> None:
        """Print the median and the slow end."""
        emit(Line(f"{name}.p50", self.p50, "ms", n))
        emit(Line(f"{name}.p95", self.at(0.95), "ms", n))


@dataclass(frozen=True)
class Answer:
    """What the site answered."""

    status: int
    location: str
    body: bytes


class Site:
    """The site's WSGI application, called as gunicorn calls it but for the socket."""

    def __init__(self) -> None:
        self._handler = WSGIHandler()
        self._requests = RequestFactory(SERVER_NAME="localhost")

    def ask(
        self, path: str, *, cookies: str = "", form: Mapping[str, object] | None = None
    ) -> tuple[Answer, float]:
        """Send one request; return the answer, and the milliseconds until its last byte."""
        method, said_in = ("POST", {**form, "csrfmiddlewaretoken": SECRET}) if form else ("GET", {})
        environ = self._requests.generic(
            method, path, urlencode(said_in), content_type=FORM, headers={"Cookie": cookies}
        ).environ
        said: list[tuple[str, dict[str, str]]] = []

        def start(
            status: str, headers: list[tuple[str, str]], error: object = None, /
        ) -> Callable[[bytes], object]:
            said.append((status, dict(headers)))
            return lambda _bytes: None

        began = perf_counter()
        response = self._handler(environ, start)
        body = b"".join(response)
        response.close()
        taken = (perf_counter() - began) * 1_000
        [(status, headers)] = said
        return Answer(int(status[:3]), headers.get("Location", ""), body), taken

    def page(self, path: str, *, cookies: str = "") -> tuple[bytes, float]:
        """Return a page's bytes and its milliseconds; raise BenchError where there is none."""
        answer, taken = self.ask(path, cookies=cookies)
        if answer.status != HTTPStatus.OK:
            raise BenchError(f"{path}: {answer.status} {answer.location}")
        return answer.body, taken


def queries(act: Callable[[], object]) -> int:
    """Return how many statements `act` runs, those that only begin or end a transaction aside."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum(not each["sql"].startswith(CONTROL) for each in captured.captured_queries)


def logged_in(user: User) -> str:
    """Return the cookies of a browser in which the person is logged in."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={SECRET}"
