"""Two hosts' Celery workers, killed sixty times on the way of two thousand mails."""

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from consultations.mail import outbox
from consultations.mail.letter import Letter, Paragraph
from consultations.models import Consultation, Message, Role, Suppression
from portal.embedded import Valkey
from tests.factories import log_in, make_consultation, make_staff
from tests.faults.workers import Workers
from tests.mail.sink import Sink, Talk, running
from tests.running import awaited

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
State, Stream = Message.State, Message.Stream
MAILS, KILLS, APART = 2_000, 60, 30
SHARED = 1_500
LONG = 900  # seconds, on a machine that has much else to do
PHASES = ("rcpt", "dot", "data", "done")
# a parent alone, or everything that a host runs, is dear to start again: once in ten kills
VICTIMS = (*["child"] * 9, "parent", *["child"] * 9, "host")
# what the relay does to some: the first letters of their addresses, and how many there are
TROUBLES = {"busy": 10, "later": 10, "gone": 10, "full": 10, "before": 10, "after": 10}
TROUBLES |= {"cut": 10, "slow": 1, "mute": 1}
FOR_NOW = ("busy", "later", "before", "cut", "slow")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """Run a broker of the test's own."""
    valkey = Valkey(tmp_path / "broker")
    (tmp_path / "broker" / "logs").mkdir(parents=True)
    valkey.start()
    yield f"redis+socket://{valkey.socket}?virtual_host=0"
    valkey.stop()


@contextmanager
def two_hosts(folder: Path, broker: str) -> Iterator[Workers]:
    """Run two hosts' workers, and a relay that notes who sends."""
    with running() as sink:
        workers = Workers(sink, folder, broker)
        sink.strike = workers.note
        try:
            for name in ("a", "b", "beat"):
                workers.start(name)
            yield workers
        finally:
            workers.stop()


def queue(addresses: list[str]) -> Consultation:
    consultation = make_consultation()
    letter = Letter("Hello", (Paragraph("Hello."),))
    mails = [outbox.Mail(address, address, letter) for address in addresses]
    with transaction.atomic():
        outbox.queue_all(mails, stream=Stream.DIGEST, at=timezone.now(), consultation=consultation)
    return consultation


def troubled() -> list[str]:
    return [f"{name}{n}@example.org" for name, count in TROUBLES.items() for n in range(count)]


def make_trouble(sink: Sink, addresses: list[str]) -> None:
    for address in addresses:
        match address.partition("@")[0].rstrip("0123456789"):
            case "busy":
                sink.answers[address, "rcpt"] = "451 4.3.0 busy"
            case "later":
                sink.answers[address, "dot"] = "452 4.2.2 later"
            case "gone":
                sink.answers[address, "rcpt"] = "550 5.1.1 nobody"
            case "full":
                sink.answers[address, "dot"] = "552 5.2.2 full"
            case "before":
                sink.drops[address] = "rcpt"
            case "cut":  # while the text is on its way: before our dot, or not
                sink.drops[address] = "data"
            case "after":
                sink.drops[address] = "dot"
            case "slow":
                sink.stalls[address] = "rcpt"
            case "mute":
                sink.stalls[address] = "dot"


class Killer:
    """Kills whoever sends at every thirtieth mail, in each phase and each way by turns."""

    def __init__(self, workers: Workers) -> None:
        self.workers, self.lock = workers, threading.Lock()
        turns = zip(range(1, KILLS + 1), cycle(PHASES), cycle(VICTIMS), strict=False)
        self.plan = deque(turns)

    def strike(self, phase: str, talk: Talk) -> None:
        with self.lock:
            self.workers.note(phase, talk)
            plain = talk.recipient.startswith("r")
            if not plain or not self.plan or phase != self.plan[0][1]:
                return
            if len(self.workers.sink.mails) < self.plan[0][0] * APART:
                return
            _turn, _phase, victim = self.plan.popleft()
            if not self.workers.kill(victim, talk):
                end_lease(talk.recipient)


def end_lease(recipient: str) -> None:
    """Let the lease of a dead process run out by the database's clock."""
    lease = Message.objects.get(to=recipient).lease
    Message.objects.filter(lease=lease, state__in=[State.CLAIMED, State.HANDED]).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    connection.close()


def of(state: str) -> set[str]:
    return set(Message.objects.filter(state=state).values_list("to", flat=True))


def waits(but: list[str]) -> bool:
    unsettled = Message.objects.filter(state__in=[State.QUEUED, State.CLAIMED, State.HANDED])
    return unsettled.exclude(to__in=but).exists()


def finished(workers: Workers, but: list[str], seconds: float, *, again: bool = True) -> None:
    """Wait until nobody but these waits for a mail; start again who has died."""
    until = time.monotonic() + seconds
    while waits(but):
        assert time.monotonic() < until, f"{len(workers.sink.mails)} mails came"
        if again:
            workers.start_again()
        time.sleep(0.1)


def test_sixty_kills_duplicate_nothing_lose_nothing_and_every_doubt_is_seen(
    tmp_path: Path, broker: str
) -> None:
    others = troubled()
    readers = [f"r{n}@example.org" for n in range(MAILS - len(others))]
    # trouble comes among the first, so that it is met while others are killed
    consultation = queue([*readers[:300], *others, *readers[300:]])
    with two_hosts(tmp_path, broker) as workers:
        sink, killer = workers.sink, Killer(workers)
        make_trouble(sink, others)
        sink.strike = killer.strike
        finished(workers, [n for n in others if n.startswith(FOR_NOW)], LONG)
        assert not killer.plan
        sink.answers.clear()
        sink.drops.clear()
        sink.stalls.clear()
        Message.objects.filter(state=State.QUEUED).update(not_before=timezone.now())
        finished(workers, [], LONG)
    came = Counter(mail.recipient for mail in sink.mails)
    sent, unknown, failed = of(State.SENT), of(State.UNKNOWN), of(State.FAILED)
    assert max(came.values()) == 1  # no duplicate
    assert sent | unknown | failed == {*readers, *others}  # nothing silently lost
    assert sent <= set(came)
    assert failed == {n for n in others if n.startswith(("gone", "full"))}
    assert not failed & set(came)
    # what was in doubt because a process died has no words of the relay's
    swept = set(Message.objects.filter(state=State.UNKNOWN, reply="").values_list("to", flat=True))
    cut = {n for n in others if n.startswith("cut")}
    assert unknown - swept - cut == {n for n in others if n.startswith(("after", "mute"))}
    assert len(swept) <= KILLS
    gone = {n for n in others if n.startswith("gone")}
    assert set(Suppression.objects.values_list("address", flat=True)) == gone
    assert set(Counter(workers.seen.values())) == {"a", "b"}
    told_to_the_officer(consultation, len(unknown), len(failed))


def test_two_hosts_share_the_work_and_one_does_it_all_when_the_other_dies(
    tmp_path: Path, broker: str
) -> None:
    queue([f"r{n}@example.org" for n in range(SHARED)])
    with two_hosts(tmp_path, broker) as workers:
        sink = workers.sink
        awaited(lambda: len(set(workers.seen.values())) == 2 or None, "both", LONG)
        after: list[str] = []

        def strike(phase: str, talk: Talk) -> None:
            workers.note(phase, talk)
            if after:
                after.append(workers.seen[talk.port])
            elif phase == "dot" and workers.seen[talk.port] == "a":
                after.append("killed")
                workers.kill("host", talk)
                end_lease(talk.recipient)

        sink.strike = strike
        finished(workers, [], LONG, again=False)
    came = Counter(mail.recipient for mail in sink.mails)
    assert (set(after), set(came.values())) == ({"killed", "b"}, {1})
    assert (len(of(State.UNKNOWN)), len(of(State.SENT))) == (1, SHARED - 1)


def told_to_the_officer(consultation: Consultation, unknown: int, failed: int) -> None:
    assert outbox.doubtful() == Counter(unknown=unknown, failed=failed)
    page = log_in(make_staff(consultation, Role.Right.OFFICER)).get("/admin/").content.decode()
    assert f"{unknown} mails may or may not have arrived: settle them." in page
    assert f"{failed} mails failed." in page
