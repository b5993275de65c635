"""The demonstration's own processes: web, worker with beat, deliver, and their guardian."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from portal.demo.environment import BASE
from portal.embedded.processes import child, end

GUARDIAN = Path(__file__).with_name("guardian.py")
READY_SECONDS = 60.0
STOP_SECONDS = 8.0


class ServiceError(Exception):
    """A process of the demonstration ended by itself; the message is one sentence."""


class Guardian:
    """Ends what is left when this process is killed outright."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-I", str(GUARDIAN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def tell(self, word: str, rest: object = "") -> None:
        """Say which group to watch or forget, or which folder to remove."""
        with suppress(BrokenPipeError):  # somebody killed it: then there is nobody to tell
            if self.process.stdin:
                self.process.stdin.write(f"{word} {rest}\n")
                self.process.stdin.flush()

    def dismiss(self) -> None:
        """Everything has been stopped in order."""
        self.tell("done")
        self.process.communicate()


class Services:
    """The processes that the demonstration started, by name."""

    def __init__(self, data: Path, guardian: Guardian) -> None:
        self.data = data
        self.guardian = guardian
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        """Start a Python process in the project's folder."""
        process = child(
            [sys.executable, *arguments], self._log(name), death=signal.SIGKILL, folder=BASE
        )
        self.guardian.tell("watch", process.pid)
        self.running[name] = process

    def start_site(self, port: int) -> None:
        """Start the site, which loads once and then divides."""
        self.start(
            "web", "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--preload",
            "--workers", "2", "--threads", "4", "--no-control-socket", "--graceful-timeout", "5",
        )  # fmt: skip

    def start_workers(self) -> None:
        """Start what works behind the site."""
        self.start(
            "worker", "-m", "celery", "-A", "portal", "worker", "--beat", "--concurrency", "2",
            "--schedule", str(self.data.resolve() / "beat-schedule"), "--loglevel", "INFO",
            "--without-gossip", "--without-mingle",
        )  # fmt: skip
        self.start("deliver", "manage.py", "deliver", "--loop")

    def await_site(self, port: int, pause: Callable[[], None]) -> None:
        """Wait until the site answers; raise ServiceError where it does not."""
        deadline = time.monotonic() + READY_SECONDS
        while (said := _answer(port)) != "200 OK":
            self.check()
            if time.monotonic() > deadline:
                raise ServiceError(f"The site's first page: {said} (see {self._log('web')}).")
            pause()

    def check(self) -> None:
        """Raise ServiceError where one of the processes has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise ServiceError(
                    f"The process {name} ended with status {process.returncode} "
                    f"(see {self._log(name)})."
                )

    def stop(self) -> None:
        """Ask all to end at once, wait a little, and leave no process of theirs."""
        for process in self.running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            end(process, signal.SIGTERM, patience=max(0.1, deadline - time.monotonic()))
            _kill_group(process.pid)
            self.guardian.tell("forget", process.pid)
        self.running.clear()

    def _log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"


def _kill_group(group: int) -> None:
    """Kill what is left of a process group."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _answer(port: int) -> str:
    """Return what the site's first page answers, or why it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        response = connection.getresponse()
        return f"{response.status} {response.reason}"
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        connection.close()
