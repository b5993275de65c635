"""Sending what the outbox holds: exactly once where that can be known, and never silently lost.

SMTP is not idempotent: between our final dot and the relay's answer nobody can know (RFC 1047).
So `handed` is committed just before the dot and `sent` after the answer, and what a crash leaves
between the two is in doubt, visibly. Each mail's `sent` shares a commit with the next `handed`.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F

from consultations.mail import leases, standing
from consultations.mail.leases import Claimed, Sent
from consultations.mail.letter import LetterError
from consultations.mail.mime import ascii_address
from consultations.mail.outbox import PREVIEW_LIVES, PREVIEW_OLD
from consultations.mail.relay import (
    DoubtError,
    DroppedError,
    RefusedError,
    Relay,
    RelayAwayError,
)
from consultations.models import Message

# How many are claimed at once: few where the relay is slow, as what is claimed asks nobody any more
# whether its reader has left meanwhile, or whether a code has come that is more urgent.
LEAST, FIRST, MOST = 10, 100, 250
ROUND = timedelta(seconds=5)  # then the rest of what was claimed is put back, and claimed afresh
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
GIVE_UP = timedelta(days=4)  # RFC 5321, section 4.5.4.1
CODE_LIVES = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
SOON = timedelta(seconds=5)  # until a relay that is away, or a mail in doubt, is tried again
State, Stream = Message.State, Message.Stream

Clock = Callable[[], datetime]
Render = Callable[[Sequence[Claimed]], Mapping[int, bytes | None]]


class DeliveryError(Exception):
    """Delivery was called where it cannot work."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the mails that one `drain` took up; `away` where the relay was not there."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    suppressed: int = 0
    away: bool = False


def drain(
    *,
    streams: Sequence[int],
    limit: int,
    at_clock: Clock,
    render: Render | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Send up to `limit` due mails, the most urgent stream first, on one connection.

    `render` returns, by id, the bytes of mails that carry an edition and no letter of their own,
    None for those to be tried again later; without it those are left alone. `stopped` is asked
    between mails. Raises DeliveryError inside a transaction, in which nothing could be committed
    before the dot.
    """
    if connection.in_atomic_block:
        raise DeliveryError("mail cannot be delivered inside a transaction")
    tally: Counter[str] = Counter()
    taken, size, away = 0, FIRST, False
    with Relay() as relay:
        while taken < limit and not away and not stopped():
            lease, clock = uuid4(), _running_from(at_clock())
            claimed, suppressed = leases.claim(
                streams=streams,
                size=min(size, limit - taken),
                editions=render is not None,
                lease=lease,
                at=clock(),
            )
            tally["suppressed"] += suppressed
            if not claimed and not suppressed:
                break
            done, away = _Round(relay, lease, clock, tally).run(claimed, render, stopped)
            taken += done + suppressed
            size = max(LEAST, min(2 * done, MOST))
    return Report(**tally, away=away)


def _running_from(start: datetime) -> Clock:
    """Return a clock that goes on from `start`: asking the database for each mail costs a query."""
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def pause(attempts: int) -> timedelta:
    """Return how long to wait after that many earlier attempts: a minute, doubling to 4 hours."""
    return min(FIRST_PAUSE * (1 << min(attempts, 16)), LONGEST_PAUSE)


def _insisting(write: Callable[[], object]) -> None:
    """Write what is known, on a new connection where the database has been restarted meanwhile."""
    for seconds in (0.2, 1, 2, 4):
        try:
            write()
        except DatabaseError:
            connection.close()
            time.sleep(seconds)
        else:
            return
    write()


class _Round:
    """One claimed batch on its way through the relay."""

    def __init__(self, relay: Relay, lease: UUID, clock: Clock, tally: Counter[str]) -> None:
        self.relay, self.lease, self.clock, self.tally = relay, lease, clock, tally
        self.pending: Sent | None = None

    def run(
        self, claimed: Sequence[Claimed], render: Render | None, stopped: Callable[[], bool]
    ) -> tuple[int, bool]:
        """Send what was claimed, put back what is left when the round's time is over.

        Returns how many were dealt with, and whether the relay was away.
        """
        left = deque(claimed)
        not_before: datetime | None
        try:
            # an edition that cannot be written must not stand before all others for good
            not_before = self.clock() + FIRST_PAUSE
            of_editions = [message for message in claimed if message.edition_id is not None]
            ready = render(of_editions) if render and of_editions else {}
            not_before = None
            until = self.clock() + ROUND
            while left and not stopped() and self.clock() < until:
                self._send(left[0], ready)
                left.popleft()
        except RelayAwayError:
            not_before = self.clock() + SOON
        finally:
            self._flush()
            if left:
                ids = [message.id for message in left]
                _insisting(lambda: leases.release(ids, lease=self.lease, not_before=not_before))
        return len(claimed) - len(left), not_before is not None

    def _send(self, message: Claimed, ready: Mapping[int, bytes | None]) -> None:
        """Send one mail, and mark what became of it; raise RelayAwayError with it untouched."""
        age = self.clock() - message.queued_at
        if message.stream == Stream.SECURITY and age > CODE_LIVES:
            return self._fail(message, "the code in it has run out")
        if "html" in message.letter and age > PREVIEW_LIVES:
            return self._fail(message, PREVIEW_OLD)
        if message.id in ready and ready[message.id] is None:
            return self._retry(message, "the digest could not be written")
        try:
            recipient = ascii_address(message.to)  # first: nothing can be written to such a one
            data = ready.get(message.id) or standing.compose(message)
        except LetterError as error:
            return self._fail(message, str(error))
        self.relay.open()
        try:
            self.relay.offer(recipient, data)
            if not self._hand(message):
                return self.relay.close()  # the lease ran out: somebody else has this mail
            self.pending = Sent(message.id, self.relay.finish())
        except RefusedError as error:
            return self._refused(message, error)
        except DroppedError as error:
            return self._retry(message, f"dropped before the final dot: {error}")
        except DoubtError as error:
            return self._doubt(message, f"dropped after the final dot: {error}")
        if message.stream != Stream.DIGEST:
            self._flush()
        return None

    def _hand(self, message: Claimed) -> bool:
        """Commit that this mail is about to be handed over, and that the last one was sent."""
        sent, at = self.pending, self.clock()
        ours = leases.hand(handed=message.id, sent=sent, lease=self.lease, at=at)
        self._count_pending()
        return ours

    def _flush(self) -> None:
        """Commit that the last mail was sent."""
        sent = self.pending
        if sent is not None:
            at = self.clock()
            _insisting(lambda: leases.hand(handed=None, sent=sent, lease=self.lease, at=at))
            self._count_pending()

    def _count_pending(self) -> None:
        self.tally["sent"] += self.pending is not None
        self.pending = None

    def _refused(self, message: Claimed, error: RefusedError) -> None:
        if not error.for_good:
            return self._retry(message, error.words)
        if error.nobody_there:
            leases.suppress(message.to, reason=error.words, at=self.clock())
        return self._fail(message, error.words)

    def _retry(self, message: Claimed, words: str) -> None:
        at = self.clock()
        if at - message.queued_at > GIVE_UP:
            return self._fail(message, words)
        later = at + pause(message.attempts)
        self._end(message, "retried", words, state=State.QUEUED, not_before=later)
        return None

    def _doubt(self, message: Claimed, words: str) -> None:
        """A code, receipt or decision is sent once more; a digest never is."""
        at, doubts = self.clock(), F("doubts") + 1
        if message.stream == Stream.DIGEST or message.doubts:
            changes = {"state": State.UNKNOWN, "done_at": at}
            self._end(message, "unknown", words, doubts=doubts, **changes)
        else:
            soon = {"state": State.QUEUED, "not_before": at + SOON}
            self._end(message, "retried", words, doubts=doubts, **soon)

    def _fail(self, message: Claimed, words: str) -> None:
        ended = {"state": State.FAILED, "done_at": self.clock(), "settled_by": None}
        self._end(message, "failed", words, **ended)

    def _end(self, message: Claimed, outcome: str, words: str, **changes: object) -> None:
        attempts = F("attempts") + 1
        changes |= {"attempts": attempts, "reply": words[:500]}
        leases.end(message, lease=self.lease, **changes)
        self.tally[outcome] += 1
