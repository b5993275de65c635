"""Celery workers of two hosts on the bench's own servers, each with a relay of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection

from portal.bench.measure import BenchError
from portal.celery import app
from portal.embedded.processes import child

NAMES = ("a@host1", "b@host2")
START_SECONDS = 120
KB_A_MB = 1_024


class Worker:
    """A running worker: its parent, and the one child that does the work."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    @property
    def child(self) -> int:
        """Return the child's number; raise BenchError where there is none."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = listed.read_text().split() if listed.exists() else []
        if not children:
            raise BenchError("a worker has died")
        return int(children[0])

    def peak(self) -> float:
        """Return the most memory that the child has held, in MB."""
        for line in Path(f"/proc/{self.child}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / KB_A_MB
        raise BenchError("no memory is told")


@contextmanager
def two_workers(ports: Sequence[int]) -> Iterator[list[Worker]]:
    """Run both workers until the block ends; each sends to one of the ports."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-workers-")))
        workers = []
        for name, port in zip(NAMES, ports, strict=True):
            process = _started(name, port, folder / f"{name}.log")
            stack.callback(process.wait)
            stack.callback(process.terminate)
            workers.append(Worker(process))
        _await(workers)
        yield workers


def _started(name: str, port: int, log: Path) -> subprocess.Popen[bytes]:
    values = os.environ | {
        "DATABASE_URL": _database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "portal", "worker"]
    command += ["--concurrency", "1", "--hostname", name, "--without-gossip", "--without-mingle"]
    return child(command, log, death=signal.SIGTERM, env=values, folder=settings.BASE_DIR)


def _database_url() -> str:
    """Return the address of the database that we are connected to, which a test gives its name."""
    known = urlsplit(os.environ["DATABASE_URL"])
    return known._replace(path=f"/{quote(str(connection.settings_dict['NAME']))}").geturl()


def _await(workers: Sequence[Worker]) -> None:
    until = monotonic() + START_SECONDS
    while len(app.control.ping(timeout=1) or ()) < len(workers):
        if monotonic() > until or any(each.process.poll() is not None for each in workers):
            raise BenchError("the workers do not start")
        sleep(0.1)
