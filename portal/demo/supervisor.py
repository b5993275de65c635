"""The story of `manage.py demo`: claim the folder, start, fill, serve, watch, stop."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count

from consultations.models import Edition, Message
from portal.demo import database, sink
from portal.demo.environment import Options
from portal.demo.services import Guardian, Services
from portal.embedded import EmbeddedError, locked, servers, socket_folder

# Tests wait less.
ONCE_SECONDS = float(os.environ.get("DEMO_ONCE_SECONDS", "120"))
REPORT = Path(settings.BASE_DIR) / "consultations" / "data" / "levelling-up-manufacturing.md"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Say = Callable[[str], None]


class Refused(Exception):  # noqa: N818 - it refuses, and says why in one sentence
    """The demonstration cannot start, or did not do what was asked."""


class Stopped(BaseException):
    """The demonstration was asked to end; like KeyboardInterrupt, nobody catches it by chance."""


class Demo:
    """One run of the demonstration."""

    def __init__(self, options: Options, say: Say) -> None:
        self.options = options
        self.data = options.data
        self.say = say
        self.starter = _starter()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start everything; stop it in order however the block ends."""
        with ExitStack() as stack:
            stack.enter_context(_claimed(self.data))
            _refuse_taken_port(self.options.port)
            _heed_signals()
            try:
                self.guardian = Guardian()
                stack.callback(self.guardian.dismiss)
                self._start_servers(stack)
                self._fill()
                self._start_services(stack)
                yield
            finally:  # a second Ctrl-C would only leave things half stopped
                _ignore_signals()

    def watch(self) -> None:
        """Look after the processes until somebody ends the demonstration."""
        while True:
            self._breathe(0.5)
            self.services.check()

    def await_digest(self) -> None:
        """Return once a digest has been filed; raise Refused after two minutes."""
        folder = self.data / "outbox"
        deadline = time.monotonic() + ONCE_SECONDS
        while not sink.holds_digest(folder):
            self._breathe(0.5)
            self.services.check()
            if time.monotonic() > deadline:
                raise Refused(
                    f"No digest was delivered within {ONCE_SECONDS:.0f} s: {_state_of_mail()} "
                    f"(see {self.data}/logs)."
                )

    def _start_servers(self, stack: ExitStack) -> None:
        """Start what --database and --broker do not name, then claim the database."""
        options = self.options
        started = [] if options.database else ["PostgreSQL 18"]
        started += [] if options.broker else ["Valkey 9"]
        if started:
            self.say(f"Starting {' and '.join(started)} …")
        self.guardian.tell("folder", socket_folder(self.data))
        stack.enter_context(
            servers(
                self.data,
                durable=True,
                database_url=options.database,
                broker_url=options.broker,
                started=lambda pid: self.guardian.tell("watch", pid),
            )
        )
        # As composed before the settings were read, never a caller's.
        self.done = database.adopt(os.environ["DATABASE_URL"])

    def _fill(self) -> None:
        """Bring the database to what this version needs; steps that are done are not repeated."""
        if self._lacks_migrations():
            self.say("Preparing the database …")
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
        self._once(
            "reference", "Loading regions and kinds of organisation …", "load_reference_data"
        )
        self._once("report", "Loading the report …", "import_consultation", str(REPORT))
        if self.options.empty:
            self._once("sample", "Loading the accounts …", "load_sample", "--accounts-only")
        else:
            self._once("sample", "Loading the sample of 150 comments …", "load_sample")
        connections.close_all()

    @staticmethod
    def _lacks_migrations() -> bool:
        """Whether a migration is to be run, or to be noted as one that its steps have replaced."""
        executor = MigrationExecutor(connections["default"])
        noted = executor.recorder.applied_migrations()
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return bool(plan) or any(key not in noted for key in executor.loader.replacements)

    def _once(self, step: str, words: str, command: str, *arguments: str) -> None:
        """Run a command unless this database has seen it."""
        if step not in self.done:
            self.say(words)
            with transaction.atomic():
                call_command(command, *arguments, verbosity=0)
                database.note(connection.connection, step)

    def _start_services(self, stack: ExitStack) -> None:
        """Start the mail server and our own processes, and wait for the site."""
        controller = sink.serve(self.data / "outbox", settings.EMAIL_PORT)
        stack.callback(controller.stop, no_assert=True)
        self.services = Services(self.data, self.guardian)
        stack.callback(self.services.stop)
        self.say("Starting the site, the worker and the mail …")
        self.services.start_site(self.options.port)
        self.services.await_site(self.options.port, lambda: self._breathe(0.1))
        # Only now, as they would slow the site's start down: they have nothing to do before.
        self.services.start_workers()

    def _breathe(self, seconds: float) -> None:
        """Wait; end where the `uv run` that started us was killed, as that is our own end."""
        time.sleep(seconds)
        if self.starter and os.getppid() != self.starter:
            raise Stopped


def _state_of_mail() -> str:
    """Return how far things have come, for the reason why no digest was delivered."""
    counts = Message.objects.order_by().values_list("state").annotate(count=Count("pk"))
    mails = ", ".join(f"{count} {state}" for state, count in sorted(counts)) or "none"
    return f"editions made: {Edition.objects.count()}; mails: {mails}"


def _starter() -> int:
    """Return the number of the `uv run` that started us, or 0."""
    parent = os.getppid()
    try:
        name = Path(f"/proc/{parent}/comm").read_text().strip()
    except OSError:
        return 0
    return parent if name == "uv" else 0


@contextmanager
def _claimed(data: Path) -> Iterator[None]:
    """Hold the data folder; refuse a second demonstration on it."""
    try:
        with locked(data):
            yield
    except EmbeddedError as error:
        raise Refused(str(error)) from error


def _refuse_taken_port(port: int) -> None:
    """Refuse a port that somebody listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refused(
                f"Port {port} cannot be used ({error.strerror}): choose another with --port N."
            ) from error


def _heed_signals() -> None:
    """Turn the signals that mean "end" into Stopped."""

    def stop(number: int, frame: FrameType | None) -> None:
        _ignore_signals()
        raise Stopped

    for each in ENDINGS:
        signal.signal(each, stop)


def _ignore_signals() -> None:
    for each in ENDINGS:
        signal.signal(each, signal.SIG_IGN)
