"""The demonstration as a stranger meets it: started, refused, interrupted and killed for real."""

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from portal.embedded import socket_folder
from tests.faults.demonstration import Run, starting

pytestmark = pytest.mark.faults
UV = ["uv", "run", "--no-sync", "python"]


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder for all tests here, filled by the first start."""
    with tempfile.TemporaryDirectory(prefix="demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "var"


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., Run]]:
    """Start demonstrations that end with the test; `test_demo_once` has one with its sample."""
    with starting(data) as begin:
        yield partial(begin, "--empty")


def test_first_start_is_ready_and_sigterm_leaves_no_process(start: Callable[..., Run]) -> None:
    run = start()
    run.await_ready()
    assert len(run.living()) > 8
    run.process.terminate()
    assert run.process.wait(120) == 0
    assert run.await_end() == []
    assert not socket_folder(run.data).exists()


def test_second_start_reuses_the_data(start: Callable[..., Run], data: Path) -> None:
    key = (data / "secret-key").read_text()
    run = start()
    run.await_ready()
    assert (data / "secret-key").read_text() == key
    os.killpg(run.process.pid, signal.SIGINT)  # as Ctrl-C does
    assert run.process.wait(120) == 0
    assert run.await_end() == []


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
    assert run.await_end(120) == []


def test_start_right_after_kill_9_works(start: Callable[..., Run]) -> None:
    run = start()
    run.await_ready()
    run.process.kill()
    again = start()
    again.await_ready()
    again.process.terminate()
    assert again.process.wait(120) == 0


def test_second_demo_on_the_same_data_is_refused(start: Callable[..., Run], data: Path) -> None:
    run = start()
    run.await_ready()
    second = start()
    said, _ = second.process.communicate(timeout=300)
    assert said == f"CommandError: The data in {data} is in use by another process.\n"
    assert second.process.returncode == 1
    assert run.process.poll() is None


def test_taken_port_is_refused(start: Callable[..., Run]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start("--port", str(port))
        said, _ = run.process.communicate(timeout=300)
    sentence = "cannot be used (Address already in use): choose another with --port N."
    assert said == f"CommandError: Port {port} {sentence}\n"
    assert run.process.returncode == 1
