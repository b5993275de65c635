"""What production answers over https, asked of gunicorn as a proxy asks it: headers and cookies."""

import os
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie

import pytest
import requests

from tests.access.test_every_address import paths
from tests.access.test_matrix import Scene
from tests.factories import log_in, make_user
from tests.running import awaited, commands, database_url, free_port, start, stop

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "consult.example.org"
PASSWORD = "four brown horses walking"
STYLES = "/static/consultations/site.css"
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Production:
    """gunicorn behind a proxy that speaks https with the visitor."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> requests.Response:
        """Ask as a proxy does, following nothing and keeping no cookie."""
        said = {"Host": HOST, "X-Forwarded-Proto": "https", "Referer": f"https://{HOST}/"}
        return requests.request(
            method,
            self.url + path,
            data=form,
            headers={**said, **{name.replace("_", "-"): value for name, value in headers.items()}},
            allow_redirects=False,
            timeout=60,
        )

    def serves(self) -> bool:
        """Whether it has started."""
        try:
            return self.ask("GET", STYLES).ok
        except requests.RequestException:
            return False


@pytest.fixture(scope="module")
def production(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Production]:
    """Serve the tests' database as production serves its own."""
    port, folder = free_port(), tmp_path_factory.mktemp("production")
    values = os.environ | {
        "DATABASE_URL": database_url(),
        "SITE_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "BEHIND_PROXY": "true",
    }
    served = Production(f"http://127.0.0.1:{port}")
    web = start("web", commands(port, folder)["web"], values, folder)
    try:
        awaited(lambda: served.serves() or None, "the first page")
        yield served
    finally:
        stop({"web": web})


@pytest.mark.exhaustive
def test_every_response_carries_the_headers_and_what_one_person_sees_is_stored_nowhere(
    production: Production,
) -> None:
    scene = Scene()
    asked = {"outside": production.ask("GET", "/nothing/"), "styles": production.ask("GET", STYLES)}
    asked["wrong host"] = production.ask("GET", "/", Host="elsewhere.example")
    private = {}
    for who in ("respondent", "officer"):
        session = log_in(scene.people[who]).cookies["session"].value
        for name, path in paths(scene):
            private[who, name] = production.ask("GET", path, Cookie=f"__Host-session={session}")

    inside = [("respondent", "people.account"), ("officer", "admin:index")]
    assert [private[key].status_code for key in inside] == [200, 200]
    everything = asked | private
    assert {key: missing(one) for key, one in everything.items() if missing(one)} == {}
    stored = {key for key, one in private.items() if "no-store" not in caching(one)}
    assert stored == set()


@pytest.mark.exhaustive
def test_cookies_are_bound_to_the_host_and_to_https(production: Production) -> None:
    make_user("nell@example.org", password=PASSWORD)
    first = production.ask("GET", "/accounts/login/")
    token = cookies(first)["__Host-csrf"].value
    form = {"login": "nell@example.org", "password": PASSWORD, "csrfmiddlewaretoken": token}

    second = production.ask("POST", "/accounts/login/", form, Cookie=f"__Host-csrf={token}")

    set_here = cookies(first) | cookies(second)
    assert {name: attributes(one) for name, one in set_here.items()} == {
        name: {"path": "/", "secure": True, "httponly": True, "samesite": "Lax"}
        for name in ("__Host-csrf", "__Host-session")
    }


@pytest.mark.exhaustive
def test_plain_http_is_sent_to_https(production: Production) -> None:
    answer = production.ask("GET", "/privacy/", X_Forwarded_Proto="http")

    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{HOST}/privacy/")


def missing(answer: requests.Response) -> dict[str, str]:
    """Return the headers that are not as they must be."""
    found = {name: answer.headers.get(name, "") for name in HEADERS}
    wrong = {name: value for name, value in found.items() if value != HEADERS[name]}
    policy = answer.headers.get("Content-Security-Policy", "")
    directives = {part.strip() for part in policy.split(";")}
    strict = {"default-src 'none'", "frame-ancestors 'none'"} <= directives
    if not strict or "unsafe-" in policy:
        wrong["Content-Security-Policy"] = policy
    return wrong


def caching(answer: requests.Response) -> set[str]:
    """Return what the answer lets caches do."""
    return {part.strip() for part in answer.headers.get("Cache-Control", "").split(",")}


def cookies(answer: requests.Response) -> dict[str, Morsel[str]]:
    """Return the cookies that an answer sets."""
    jar: SimpleCookie = SimpleCookie()
    for line in answer.raw.headers.getlist("Set-Cookie"):
        jar.load(line)
    return dict(jar)


def attributes(cookie: Morsel[str]) -> dict[str, object]:
    """Return what a cookie is bound to; how long it lives is another matter."""
    life = {"expires", "max-age"}
    return {name: value for name, value in cookie.items() if value and name not in life}
