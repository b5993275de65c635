"""The whole site on real servers: gunicorn, a Celery worker with beat, `deliver`, and SMTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

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

    def mail(self, to: str, subject: str, seconds: float = 20) -> Mail:
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


def awaited(ask: Callable[[], T | None], what: str, seconds: float = 20) -> T:
    """Ask until there is an answer; fail, saying what did not come, when there is none."""
    until = time.monotonic() + seconds
    while (answer := ask()) is None:
        assert time.monotonic() < until, f"{what} did not come within {seconds} s"
        time.sleep(0.05)
    return answer


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """Run the site on the test's own database until the test ends."""
    port = free_port()
    with running() as sink:
        url = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "SITE_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "TICK_SECONDS": "0.5",
            "STAFF_SECOND_FACTOR": "false",
            "LOG_LEVEL": "WARNING",
        }
        started = Site(url, sink)
        try:
            for name, command in commands(port, tmp_path).items():
                with (tmp_path / f"{name}.log").open("wb") as log:
                    started.processes[name] = subprocess.Popen(
                        command, cwd=ROOT, env=environment, stdout=log, stderr=log
                    )
            awaited(lambda: answers(url) or None, "the first page", 30)
            yield started
        finally:
            for process in started.processes.values():
                process.terminate()
            for process in started.processes.values():
                process.wait(timeout=20)


def commands(port: int, folder: Path) -> dict[str, list[str]]:
    """Return the processes that production runs, as the README lists them."""
    python = sys.executable
    return {
        "web": [
            *(python, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--threads", "4", "--no-control-socket"),
        ],
        "worker": [
            *(python, "-m", "celery", "-A", "portal", "worker", "--beat", "--concurrency", "1"),
            *("--schedule", str(folder / "beat"), "--without-gossip", "--without-mingle"),
        ],
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


def free_port() -> int:
    """Return a port of this machine's own that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
