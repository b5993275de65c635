"""Outbox rows claimed for a while, and marked with what became of them.

Each function is one statement and one commit: no lock or transaction is held while anybody talks
to the relay. `mail.delivery` decides, `mail.outbox.sweep` takes back what a dead process held.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from consultations.mail.addresses import pads, refused
from consultations.models import Message, Suppression
from consultations.models.open_to import may_read

State = Message.State
# The keys of what is told of a closing time, which they name (`digests.plan`).
_OF_THE_CLOSE = "^milestone:(fortnight|last|closed):"
_MAY_READ = f"c.id IS NULL OR {may_read(consultation='c', person='u')}"
# A letter waits for minutes, a digest for its turn: meanwhile its reader may have another address.
# A code is for the address that it was asked for.
_ADDRESS = 'CASE WHEN m.stream = 0 OR u.id IS NULL THEN m."to" ELSE u.email END'
_CLAIM = f"""
WITH due AS MATERIALIZED (
    SELECT id FROM consultations_message
    WHERE state = 'queued' AND not_before <= %(at)s AND (%(editions)s OR edition_id IS NULL)
        AND stream = (
            SELECT min(stream) FROM consultations_message
            WHERE state = 'queued' AND not_before <= %(at)s AND stream = ANY(%(streams)s)
                AND (%(editions)s OR edition_id IS NULL)
        )
    ORDER BY not_before, id LIMIT %(size)s FOR UPDATE SKIP LOCKED
), judged AS (
    SELECT m.id, {_ADDRESS} AS address,
        COALESCE(s.token, '') AS token, COALESCE(u.name, '') AS name,
        COALESCE(c.slug, '') AS slug, COALESCE(c.title, '') AS title,
        EXISTS (SELECT FROM consultations_suppression WHERE {refused(_ADDRESS)})
        OR (m.stream = 2 AND u.id IS NOT NULL AND NOT u.is_active)
        OR (m.stream = 2 AND u.id IS NOT NULL AND c.id IS NOT NULL AND COALESCE(
            s.choice <> 'every'
            AND NOT (s.choice IN ('milestones', 'unchosen') AND m.edition_id IS NULL)
            AND NOT (s.choice = 'milestones' AND COALESCE(e.final, FALSE)), TRUE
        )) OR (m.stream = 2 AND u.id IS NOT NULL AND NOT ({_MAY_READ}))
        OR COALESCE(e.state = 'withdrawn', FALSE)
        OR COALESCE((e.final OR c.answers_shown = 'closed') AND e.slot < c.closes_at, FALSE)
        OR COALESCE(m.dedupe_key ~ '{_OF_THE_CLOSE}' AND split_part(m.dedupe_key, ':', 4)
            <> to_char(c.closes_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS'), FALSE) AS unwanted
    FROM due JOIN consultations_message AS m ON m.id = due.id
    LEFT JOIN consultations_user AS u ON u.id = m.user_id
    LEFT JOIN consultations_consultation AS c ON c.id = m.consultation_id
    LEFT JOIN consultations_edition AS e ON e.id = m.edition_id
    LEFT JOIN consultations_subscription AS s
        ON s.user_id = m.user_id AND s.consultation_id = m.consultation_id
)
UPDATE consultations_message AS m SET
    "to" = address, state = CASE WHEN unwanted THEN 'suppressed' ELSE 'claimed' END,
    done_at = CASE WHEN unwanted THEN %(at)s::timestamptz END,
    lease = %(lease)s,
    lease_until = CASE WHEN NOT unwanted THEN %(until)s::timestamptz END
FROM judged WHERE m.id = judged.id AND m.state = 'queued'
RETURNING m.id, m.stream, m."to", m.letter, m.edition_id, m.consultation_id, m.user_id,
    m.message_id, m.queued_at, m.attempts, m.doubts, token, name, slug, title, unwanted
"""  # noqa: S608 - made of constants
# The last mail's `sent` and this one's `handed` in one commit. A code, and a preview with all that
# it quotes, are forgotten once they are sent. A mail that the sweep has given up
# meanwhile is still ours to mark as sent: the relay has said so.
HAND = """
UPDATE consultations_message SET
    state = CASE WHEN id = %(sent)s THEN 'sent' ELSE 'handed' END,
    done_at = CASE WHEN id = %(sent)s THEN %(at)s::timestamptz END,
    lease_until = CASE WHEN id = %(sent)s THEN NULL ELSE %(until)s::timestamptz END,
    reply = CASE WHEN id = %(sent)s THEN %(reply)s ELSE reply END,
    letter = CASE WHEN id = %(sent)s AND (stream = 0 OR letter ? 'html') THEN '{}' ELSE letter END
WHERE id IN (%(sent)s, %(handed)s) AND lease = %(lease)s AND (
    (id = %(sent)s AND state IN ('handed', 'unknown', 'queued'))
    OR (id = %(handed)s AND state = 'claimed')
)
RETURNING id
"""


# A preview, with all that it quotes, is forgotten in these states, as where it was sent.
FORGOTTEN = (State.FAILED, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this process may send, with what its reader's copy needs."""

    id: int
    stream: int
    to: str
    letter: dict[str, Any]
    edition_id: int | None
    consultation_id: int | None
    user_id: int | None
    message_id: str
    queued_at: datetime
    attempts: int
    doubts: int
    token: str  # of the reader's subscription; "" without one
    name: str  # of the reader; "" where it is not known
    slug: str  # of the consultation, as its title
    title: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that the relay has taken, and its words."""

    id: int
    reply: str


def lease_length() -> timedelta:
    """Return how long a claim holds: longer than the wait for the final dot's answer."""
    return timedelta(seconds=max(60, 4 * settings.EMAIL_TIMEOUT))


def claim(
    *, streams: Iterable[int], size: int, editions: bool, lease: UUID, at: datetime
) -> tuple[list[Claimed], int]:
    """Claim up to `size` mails of the most urgent stream in which any are due.

    Returns them, and how many were suppressed. What is for a person goes to the address that they
    have now, whichever they had when it was queued.

    Suppressed are mails to an address that was refused for good, digests and milestones whose
    reader has since left, asked for less, or may read the consultation no more, and digests that
    were withdrawn, final summaries and digests of answers that are shown after the close alone
    which were made before it was moved, and what tells of a closing time that was moved.
    """
    values: dict[str, Any] = {
        "streams": [int(stream) for stream in streams],
        "size": size,
        "editions": editions,
        "lease": lease,
        "at": at,
        "until": at + lease_length(),
        **pads(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        rows = cursor.fetchall()
    ours = [
        Claimed(row[0], row[1], row[2], json.loads(row[3]), *row[4:-1])
        for row in rows
        if not row[-1]
    ]
    return sorted(ours, key=lambda claimed: claimed.id), len(rows) - len(ours)


def hand(*, handed: int | None, sent: Sent | None, lease: UUID, at: datetime) -> bool:
    """Mark the last mail as sent, and this one as handed over; return whether it is still ours."""
    values: dict[str, Any] = {
        "sent": sent.id if sent else 0,
        "reply": sent.reply[:500] if sent else "",
        "handed": handed or 0,
        "lease": lease,
        "at": at,
        "until": at + lease_length(),
    }
    with connection.cursor() as cursor:
        cursor.execute(HAND, values)
        return handed in {row[0] for row in cursor.fetchall()}


def release(ids: Iterable[int], *, lease: UUID, not_before: datetime | None = None) -> None:
    """Put claimed mails back as if they had never been taken, not to be tried for a while."""
    later = {"not_before": not_before} if not_before else {}
    claimed = Message.objects.filter(pk__in=list(ids), lease=lease, state=State.CLAIMED)
    claimed.update(state=State.QUEUED, lease=None, lease_until=None, **later)


def end(message: Claimed, *, lease: UUID, **changes: object) -> None:
    """Write what became of a mail that was not sent, where it is still ours."""
    held: Sequence[str] = [State.CLAIMED, State.HANDED]
    mine = Message.objects.filter(pk=message.id, lease=lease, state__in=held)
    if changes["state"] in FORGOTTEN and "html" in message.letter:
        changes["letter"] = {}
    mine.update(lease_until=None, **changes)


def suppress(address: str, *, reason: str, at: datetime) -> None:
    """Send nothing more to an address."""
    row = Suppression(address=address.lower(), reason=reason[:500], since=at)
    Suppression.objects.bulk_create([row], ignore_conflicts=True)
