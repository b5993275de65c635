"""An edition fanned out to very many readers by two hosts' Celery workers.

What others reach is measured in the same run, lot by lot in turns: two processes that write and
send by Django's own means, two that send what is ready by `smtplib`, and two that send bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import fmean
from time import perf_counter, sleep
from typing import Any

from django.db import connection
from django.test import override_settings

from consultations import tasks
from consultations.mail import delivery, leases
from consultations.models import Edition, Message, database_now
from portal.bench import fill, mail, sink
from portal.bench.hosts import two_workers
from portal.bench.measure import BenchError, Emit, Line, Plan
from portal.bench.senders import WAYS, Sender

SLUG = "bench-fanout"
LOTS = 4
KEPT = 50
OTHERS = 1_000  # mails of each other way in a lot, at most
MOST_QUERIES, MOST_MEMORY = 0.05, 50
LEAST_OF_DJANGO, LEAST_OF_SMTPLIB = 0.5, 0.25
ASK_AGAIN, PATIENCE = 3, 1_800  # seconds


@dataclass
class Rates:
    """How many mails were sent in how many seconds, in each way."""

    mails: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, way: str, mails: int, seconds: float) -> None:
        """Note a lot."""
        self.mails[way] = self.mails.get(way, 0) + mails
        self.seconds[way] = self.seconds.get(way, 0) + seconds

    def of(self, way: str) -> float:
        """Return the mails a second."""
        return self.mails[way] / self.seconds[way]


def run(asked: Plan, emit: Emit) -> None:
    """Plan an edition for all its readers, send a batch here, and the rest by two workers."""
    n = asked.mails
    edition = mail.made(SLUG, n)
    mail.planned("fanout", edition, n, emit)
    fill.settle()
    with sink.running() as one, sink.running() as other:
        ports = (one.port, other.port)
        lot = mail.Lot([])
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=one.port):
            first = _first(edition, min(tasks.MAILS_A_BATCH, n), lot, emit)
        rates, grown = Rates(), 0.0
        if n > first:
            rates, grown = _shared(edition, n - first, ports, lot.kept[:KEPT])
        taken = one.stop().mails + other.stop().mails
    if (sent := _sent(edition)) != n or taken < sent:
        raise BenchError(f"{sent} mails of {n} were sent, and {taken} arrived")
    emit(Line("fanout.bytes", fmean(map(len, lot.kept)), "bytes", n))
    if rates.mails:
        _tell(rates, grown, n, emit)


def _tell(rates: Rates, grown: float, n: int, emit: Emit) -> None:
    emit(Line("limit.fanout.sink_ceiling", rates.of("socket"), "mails/s", n))
    emit(Line("limit.fanout.smtplib", rates.of("smtplib"), "mails/s", n))
    emit(Line("limit.fanout.django", rates.of("django"), "mails/s", n))
    ours = rates.of("ours")
    emit(Line("fanout.drained", ours, "mails/s", n))
    for way, least in (("django", LEAST_OF_DJANGO), ("smtplib", LEAST_OF_SMTPLIB)):
        ratio = ours / rates.of(way)
        emit(Line(f"fanout.ratio_to_{way}", ratio, "ratio", n, least, at_least=True))
    emit(Line("fanout.memory", grown, "MB", n, MOST_MEMORY))


def _first(edition: Edition, size: int, lot: mail.Lot, emit: Emit) -> int:
    """Send a batch as the task does; print its statements for each mail."""
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    others = Message.objects.filter(edition=None, state=Message.State.QUEUED)
    others.update(state=Message.State.SUPPRESSED)  # other subjects' receipts
    with connection.execute_wrapper(note):
        report = delivery.drain(
            streams=list(Message.Stream), limit=size, at_clock=database_now, render=lot.render
        )
    if report.sent != size:
        raise BenchError(f"{report} of {size}")
    commits = asked.count(leases.HAND)
    rest = (len(asked) - commits) / size + 1 / edition.messages.count()
    emit(Line("fanout.queries", rest, "queries/mail", size, MOST_QUERIES))
    emit(Line("fanout.commits", commits / size, "queries/mail", size))
    return size


def _shared(
    edition: Edition, mails: int, ports: tuple[int, int], kept: Sequence[bytes]
) -> tuple[Rates, float]:
    """Send by both workers and by the others in turns; return the rates and how memory grew."""
    rates, peaks = Rates(), list[list[float]]()
    with two_workers(ports) as workers, _others(ports, kept) as others:
        for batches in _lots(-(-mails // tasks.MAILS_A_BATCH)):
            size, seconds = _by_workers(edition, batches)
            rates.add("ours", size, seconds)
            peaks.append([each.peak() for each in workers])
            for way, senders in others.items():
                each = min(size, OTHERS) // 2
                for sender in senders:
                    sender.begin(each)
                rates.add(way, 2 * each, max(sender.end() for sender in senders))
    return rates, max(last - first for first, last in zip(peaks[0], peaks[-1], strict=True))


@contextmanager
def _others(ports: tuple[int, int], kept: Sequence[bytes]) -> Iterator[dict[str, list[Sender]]]:
    with ExitStack() as stack:
        made: dict[str, list[Sender]] = {}
        for way in WAYS:
            made[way] = [Sender(way, port, kept) for port in ports]
            for sender in made[way]:
                stack.callback(sender.stop)
        yield made


def _lots(batches: int) -> list[int]:
    """Return in how many batches each lot goes out: even numbers, as two workers share them."""
    each = -(-batches // (2 * LOTS)) * 2
    return [min(each, batches - start) for start in range(0, batches, each)]


def _by_workers(edition: Edition, batches: int) -> tuple[int, float]:
    """Have so many batches sent; return how many mails that were, and in how many seconds."""
    before = _sent(edition)
    goal = min(before + batches * tasks.MAILS_A_BATCH, edition.messages.count())
    began = asked = perf_counter()
    _ask(batches)
    last = before
    while (now := _sent(edition)) < goal:
        if now > last:
            last, asked = now, perf_counter()
        elif (
            perf_counter() - asked > ASK_AGAIN
        ):  # a slow machine's batch ends with its time, and the next tick asks
            _ask(-(-(goal - now) // tasks.MAILS_A_BATCH))
            asked = perf_counter()
        if perf_counter() - began > PATIENCE:
            raise BenchError(f"the workers came to {now} of {goal}")
        sleep(0.05)
    return now - before, perf_counter() - began


def _ask(batches: int) -> None:
    for _batch in range(batches):
        tasks.drain_outbox.delay()


def _sent(edition: Edition) -> int:
    return edition.messages.filter(state=Message.State.SENT).count()
