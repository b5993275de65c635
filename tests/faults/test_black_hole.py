"""A PostgreSQL that takes connections and says nothing frees each web worker within six seconds."""

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.conf import settings

from consultations.models import CommentVersion
from tests.factories import log_in, make_consultation, make_user
from tests.running import answers, awaited, commands, database_url, free_port, start, stop

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
WORDS = "Words that nobody should have to write twice."
THREADS = 4  # as `commands` starts gunicorn
SECONDS, ROUNDS = 6, 3


class Hole:
    """A way to PostgreSQL that can fall silent, at once or when it sees a word; nothing closes."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.silent = threading.Event()
        self.word = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.held: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        """Speak again; the server hears that those who gave up have gone."""
        self.word = b""
        while self.held:
            drop(self.held.pop())
        self.silent.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.path)
                self.held += [near, far]
                for way in ((near, far), (far, near)):
                    threading.Thread(target=self._forward, args=way, daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if self.word and self.word in data:
                    self.silent.set()
                if self.silent.is_set():
                    return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


def drop(one: socket.socket) -> None:
    """Close a socket, also under a thread that reads it."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@pytest.fixture
def hole() -> Iterator[Hole]:
    """Stand between the site and the server of the tests."""
    told = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)
    hole = Hole(f"{told['host'][0]}/.s.PGSQL.{told['port'][0]}")
    yield hole
    drop(hole.listener)
    hole.mend()


@pytest.fixture
def url(hole: Hole, tmp_path: Path) -> Iterator[str]:
    """Serve the site through the hole."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    through = urlsplit(database_url())._replace(netloc=f"portal@127.0.0.1:{hole.port}", query="")
    values = os.environ | {"DATABASE_URL": through.geturl(), "SITE_URL": url}
    web = start("web", commands(port, tmp_path)["web"], values, tmp_path)
    try:
        awaited(lambda: answers(url) or None, "the first page")
        yield url
    finally:
        stop({"web": web})


@pytest.mark.parametrize("word", [b"", b'INSERT INTO "consultations_commentversion"'])
def test_silent_database_frees_every_worker_and_keeps_the_words(
    hole: Hole, url: str, word: bytes
) -> None:
    page = f"{url}/consultations/{make_consultation('hole').slug}/recommendations/1/"
    forms, longest = [begun(page) for _n in range(THREADS)], []

    # A machine that is busy may need longer once; a worker that hangs does so each time.
    while len(longest) < (1 if longest and longest[0] < SECONDS else ROUNDS):
        hole.word = word
        if not word:
            hole.silent.set()
        with ThreadPoolExecutor(THREADS) as pool:
            refused = list(pool.map(lambda one: sent(page, *one), forms))
        hole.mend()
        assert [answer.status_code for answer, _seconds in refused] == [503] * THREADS
        assert [kept(answer) for answer, _seconds in refused] == [[WORDS]] * THREADS
        longest.append(max(seconds for _answer, seconds in refused))
        offered = [hidden(answer.text) | {"text": WORDS} for answer, _seconds in refused]
        forms = list(zip((browser for browser, _form in forms), offered, strict=True))

    assert longest[0] < SECONDS or max(longest[1:]) < SECONDS
    again = [sent(page, *one)[0] for one in forms]
    assert [answer.status_code for answer in again] == [302] * THREADS
    assert CommentVersion.objects.count() == THREADS


def begun(page: str) -> tuple[requests.Session, dict[str, str]]:
    """Return the browser of somebody new, who has filled in the form and not sent it."""
    browser = requests.Session()
    session = log_in(make_user()).cookies[settings.SESSION_COOKIE_NAME].value
    browser.cookies.set(settings.SESSION_COOKIE_NAME, session)
    said = {"stance": "support", "permission": "named", "text": WORDS}
    return browser, hidden(browser.get(page, timeout=60).text) | said


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the page's last form that sends an answer."""
    form = page.split('/comment/"')[-1]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def sent(
    page: str, browser: requests.Session, form: dict[str, str]
) -> tuple[requests.Response, float]:
    """Send the form; return the answer, and how long it took."""
    begin = time.monotonic()
    answer = browser.post(f"{page}comment/", form, timeout=60, allow_redirects=False)
    return answer, time.monotonic() - begin


def kept(answer: requests.Response) -> list[str]:
    """Return the words in the page's box."""
    return re.findall(r"<textarea[^>]*>([^<]*)</textarea>", answer.text)
