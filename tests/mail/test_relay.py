"""One connection to the relay: what is known to be unsent, and what nobody can know."""

import select

import pytest

from consultations.mail.relay import DoubtError, DroppedError, Relay
from tests.mail.sink import Sink

DATA = b"Subject: Hello\r\n\r\nHello.\r\n"
READER = "reader@example.org"


def hung_up(relay: Relay) -> bool:
    """Wait until the relay has hung up."""
    assert relay._smtp is not None
    assert relay._smtp.sock is not None
    return bool(select.select([relay._smtp.sock], [], [], 5)[0])


def test_relay_that_hangs_up_before_the_dot_is_given_none(sink: Sink) -> None:
    sink.drops[READER] = "data"
    with Relay() as relay:
        relay.open()
        relay.offer(READER, DATA)
        assert hung_up(relay)
        with pytest.raises(DroppedError):
            relay.finish()


def test_relay_that_hangs_up_after_the_dot_leaves_a_doubt(sink: Sink) -> None:
    sink.drops[READER] = "dot"
    with Relay() as relay:
        relay.open()
        relay.offer(READER, DATA)
        with pytest.raises(DoubtError):
            relay.finish()
