"""Celery workers of different hosts that a test starts, and kills while they send."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.mail.sink import Sink, Talk
from tests.running import database_url, start

HOSTS = {"a": "host1", "b": "host2"}


class Workers:
    """A beat, and a worker on each host with one child, each in a session of its own."""

    def __init__(self, sink: Sink, folder: Path, broker: str) -> None:
        self.sink, self.folder = sink, folder
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.impatient",
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": broker,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "TICK_SECONDS": "0.5",
            "LOG_LEVEL": "ERROR",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.sessions: dict[int, str] = {}  # of all that were ever started: whose they are
        self.seen: dict[int, str] = {}  # port: who sends on it

    def start(self, name: str) -> None:
        """Start one worker, or the beat: a worker with a beat inside is slow to miss its child."""
        command = [sys.executable, "-m", "celery", "-A", "portal"]
        if name == "beat":
            command += ["beat", "--schedule", str(self.folder / "schedule"), "--pidfile="]
        else:
            command += ["worker", "--concurrency", "1", "--hostname", f"{name}@{HOSTS[name]}"]
            command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        process = start(f"celery-{name}", command, self.environment, self.folder)
        self.running[name] = process
        self.sessions[process.pid] = name

    def start_again(self) -> None:
        """Do what a supervisor does: start whoever has died."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                self.start(name)

    def stop(self) -> None:
        """End everything that was ever started, orphans included."""
        for session in self.sessions:
            with suppress(ProcessLookupError):
                os.killpg(session, signal.SIGKILL)
        for process in self.running.values():
            process.wait()

    def note(self, _phase: str, talk: Talk) -> None:
        """Remember which host's worker sends on a connection; for `Sink.strike`."""
        if talk.port not in self.seen:
            self.seen[talk.port] = self.sessions[os.getsid(self.sender(talk))]

    def sender(self, talk: Talk) -> int:
        """Return the process at the other end of a connection."""
        inode = _inode(talk.port, self.sink.port)
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.getsid(int(folder.name)) in self.sessions and _holds(folder, inode):
                    return int(folder.name)
        raise AssertionError("nobody holds the other end")

    def kill(self, what: str, talk: Talk) -> bool:
        """Kill the child that sends, its parent alone, or the whole host; whether it sends on."""
        pid = self.sender(talk)
        session = os.getsid(pid)
        if what == "parent":
            with suppress(ProcessLookupError):  # of an orphan
                os.kill(session, signal.SIGKILL)
            return True
        if what == "child":
            os.kill(pid, signal.SIGKILL)
        else:
            os.killpg(session, signal.SIGKILL)
        while _lives(pid):
            time.sleep(0.005)
        return False


def _inode(port: int, other: int) -> str:
    """Return the number of the socket that is bound to one port and connected to the other."""
    ends = (f"0100007F:{port:04X}", f"0100007F:{other:04X}")
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (fields[1], fields[2]) == ends:
            return fields[9]
    return "none"


def _holds(folder: Path, inode: str) -> bool:
    return any(str(each.readlink()) == f"socket:[{inode}]" for each in (folder / "fd").iterdir())


def _lives(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
