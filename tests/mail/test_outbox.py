"""Exactly once into the outbox: in its cause's transaction, by its key, to one plain address."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from consultations.mail import leases, outbox
from consultations.mail.letter import Letter, Paragraph
from consultations.mail.outbox import OutboxError
from consultations.models import Message, Suppression
from tests.factories import make_user

State, Stream = Message.State, Message.Stream
LETTER = Letter("Hello", (Paragraph("Hello."),))
pytestmark = pytest.mark.django_db


def queue(key: str = "k", to: str = "leader@example.org", stream: int = Stream.TRANSACTION) -> bool:
    return outbox.queue(stream=stream, key=key, to=to, letter=LETTER, at=timezone.now())


def held(state: str, *, stream: int = Stream.TRANSACTION, doubts: int = 0) -> Message:
    """Make a message whose lease has run out."""
    key = uuid4().hex
    queue(key, stream=stream)
    Message.objects.filter(dedupe_key=key).update(
        state=state, doubts=doubts, lease=uuid4(), lease_until=timezone.now() - timedelta(seconds=1)
    )
    return Message.objects.get(dedupe_key=key)


def test_queue_writes_the_row(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    at, user = timezone.now(), make_user("Leader@Example.org")
    with django_assert_num_queries(1):
        made = outbox.queue(
            stream=Stream.SECURITY,
            key="code:1",
            to=user.email,
            letter=LETTER,
            at=at,
            user=user,
            not_before=at + timedelta(hours=1),
        )
    row = Message.objects.get()
    assert made is True
    assert Letter.from_json(row.letter) == LETTER
    assert (row.state, row.queued_at, row.not_before) == ("queued", at, at + timedelta(hours=1))
    assert (row.user, row.attempts, row.doubts, row.done_at) == (user, 0, 0, None)
    assert row.message_id.startswith("<")
    assert row.message_id.endswith("@localhost>")


def test_queue_twice_with_one_key_is_one_row() -> None:
    assert [queue(), queue(), Message.objects.count()] == [True, False, 1]


def test_queue_to_a_suppressed_address_is_never_sent() -> None:
    leases.suppress("Leader@example.org", reason="550 5.1.1", at=timezone.now())
    assert queue(to="LEADER@example.org") is True
    row = Message.objects.get()
    assert (row.state, row.done_at is not None) == (State.SUPPRESSED, True)


@pytest.mark.parametrize("to", ["", "a", "a@b\r\nX: y", "a@b,c@d", "A <a@b>", "a@b c"])
def test_queue_to_what_is_not_one_address_is_refused(to: str) -> None:
    with pytest.raises(OutboxError):
        queue(to=to)


@pytest.mark.django_db(transaction=True)
def test_queue_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutboxError):
        queue()


@pytest.mark.django_db(transaction=True)
def test_queue_in_a_transaction_that_fails_leaves_nothing() -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert Message.objects.count() == 0


def test_suppress_twice_is_one_row() -> None:
    for _ in range(2):
        leases.suppress("A@example.org", reason="550", at=timezone.now())
    assert list(Suppression.objects.values_list("address", flat=True)) == ["a@example.org"]


@pytest.mark.parametrize(
    ("stream", "state", "doubts", "after"),
    [
        (Stream.DIGEST, State.CLAIMED, 0, (State.QUEUED, 0)),
        (Stream.DIGEST, State.HANDED, 0, (State.UNKNOWN, 1)),
        (Stream.TRANSACTION, State.CLAIMED, 0, (State.QUEUED, 0)),
        (Stream.TRANSACTION, State.HANDED, 0, (State.QUEUED, 1)),
        (Stream.TRANSACTION, State.HANDED, 1, (State.UNKNOWN, 2)),
        (Stream.SECURITY, State.HANDED, 0, (State.QUEUED, 1)),
    ],
)
def test_sweep_of_a_lease_that_ran_out(
    stream: int, state: str, doubts: int, after: tuple[str, int]
) -> None:
    row = held(state, stream=stream, doubts=doubts)
    moved = outbox.sweep(timezone.now())
    swept = Message.objects.get()
    assert (swept.state, swept.doubts, swept.message_id) == (*after, row.message_id)
    assert moved[after[0]] == 1


def test_sweep_of_a_lease_that_runs_changes_nothing() -> None:
    held(State.CLAIMED)
    assert outbox.sweep(timezone.now() - timedelta(minutes=1)).total() == 0
    assert Message.objects.get().state == State.CLAIMED


def test_sent_after_the_sweep_gave_up_is_known_to_be_sent() -> None:
    row = held(State.HANDED, stream=Stream.DIGEST)
    outbox.sweep(timezone.now())
    assert row.lease is not None
    leases.hand(handed=None, sent=leases.Sent(row.pk, "250"), lease=row.lease, at=timezone.now())
    assert Message.objects.get().state == State.SENT


def test_settle_as_sent_names_who() -> None:
    row, officer = held(State.UNKNOWN, stream=Stream.DIGEST), make_user()
    outbox.settle(row, by=officer, as_sent=True, at=timezone.now())
    assert (row.state, row.settled_by) == (State.SENT, officer)


def test_settle_as_not_sent_queues_it_with_the_same_message_id() -> None:
    row, officer = held(State.UNKNOWN, stream=Stream.DIGEST, doubts=1), make_user()
    before = row.message_id
    outbox.settle(row, by=officer, as_sent=False, at=timezone.now())
    assert (row.state, row.settled_by, row.message_id) == (State.QUEUED, officer, before)
    assert (row.doubts, row.lease) == (0, None)


def test_settle_twice_is_refused() -> None:
    row, officer = held(State.UNKNOWN), make_user()
    outbox.settle(row, by=officer, as_sent=True, at=timezone.now())
    with pytest.raises(OutboxError):
        outbox.settle(row, by=officer, as_sent=False, at=timezone.now())


def test_doubtful_counts_by_state() -> None:
    for state in (State.UNKNOWN, State.UNKNOWN, State.FAILED, State.SENT):
        held(state)
    assert outbox.doubtful() == {"unknown": 2, "failed": 1}


@pytest.mark.django_db(transaction=True)
def test_queue_wakes_who_listens() -> None:
    parameters = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password")
    known = {name: parameters[name] for name in names if name in parameters}
    with psycopg.connect(**known, autocommit=True) as ear:
        ear.execute("LISTEN outbox")
        with transaction.atomic():
            queue()
        heard = [notice.payload for notice in ear.notifies(timeout=2, stop_after=1)]
    assert heard == ["1"]


def test_settle_of_a_failed_mail_leaves_it_failed_and_seen_to() -> None:
    row, officer = held(State.FAILED), make_user()
    outbox.settle(row, by=officer, as_sent=True, at=timezone.now())
    assert (row.state, row.settled_by) == (State.FAILED, officer)
    assert outbox.doubtful() == {}
    with pytest.raises(OutboxError):
        outbox.settle(row, by=officer, as_sent=True, at=timezone.now())


def test_settle_of_a_failed_mail_can_send_it_again() -> None:
    row, officer = held(State.FAILED), make_user()
    outbox.settle(row, by=officer, as_sent=False, at=timezone.now())
    assert (row.state, row.settled_by) == (State.QUEUED, officer)
