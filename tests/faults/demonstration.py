"""A demonstration that a test starts, for real, and what it leaves behind."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.demo.environment import free_port

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [sys.executable]


class Run:
    """One demonstration started by a test, and what it has said so far."""

    def __init__(self, data: Path, *options: str, through: list[str] = PYTHON) -> None:
        self.mark = f"DEMO_TEST_{uuid.uuid4().hex}"
        self.data = data
        self.port = free_port()
        self.started = time.monotonic()
        command = [*through, "manage.py", "demo", "--data", str(data), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=os.environ | {self.mark: "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )

    def await_ready(self) -> float:
        """Wait for the line that says so; return the seconds since the command."""
        said = []
        assert self.process.stdout
        for line in self.process.stdout:
            said.append(line)
            if line.strip() == f"Ready: http://127.0.0.1:{self.port}/":
                return time.monotonic() - self.started
        raise AssertionError("".join(said))

    def await_line(self, start: str) -> None:
        """Wait for a line that begins so."""
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith(start):
                return
        raise AssertionError(f"no line began {start!r}")

    def living(self) -> list[str]:
        """Return every process of this run that still lives, the servers' children included."""
        return [
            f"{folder.name} {name}"
            for folder in Path("/proc").glob("[0-9]*")
            if (name := _named(folder, self.mark, self.data))
        ]

    def await_end(self, seconds: float = 15) -> list[str]:
        """Wait for the last process to go; return those that are left."""
        deadline = time.monotonic() + seconds
        while (left := self.living()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left


def _named(folder: Path, mark: str, data: Path) -> str:
    """Return the name of a living process that carries the mark, or works in the run's database.

    Any other is "", and so is one that ends while it is looked at.
    """
    try:
        if ") Z" in (folder / "stat").read_text():
            return ""
        marked = mark.encode() in (folder / "environ").read_bytes()
        if marked or (folder / "cwd").readlink() == data.resolve() / "postgres":
            return (folder / "comm").read_text().strip()
    except OSError:
        return ""
    return ""


@contextmanager
def starting(data: Path) -> Iterator[Callable[..., Run]]:
    """Start demonstrations on a folder; whatever a failed test leaves is killed at the end."""
    runs: list[Run] = []

    def begin(*options: str, through: list[str] = PYTHON) -> Run:
        runs.append(Run(data, *options, through=through))
        return runs[-1]

    try:
        yield begin
    finally:
        for run in runs:
            run.process.kill()
            for line in run.await_end():
                with suppress(ProcessLookupError):
                    os.kill(int(line.split()[0]), signal.SIGKILL)
            run.process.wait()
