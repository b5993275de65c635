"""Deliver what the outbox holds: codes, receipts and decisions within seconds, without Redis."""

import signal
import threading
import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from consultations.digests import readers
from consultations.mail import outbox
from consultations.mail.delivery import Report, drain
from consultations.models import Message, database_now

log = structlog.get_logger(__name__)
Stream = Message.Stream
URGENT = [Stream.SECURITY, Stream.TRANSACTION]
REST = [Stream.DIGEST, Stream.INVITATION]
LIMIT = 500
POLL_SECONDS = 1.0
SWEEP_EVERY = 10.0
LONGEST_REST = 15.0
ENDS = (Report(), Report(away=True))  # there is nothing to do, or nobody to take it


class Command(BaseCommand):
    """Sends what is due, once or until told to stop."""

    help = "Deliver queued mail: codes, receipts and decisions; digests are Celery's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or Ctrl-C")
        parser.add_argument(
            "--all",
            action="store_true",
            help="digests, milestones and invitations as well, which are Celery's",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Drain all that is due once, or in a loop that outlives the database and the relay."""
        streams = [URGENT, REST] if options["all"] else [URGENT]
        stop = threading.Event()
        if not options["loop"]:
            for each in streams:
                while _deliver(each, stop) not in ENDS:
                    pass
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        # a thread each: no code waits for a digest that the relay is slow to take
        with ThreadPoolExecutor() as pool:
            running = [pool.submit(_Loop(each, stop).run) for each in streams]
            while not stop.wait(POLL_SECONDS):
                pass  # awake each second to hear of a signal, whichever thread it came to
            for ended in running:
                ended.result()


class _Loop:
    """Delivers whenever PostgreSQL says that something was queued, and each second anyway."""

    def __init__(self, streams: list[Stream], stop: threading.Event) -> None:
        self.streams, self.stop = streams, stop
        self.sweep_at = time.monotonic()
        self.ear: psycopg.Connection[Any] | None = None

    def run(self) -> None:
        """Go on until stopped; after an error of the database rest, longer each time.

        Any other error ends both loops, and the command with it.
        """
        rest = POLL_SECONDS
        try:
            while not self.stop.is_set():
                try:
                    self._turn()
                    rest = POLL_SECONDS
                except (DatabaseError, psycopg.Error) as error:
                    log.warning("database away", error=type(error).__name__, rest=rest)
                    self._hang_up()
                    self.stop.wait(rest)
                    rest = min(rest * 2, LONGEST_REST)
        finally:
            self.stop.set()
            self._hang_up()

    def _turn(self) -> None:
        """Listen first, then deliver, then wait: nothing queued in between goes unnoticed.

        While there is more to send than one drain takes, nobody waits.
        """
        ear = self._listening()
        close_old_connections()
        if time.monotonic() >= self.sweep_at:
            self.sweep_at = time.monotonic() + SWEEP_EVERY
            outbox.sweep(database_now())
        if _deliver(self.streams, self.stop) not in ENDS:
            return
        if Stream.DIGEST in self.streams:  # the other loop never reads one
            readers.forget()
        if not self.stop.is_set():
            for _notice in ear.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass

    def _listening(self) -> psycopg.Connection[Any]:
        if self.ear is None:
            parameters = connection.get_connection_params()
            names = ("dbname", "host", "port", "user", "password", "connect_timeout", "options")
            known = {name: parameters[name] for name in names if name in parameters}
            self.ear = psycopg.connect(**known, autocommit=True)
            self.ear.execute(f"LISTEN {outbox.CHANNEL}")
        return self.ear

    def _hang_up(self) -> None:
        if self.ear is not None:
            self.ear.close()
        self.ear = None
        connection.close()


def _deliver(streams: list[Stream], stop: threading.Event) -> Report:
    """Drain once, and say in the log what became of how many."""
    began = time.monotonic()
    report = drain(
        streams=streams,
        limit=LIMIT,
        at_clock=database_now,  # hosts' own clocks differ, and leases are everybody's
        render=readers.render,
        stopped=stop.is_set,
    )
    if report != Report():
        seconds = round(time.monotonic() - began, 3)
        counts = {name: getattr(report, name) for name in Report.__dataclass_fields__}
        say = log.warning if report.away else log.info
        say("outbox drained", seconds=seconds, **counts)
    return report
