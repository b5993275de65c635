"""PostgreSQL restarted while people write: no acknowledged comment is lost, none is doubled."""

import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import requests

from portal.demo.people import by_part
from portal.embedded import Postgres
from tests.running import ROOT, Site, awaited, running_site

pytestmark = pytest.mark.faults
SLUG = "levelling-up-manufacturing"
COMMANDS = (
    ["migrate", "--verbosity", "0"],
    ["load_reference_data"],
    ["import_consultation", "consultations/data/levelling-up-manufacturing.md"],
    ["load_sample", "--accounts-only"],
)


@dataclass
class Writer:
    """Somebody who edits one comment again and again, sending again what was not acknowledged."""

    site: Site
    email: str
    password: str
    session: requests.Session = field(default_factory=requests.Session)
    acknowledged: list[str] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def page(self) -> str:
        """Return the address of the recommendation."""
        return f"{self.site.url}/consultations/{SLUG}/recommendations/1/"

    def log_in(self) -> None:
        """Log in with the sample's password."""
        login = f"{self.site.url}/accounts/login/"
        token = hidden(self.session.get(login, timeout=10).text, "csrfmiddlewaretoken")
        form = {"login": self.email, "password": self.password, "csrfmiddlewaretoken": token}
        assert self.session.post(login, form, timeout=10).status_code == 200

    def write(self, until: threading.Event) -> None:
        """Edit until told to stop; the same form goes again until it is acknowledged."""
        while not until.is_set():
            words = f"Words {uuid4().hex}"
            form = self._form(words)
            while not self._sent(form, words):
                time.sleep(0.1)

    def _form(self, words: str) -> dict[str, str]:
        while True:
            try:
                text = self.session.get(self.page, timeout=10).text
                names = ("csrfmiddlewaretoken", "key", "based_on", "answering", "whose", "notices")
                said = {"stance": "support", "permission": "named", "text": words}
                return said | {name: hidden(text, name) for name in names}
            except (requests.RequestException, LookupError):
                time.sleep(0.1)

    def _sent(self, form: dict[str, str], words: str) -> bool:
        try:
            answer = self.session.post(
                f"{self.page}comment/", form, timeout=15, allow_redirects=False
            )
        except requests.RequestException:
            return False
        if answer.status_code == 302 and answer.headers["Location"].endswith("/receipt/"):
            self.acknowledged.append(words)
            return True
        self.refused.append((answer.status_code, answer.text))
        return False


def hidden(page: str, name: str) -> str:
    """Return a hidden field's value; raise LookupError where the page has none."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.split('/comment/"')[-1])
    if found is None:
        raise LookupError(name)
    return found[1]


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    """Run a durable PostgreSQL of the test's own, with the report and the sample's people in it."""
    (tmp_path / "data" / "logs").mkdir(parents=True)
    server = Postgres(tmp_path / "data", durable=True)
    url = server.start()
    for command in COMMANDS:
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    yield server
    server.stop()


def test_restart_in_mid_request_loses_and_doubles_nothing(
    postgres: Postgres, tmp_path: Path
) -> None:
    url = database(postgres)
    with running_site(tmp_path, DATABASE_URL=url) as site:
        people = [by_part("employer"), by_part("council leader")]
        writers = [Writer(site, person.email, person.password) for person in people]
        for writer in writers:
            writer.log_in()
        stop, chance = threading.Event(), random.Random()  # noqa: S311 - no secret
        threads = [
            threading.Thread(target=writer.write, args=[stop], daemon=True) for writer in writers
        ]
        for thread in threads:
            thread.start()
        for amount in range(2, 15):
            await_words(writers, amount)
            time.sleep(chance.random())  # so that it meets forms that are read, and others sent
            postgres.stop()
            time.sleep(0.5)
            postgres.start()
            if amount >= 4 and any(writer.refused for writer in writers):
                break
        await_words(writers, amount + 1)
        stop.set()
        for thread in threads:
            thread.join()
    stored = texts(url)
    for writer in writers:
        assert [stored.count(words) for words in writer.acknowledged] == [1] * len(
            writer.acknowledged
        )
        assert_kept(writer.refused)
    assert any(writer.refused for writer in writers)


def await_words(writers: list[Writer], amount: int) -> None:
    """Wait until so many words of everybody's were acknowledged."""
    for writer in writers:
        awaited(
            lambda said=writer.acknowledged: len(said) >= amount or None,
            f"comment {amount} of {writer.email}",
        )


def assert_kept(refused: list[tuple[int, str]]) -> None:
    """Fail unless each refusal was a 503 that kept the words."""
    for status, page in refused:
        assert status == 503
        assert re.search(r"<textarea[^>]*>Words [0-9a-f]{32}</textarea>", page)


def database(postgres: Postgres) -> str:
    """Return the server's address."""
    return f"postgresql://portal@/portal?host={postgres.sockets}&port=5432"


def texts(url: str) -> list[str]:
    """Return the words of every version."""
    with psycopg.connect(url) as connection:
        return [
            row[0] for row in connection.execute("SELECT text FROM consultations_commentversion")
        ]
