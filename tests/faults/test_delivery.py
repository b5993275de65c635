"""Delivery while its process is killed, its database connections die, and its relay is away."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site
from django.db import connection, transaction
from django.utils import timezone

from consultations import tasks
from consultations.digests.due import newest_slot
from consultations.mail import outbox
from consultations.mail.letter import Letter, Paragraph
from consultations.models import Comment, Consultation, Message
from tests.factories import make_comment, make_consultation, make_subscription, make_user
from tests.mail.sink import Sink, running
from tests.running import awaited

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
State, Stream = Message.State, Message.Stream
MAILS, DIGESTS = 240, 20
PATIENCE = 120  # seconds for a process that others may hold up: these machines are shared
NO_REDIS = "redis://127.0.0.1:1/0"
# (after how many mails, in which phase) the deliverer is killed: before the dot, between the dot
# and the answer, and between the answer and the commit of `sent`
Kills = list[tuple[int, str]]
KILLS = [(20, "rcpt"), (25, "dot"), (45, "done"), (60, "data"), (1, "dot")]


@contextmanager
def deliverer(sink: Sink, *options: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `manage.py deliver` on the tests' database and this sink."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    environment = os.environ | {
        "DATABASE_URL": url._replace(path=f"/{name}").geturl(),
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        **more,
    }
    command = [sys.executable, str(Path(site.BASE_DIR) / "manage.py"), "deliver", *options]
    process = subprocess.Popen(command, env=environment, cwd=site.BASE_DIR)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def queue(count: int, stream: int, first: str = "r") -> None:
    letter = Letter("Hello", (Paragraph("Hello."),))
    at = timezone.now()
    with transaction.atomic():
        for number in range(count):
            address = f"{first}{number}@example.org"
            outbox.queue(stream=stream, key=address, to=address, letter=letter, at=at)


def kill_at(sink: Sink, process: subprocess.Popen[bytes], after: int, phase: str) -> None:
    """Have the sink kill the process in the middle of a mail."""
    goal = len(sink.mails) + after

    def watch(now: str, sink: Sink) -> None:
        if now == phase and len(sink.mails) >= goal:
            sink.watch = lambda phase, sink: None
            process.kill()
            process.wait()

    sink.watch = watch


def killed_again_and_again(sink: Sink, kills: Kills, *options: str) -> None:
    for after, phase in kills:
        with deliverer(sink, *options) as process:
            kill_at(sink, process, after, phase)
            assert process.wait(timeout=PATIENCE) == -signal.SIGKILL
        assert Message.objects.filter(state=State.HANDED).count() <= 1
        outbox.sweep(timezone.now() + timedelta(minutes=10))
    with deliverer(sink, *options) as process:
        assert process.wait(timeout=PATIENCE) == 0


def test_digests_while_their_process_is_killed_come_at_most_once() -> None:
    queue(MAILS, Stream.DIGEST)
    with running() as sink:
        killed_again_and_again(sink, KILLS, "--all")
    taken = Counter(mail.message_id for mail in sink.mails)
    rows = dict(Message.objects.values_list("message_id", "state"))
    known = {message_id for message_id, state in rows.items() if state == State.SENT}
    unknown = {message_id for message_id, state in rows.items() if state == State.UNKNOWN}
    assert max(taken.values()) == 1  # no duplicate
    assert known | unknown == set(rows)  # nothing silently lost
    assert known <= set(taken)
    assert len(unknown) <= len(KILLS)


def test_receipts_while_their_process_is_killed_all_come() -> None:
    queue(MAILS, Stream.TRANSACTION)
    with running() as sink:
        killed_again_and_again(sink, KILLS[1:3])
    taken = Counter(mail.message_id for mail in sink.mails)
    assert set(taken) == set(Message.objects.values_list("message_id", flat=True))
    assert sum(taken.values()) - len(taken) <= 2  # once more, with the same Message-ID
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_loop_outlives_its_database_connections_and_its_relay() -> None:
    with running() as sink, deliverer(sink, "--loop") as process:
        queue(1, Stream.SECURITY, "first")
        sink.wait_for(1, seconds=PATIENCE)
        _end_connections_but(_backend())
        queue(1, Stream.SECURITY, "second")
        sink.wait_for(2)
        sink.answers["busy0@example.org", "rcpt"] = "451 busy"
        queue(1, Stream.TRANSACTION, "busy")
        queue(1, Stream.TRANSACTION, "third")
        sink.wait_for(3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0


def test_code_comes_within_five_seconds_behind_a_backlog_of_digests() -> None:
    queue(MAILS, Stream.DIGEST)
    with running() as sink, deliverer(sink, "--loop") as process:
        queue(1, Stream.SECURITY, "warm")
        sink.wait_for(1, seconds=PATIENCE)
        began = monotonic()
        queue(1, Stream.SECURITY, "code")
        sink.wait_for(2)
        assert (monotonic() - began < 5, sink.recipients[1]) == (True, "code0@example.org")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 0
    assert Message.objects.filter(state=State.QUEUED).count() == MAILS


def test_digests_and_a_code_among_them_come_without_redis() -> None:
    consultation = due_now()
    for n in range(DIGESTS):
        make_subscription(make_user(f"reader{n}@example.org"), consultation)
    tasks.make_editions()
    with running() as sink, deliverer(sink, "--loop", "--all", CELERY_BROKER_URL=NO_REDIS):
        sink.strike = lambda phase, talk: sleep(0.5 if talk.recipient.startswith("reader") else 0)
        sink.wait_for(1, seconds=PATIENCE)
        began = monotonic()
        queue(1, Stream.SECURITY, "code")
        awaited(lambda: "code0@example.org" in sink.recipients or None, "the code", 30)
        taken, told = monotonic() - began, len(sink.mails)
        sink.strike = lambda phase, talk: None
        sink.wait_for(DIGESTS + 1, seconds=PATIENCE)
    assert (taken < 5, told < DIGESTS) == (True, True)
    assert sorted(sink.recipients) == sorted(Message.objects.values_list("to", flat=True))


def due_now() -> Consultation:
    """Make a consultation whose first edition is due."""
    now = timezone.now()
    made = make_consultation(opens_at=now - timedelta(days=30))
    slot = newest_slot(made.cadence, now - timedelta(minutes=1))
    first = made.recommendations.get(number=1)
    make_comment(first, state=Comment.State.PUBLISHED, at=slot - timedelta(hours=1))
    return made


@pytest.mark.parametrize("phase", ["dot", "done"])
def test_digests_while_the_database_drops_everybody_come_once_each(phase: str) -> None:
    queue(MAILS, Stream.DIGEST)
    with running() as sink, deliverer(sink, "--loop", "--all"):
        _drop_at(sink, 40, phase)
        sink.wait_for(MAILS, seconds=PATIENCE)
        sleep(0.3)
    assert sorted(sink.recipients) == sorted(Message.objects.values_list("to", flat=True))
    states = Counter(Message.objects.values_list("state", flat=True))
    assert (states["sent"] >= MAILS - 1, states["queued"]) == (True, 0)


def _drop_at(sink: Sink, goal: int, phase: str) -> None:
    ours = _backend()

    def watch(now: str, sink: Sink) -> None:
        if now == phase and len(sink.mails) >= goal:
            sink.watch = lambda phase, sink: None
            _end_connections_but(ours)
            connection.close()

    sink.watch = watch


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def _end_connections_but(ours: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            [ours],
        )
