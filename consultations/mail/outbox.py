"""The outbox: every mail of the site is a row here, written in the transaction of its cause.

Sending the rows lives next door, in `mail.delivery`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Count, F, Q, Value, When
from django.utils.translation import gettext as _

from consultations.mail.addresses import pads, refused
from consultations.mail.letter import Letter, Ready
from consultations.models import Consultation, Message, User

CHANNEL = "outbox"
State, Stream = Message.State, Message.Stream
# A preview quotes people as they stood: it is gone within the hour, as an erasure reaches all.
PREVIEW_LIVES = timedelta(minutes=50)
PREVIEW_OLD = "what it quotes may have been taken back since"
# What a named person settles: what is in doubt, and what failed until somebody has seen to it.
TO_LOOK_AFTER = Q(state=State.UNKNOWN) | Q(state=State.FAILED, settled_by__isnull=True)
_ADDRESS = re.compile(r"[^\s<>,;:\x00-\x1f\x7f]+@[^\s<>,;:@\x00-\x1f\x7f]+")
_INSERT = f"""
WITH made AS (
    INSERT INTO consultations_message (
        stream, dedupe_key, "to", user_id, consultation_id, letter, state, queued_at, not_before,
        done_at, attempts, doubts, message_id, reply
    )
    SELECT %(stream)s, %(key)s, %(to)s, %(user)s, %(consultation)s, %(letter)s::jsonb,
        CASE WHEN unwanted THEN 'suppressed' ELSE 'queued' END, %(at)s, %(not_before)s,
        CASE WHEN unwanted THEN %(at)s::timestamptz END, 0, 0, %(message_id)s, ''
    FROM (SELECT EXISTS (
        SELECT FROM consultations_suppression WHERE {refused("%(to)s")}
    ) AS unwanted) AS known
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING id
)
SELECT id, pg_notify(%(channel)s, %(notice)s) FROM made
"""  # noqa: S608 - made of constants
_INSERT_ALL = f"""
INSERT INTO consultations_message (
    stream, dedupe_key, "to", consultation_id, letter, state, queued_at, not_before, done_at,
    attempts, doubts, message_id, reply
)
SELECT %(stream)s, mail.key, mail."to", %(consultation)s, mail.letter,
    CASE WHEN unwanted THEN 'suppressed' ELSE 'queued' END, %(at)s, %(at)s,
    CASE WHEN unwanted THEN %(at)s::timestamptz END, 0, 0, mail.message_id, ''
FROM jsonb_to_recordset(%(mails)s::jsonb)
    AS mail (key text, "to" text, letter jsonb, message_id text)
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM consultations_suppression WHERE {refused('mail."to"')}
) AS unwanted) AS known
ON CONFLICT (dedupe_key) DO NOTHING
"""  # noqa: S608 - made of constants


class OutboxError(Exception):
    """A mail that cannot be queued, or settled, as asked."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One of many mails that share a cause: its key, its one address, and what it says."""

    key: str
    to: str
    letter: Letter


def new_message_id() -> str:
    """Return a Message-ID of our own domain (RFC 5322, section 3.6.4), never the host's name."""
    return f"<{uuid4().hex}@{settings.MAIL_DOMAIN}>"


def queue(
    *,
    stream: int,
    key: str,
    to: str,
    letter: Letter | Ready,
    at: datetime,
    user: User | None = None,
    consultation: Consultation | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Queue one mail to one address, once for each `key`, and wake who delivers.

    Returns whether the row is new. An address that the relay refused for good gets a row in
    state `suppressed`. Raises OutboxError for an address that would need quoting, and outside a
    transaction: the row must stand or fall with its cause.
    """
    if not connection.in_atomic_block:
        raise OutboxError("queue a mail in the transaction of its cause")
    if not _ADDRESS.fullmatch(to):
        raise OutboxError("not one plain address")
    values: dict[str, Any] = {
        "stream": int(stream),
        "key": key,
        "to": to,
        "user": user.pk if user else None,
        "consultation": consultation.pk if consultation else None,
        "letter": json.dumps(letter.to_json()),
        "at": at,
        "not_before": not_before or at,
        "message_id": new_message_id(),
        **pads(),
        "channel": CHANNEL,
        "notice": str(int(stream)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        return cursor.fetchone() is not None


def queue_all(
    mails: Iterable[Mail], *, stream: int, at: datetime, consultation: Consultation | None = None
) -> int:
    """Queue many mails by one statement, as `queue` does each; return how many rows are new.

    Nobody is woken: what goes to many is Celery's to send, at its next tick.
    """
    if not connection.in_atomic_block:
        raise OutboxError("queue a mail in the transaction of its cause")
    rows = [
        {
            "key": mail.key,
            "to": mail.to,
            "letter": mail.letter.to_json(),
            "message_id": new_message_id(),
        }
        for mail in mails
    ]
    if not all(_ADDRESS.fullmatch(str(row["to"])) for row in rows):
        raise OutboxError("not one plain address")
    values: dict[str, Any] = {
        "stream": int(stream),
        "consultation": consultation.pk if consultation else None,
        **pads(),
        "mails": json.dumps(rows),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ALL, values)
        return int(cursor.rowcount)


def call_back(keys: Sequence[str], *, at: datetime) -> bool:
    """Suppress the mails with these keys that are queued; whether none of them is on its way.

    What was suppressed before, or never queued, is no hindrance. The caller's transaction must
    not commit where this is False.
    """
    overtake(keys, at=at)
    return not Message.objects.filter(dedupe_key__in=keys).exclude(state=State.SUPPRESSED).exists()


def overtake(keys: Sequence[str], *, at: datetime) -> list[str]:
    """Suppress those of the mails with these keys that are queued: what they tell is so no more.

    Returns the keys of those that it suppressed, for `revive`.
    """
    mine = Message.objects.filter(dedupe_key__in=keys, state=State.QUEUED)
    told = list(mine.select_for_update().order_by("pk").values_list("dedupe_key", flat=True))
    mine.filter(dedupe_key__in=told).update(state=State.SUPPRESSED, done_at=at)
    return told


def revive(keys: Sequence[str]) -> None:
    """Queue again what `overtake` suppressed, for its own time: what they tell is so once more."""
    mine = Message.objects.filter(dedupe_key__in=keys, state=State.SUPPRESSED)
    mine.update(state=State.QUEUED, done_at=None)


def hasten(key: str, *, at: datetime) -> None:
    """Let the mail with this key go at once, where it waits for a time of its own."""
    mine = Message.objects.filter(dedupe_key=key, state=State.QUEUED, attempts=0)
    mine.filter(not_before__gt=at).update(not_before=at)


def settle(message: Message, *, by: User, as_sent: bool, at: datetime) -> None:
    """Settle a mail in doubt or one that failed: it is done with, or it is queued once more.

    A mail in doubt that is done with did arrive; one that failed stays so, and is no longer
    counted among those to look after. Raises OutboxError where somebody else has settled it, or
    there was nothing to settle.
    """
    waiting = Message.objects.filter(TO_LOOK_AFTER, pk=message.pk)
    if not as_sent and not message.letter and message.edition_id is None:
        raise OutboxError(_("its words are forgotten by now, so they cannot be sent again"))
    if as_sent:
        arrived = When(state=State.UNKNOWN, then=Value(State.SENT.value))
        state = Case(arrived, default=F("state"))
        changes: dict[str, object] = {"state": state, "done_at": at}
    else:
        changes = _again(at)
    if not waiting.update(settled_by=by, **changes):
        raise OutboxError(_("there is nothing to settle"))
    message.refresh_from_db()


def _again(at: datetime) -> dict[str, object]:
    return {"state": State.QUEUED, "not_before": at, "done_at": None, "lease": None, "doubts": 0}


def sweep(at: datetime) -> Counter[str]:
    """Take back what a process that died held; return how many rows went to each state.

    A preview that nobody has sent within its time fails, and is forgotten.

    A lease that ran out before the final dot: queued again. After it nobody can know (RFC 5321,
    section 4.5.3.2.6 and RFC 1047): a code, receipt or decision is queued once more with the
    same Message-ID; anything else, and any second doubt, is `unknown` and counted.
    """
    ran_out = Message.objects.filter(lease_until__lt=at)
    handed = Q(state=State.HANDED)
    once_more = handed & ~Q(stream=Stream.DIGEST) & Q(doubts=0)
    with transaction.atomic():
        queued = ran_out.filter(state=State.CLAIMED).update(state=State.QUEUED, lease_until=None)
        queued += ran_out.filter(once_more).update(
            state=State.QUEUED, lease_until=None, doubts=F("doubts") + 1
        )
        # a preview, with all that it quotes, is forgotten
        ran_out.filter(handed, letter__has_key="html").update(letter={})
        queued_long = Message.objects.filter(state=State.QUEUED, queued_at__lt=at - PREVIEW_LIVES)
        queued_long.filter(letter__has_key="html").update(
            state=State.FAILED, letter={}, done_at=at, settled_by=None, reply=PREVIEW_OLD
        )
        unknown = ran_out.filter(handed).update(
            state=State.UNKNOWN, lease_until=None, doubts=F("doubts") + 1, done_at=at
        )
    return Counter({State.QUEUED.value: queued, State.UNKNOWN.value: unknown})


def due(at: datetime, *, at_most: int) -> int:
    """Return how many mails may be sent at `at`; no more than `at_most` are counted."""
    waiting = Message.objects.filter(state=State.QUEUED, not_before__lte=at).order_by()
    return waiting[:at_most].count()


def doubtful() -> Counter[str]:
    """Return how many mails are unknown, and how many failed, for those who look after them."""
    states = Message.objects.filter(TO_LOOK_AFTER)
    return Counter(dict(states.order_by().values_list("state").annotate(Count("pk"))))
