"""The whole site on real servers: gunicorn, a Celery worker with beat, `deliver`, and SMTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from django.conf import settings

from tests.mail.sink import Mail, Sink, running

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Site:
    """Where the site answers, and what mail it has sent."""

    url: str
    sink: Sink
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def mail(self, to: str, subject: str, seconds: float = 120) -> Mail:
        """Wait for the newest mail to somebody whose subject holds these words."""

        def newest() -> Mail | None:
            found = [
                mail
                for mail in self.sink.mails
                if mail.recipient == to and subject in str(mail.parsed["Subject"])
            ]
            return found[-1] if found else None

        return awaited(newest, f"a mail “{subject}” to {to}", seconds)


T = TypeVar("T")


def awaited(ask: Callable[[], T | None], what: str, seconds: float = 120) -> T:
    """Ask until there is an answer; fail, saying what did not come, when there is none."""
    until = time.monotonic() + seconds
    while (answer := ask()) is None:
        assert time.monotonic() < until, f"{what} did not come within {seconds} s"
        time.sleep(0.05)
    return answer


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """Run the site on the test's own database until the test ends."""
    with running_site(tmp_path, DATABASE_URL=database_url()) as started:
        yield started


@contextmanager
def running_site(folder: Path, *, workers: int = 1, **environment: str) -> Iterator[Site]:
    """Run the site's processes, with what the environment is to say besides."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running() as sink:
        values = os.environ | {
            "SITE_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "TICK_SECONDS": "0.5",
            "STAFF_SECOND_FACTOR": "false",
            "LOG_LEVEL": "WARNING",
            **environment,
        }
        started = Site(url, sink)
        try:
            for name, command in commands(port, folder, workers).items():
                started.processes[name] = start(name, command, values, folder)
            awaited(lambda: answers(url) or None, "the first page")
            awaited(lambda: listens(values["DATABASE_URL"]) or None, "who sends mail")
            yield started
        finally:
            stop(started.processes)


def start(
    name: str, command: list[str], environment: dict[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, its words in a log."""
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )


def stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """End what runs, and whatever it has started."""
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def commands(port: int, folder: Path, workers: int = 1) -> dict[str, list[str]]:
    """Return the processes that production runs, as the README lists them."""
    python = sys.executable
    each = [python, "-m", "celery", "-A", "portal", "worker", "--beat", "--concurrency", "1"]
    return {
        "web": [
            *(python, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--threads", "4", "--no-control-socket"),
        ],
        **{
            f"worker{n}": [
                *each,
                *("--hostname", f"worker{n}@%h", "--schedule", str(folder / f"beat{n}")),
                *("--without-gossip", "--without-mingle"),
            ]
            for n in range(1, workers + 1)
        },
        "deliver": [python, "manage.py", "deliver", "--loop"],
    }


def database_url() -> str:
    """Return the address of the database that the tests use."""
    name = settings.DATABASES["default"]["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def answers(url: str) -> bool:
    """Whether the site answers."""
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def listens(database: str) -> bool:
    """Whether `deliver` has started: it listens for what is queued."""
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN outbox'"
        ).fetchone()
    return found is not None and found[0] > 0


def free_port() -> int:
    """Return a port of this machine's own that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
