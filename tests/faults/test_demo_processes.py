"""The demonstration as a stranger meets it: started, refused, interrupted and killed for real."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.demo.environment import free_port
from portal.embedded import socket_folder

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
PYTHON = [sys.executable]
UV = ["uv", "run", "--no-sync", "python"]
START_SECONDS = 120


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
            f"{folder.name} {(folder / 'comm').read_text().strip()}"
            for folder in Path("/proc").glob("[0-9]*")
            if _belongs(folder, self.mark, self.data)
        ]

    def await_end(self, seconds: float = 15) -> list[str]:
        """Wait for the last process to go; return those that are left."""
        deadline = time.monotonic() + seconds
        while (left := self.living()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left


def _belongs(folder: Path, mark: str, data: Path) -> bool:
    """Return whether a living process carries the mark, or works in the run's database."""
    try:
        if ") Z" in (folder / "stat").read_text():
            return False
        marked = mark.encode() in (folder / "environ").read_bytes()
        return marked or (folder / "cwd").readlink() == data.resolve() / "postgres"
    except OSError:
        return False


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder for all tests here, filled by the first start."""
    with tempfile.TemporaryDirectory(prefix="demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "var"


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., Run]]:
    """Start demonstrations; whatever a failed test leaves is killed at its end."""
    runs: list[Run] = []

    def begin(*options: str, through: list[str] = PYTHON) -> Run:
        runs.append(Run(data, *options, through=through))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        for line in run.await_end():
            os.kill(int(line.split()[0]), signal.SIGKILL)
        run.process.wait()


def test_first_start_is_ready_and_sigterm_leaves_no_process(start: Callable[..., Run]) -> None:
    run = start()
    run.await_ready()
    assert len(run.living()) > 8
    run.process.terminate()
    assert run.process.wait(30) == 0
    assert run.await_end(1) == []
    assert not socket_folder(run.data).exists()


def test_second_start_reuses_the_data(start: Callable[..., Run], data: Path) -> None:
    key = (data / "secret-key").read_text()
    run = start()
    run.await_ready()
    assert (data / "secret-key").read_text() == key
    os.killpg(run.process.pid, signal.SIGINT)  # as Ctrl-C does
    assert run.process.wait(30) == 0
    assert run.await_end(1) == []


def test_kill_9_leaves_no_process(start: Callable[..., Run]) -> None:
    run = start()
    run.await_ready()
    run.process.kill()
    assert run.await_end() == []
    assert not socket_folder(run.data).exists()


def test_kill_9_while_starting_leaves_no_process(start: Callable[..., Run]) -> None:
    run = start()
    run.await_line("Starting the site")
    time.sleep(0.5)
    run.process.kill()
    assert run.await_end() == []


@pytest.mark.skipif(not shutil.which("uv"), reason="needs uv on the path")
def test_kill_9_of_uv_run_leaves_no_process(start: Callable[..., Run]) -> None:
    run = start(through=UV)
    run.await_ready()
    run.process.kill()
    assert run.await_end(30) == []


def test_start_right_after_kill_9_works(start: Callable[..., Run]) -> None:
    run = start()
    run.await_ready()
    run.process.kill()
    again = start()
    again.await_ready()
    again.process.terminate()
    assert again.process.wait(30) == 0


def test_second_demo_on_the_same_data_is_refused(start: Callable[..., Run], data: Path) -> None:
    run = start()
    run.await_ready()
    second = start()
    said, _ = second.process.communicate(timeout=30)
    assert said == f"CommandError: The data in {data} is in use by another process.\n"
    assert second.process.returncode == 1
    assert run.process.poll() is None


def test_taken_port_is_refused(start: Callable[..., Run]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start("--port", str(port))
        said, _ = run.process.communicate(timeout=30)
    sentence = "cannot be used (Address already in use): choose another with --port N."
    assert said == f"CommandError: Port {port} {sentence}\n"
    assert run.process.returncode == 1
