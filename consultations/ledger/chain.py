"""The hash-chained record of consequential acts, one chain per consultation: append and verify.

Byte format 1. All text is UTF-8, every hash is written as 64 lower-case hexadecimal digits.

- `salt`: 32 hexadecimal digits, random for each entry.
- `payload`: JSON with sorted keys, no spaces, ASCII only (`\\uXXXX` for the rest), no fractions.
- `payload_hash` = sha256(salt ‖ payload)
- `hash` = sha256 of seven lines joined by LF, without a final one: format, consultation id,
  sequence (from 1, without gaps), instant (`2026-11-22T10:56:53.000000Z`), act, payload_hash,
  and the hash of the entry before ("" for the first).

What was brought from another database is hashed with the numbers of there: see `origins`.

Payloads hold references (slug, number, response reference, version, user id), never texts or
names, but may hold the salted hash of words (`seal`) or of a decision (`seal_decision`), by which
forged ones are found. A payload
row may be deleted, salt and all, and the chain stays valid. A tail cut off is found by comparing
with a head that was noted elsewhere: by each digest, which prints it, or by hand (`known_head`).
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.utils.translation import gettext as _

from consultations.ledger import appeals, decisions, hashes, origins, redactions, words
from consultations.ledger.origins import Origins
from consultations.models import Edition, LedgerEntry, LedgerPayload

JSON: TypeAlias = "str | int | Sequence[JSON] | Mapping[str, JSON] | None"

FORMAT = 1
# The first half of the advisory lock's key; the second is the consultation.
LOCK_CLASS = 0x1ED6E4
ACT = re.compile(r"[a-z_]{1,40}")
CHUNK = 2_000

LOCK = "SELECT pg_advisory_xact_lock(%(class)s, %(consultation)s)"
# The head is read and the entry written in one statement, after the lock, so that each
# appender sees what the one before it has committed.
APPEND = r"""
WITH head AS (
    SELECT sequence, hash FROM consultations_ledgerentry
     WHERE consultation_id = %(consultation)s ORDER BY sequence DESC LIMIT 1
), next AS (
    SELECT coalesce((SELECT sequence FROM head), 0) + 1 AS sequence,
           coalesce((SELECT hash FROM head), '') AS previous
), entry AS (
    INSERT INTO consultations_ledgerentry
           (consultation_id, sequence, act, at, format, payload_hash, previous_hash, hash)
    SELECT %(consultation)s, sequence, %(act)s, %(at)s, %(format)s, %(payload_hash)s, previous,
           encode(sha256(convert_to(concat_ws(E'\n', %(format)s::text, %(consultation)s::text,
                  sequence::text, %(instant)s::text, %(act)s::text, %(payload_hash)s::text,
                  previous), 'UTF8')), 'hex')
      FROM next RETURNING *
), payload AS (
    INSERT INTO consultations_ledgerpayload (entry_id, salt, content)
    SELECT id, %(salt)s, %(content)s::jsonb FROM entry
)
SELECT * FROM entry
"""


class LedgerError(Exception):
    """The entry cannot be written so: a mistake of the caller's."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a chain, and where."""

    sequence: int
    sentence: str


def append(
    *, consultation_id: int, act: str, at: datetime, payload: Mapping[str, JSON]
) -> LedgerEntry:
    """Add one act to the consultation's chain, in the caller's transaction (one round trip).

    Holds the chain's lock until the transaction ends: call it last. Raises LedgerError outside
    a transaction, for an act that is not lower-case words, and for a payload with a fraction.
    """
    if not connection.in_atomic_block:
        raise LedgerError("the ledger is written in the transaction of the act")
    if not ACT.fullmatch(act):
        raise LedgerError(f"{act!r} is no name of an act")
    salt, content = secrets.token_hex(16), _canonical(payload)
    values: dict[str, Any] = {
        "class": LOCK_CLASS,
        "consultation": consultation_id,
        "act": act,
        "at": at,
        "instant": _instant(at),
        "format": FORMAT,
        "payload_hash": hashes.salted(salt, content),
        "salt": salt,
        "content": content,
    }
    with connection.cursor() as cursor:
        # Two statements in one round trip: the second sees what was committed during the wait.
        cursor.execute(f"{LOCK};{APPEND}", values)
        cursor.nextset()
        names = [column[0] for column in cursor.description]
        return LedgerEntry(**dict(zip(names, cursor.fetchone(), strict=True)))


def head(consultation_id: int) -> str:
    """Return the hash of the chain's last entry, or "" for an empty chain."""
    return last(consultation_id)[1]


def last(consultation_id: int) -> tuple[int, str]:
    """Return the sequence and the hash of the chain's last entry, 0 and "" for an empty chain."""
    entries = LedgerEntry.objects.filter(consultation_id=consultation_id)
    return entries.order_by("-sequence").values_list("sequence", "hash").first() or (0, "")


def verify(consultation_id: int, *, known_head: str = "") -> list[Fault]:
    """Return what is wrong with the consultation's chain: nothing, where it is whole.

    Finds entries changed, inserted, removed or re-ordered, payloads that do not match their
    entry, and words, decisions and appeals that are not those sealed, or that no entry tells of;
    an erased payload, or erased words, are no fault.
    `known_head`, a hash noted earlier, finds a cut tail; so does what each digest has printed.
    """
    faults: list[Fault] = []
    sequence, previous, met = 0, "", known_head == ""
    printed, came = _printed(consultation_id), origins.of(consultation_id)
    entries = LedgerEntry.objects.filter(consultation_id=consultation_id)
    for entry in entries.select_related("payload").order_by("sequence").iterator(CHUNK):
        faults += _faults(entry, sequence, previous, came)
        sequence, previous = entry.sequence, entry.hash
        met = met or entry.hash == known_head
        printed.pop((entry.sequence, entry.hash), None)
    for number in sorted(printed.values()):
        said = _("The end that digest %(number)s printed is not in the chain.")
        faults.append(Fault(sequence, said % {"number": number}))
    if not met:
        faults.append(Fault(sequence, _("The end is missing: the noted hash is not in the chain.")))
    changed = _("The words that it records were changed or are gone.")
    faults += [Fault(found, changed) for found in words.forged(consultation_id)]
    changed = _("The numbers with which the record came here were changed.")
    faults += [Fault(found, changed) for found in origins.forged(came)]
    return faults + [
        Fault(found or sequence, changed if found else untold)
        for forged, changed, untold in _beside(consultation_id, came)
        for found in forged
    ]


def _beside(consultation_id: int, came: Origins) -> list[tuple[Iterator[int], str, str]]:
    """Return what is compared both ways: entries with what they tell of, and that with entries.

    Of each, the sequences of the entries that tell of what is not so (0 for what is untold), and
    what to say of the two.
    """
    return [
        (
            redactions.forged(consultation_id, came),
            _("The redactions that it records were changed, are gone, or are not all."),
            _("A redaction stands without any entry."),
        ),
        (
            decisions.forged(consultation_id),
            _("A decision that it records was changed or is gone."),
            _("A decision stands without any entry."),
        ),
        (
            appeals.forged(consultation_id),
            _("The appeal that it records was changed or is gone."),
            _("An appeal, or what became of it, stands without any entry."),
        ),
    ]


def _printed(consultation_id: int) -> dict[tuple[int, str], int]:
    """Return the ends of the chain that digests have printed, each with its first digest."""
    editions = Edition.objects.filter(consultation_id=consultation_id, facts__has_key="record")
    rows = editions.order_by("-number", "pk").values_list("number", "facts__record")
    return {(end["entry"], end["hash"]): number for number, end in rows if end["entry"]}


def _faults(entry: LedgerEntry, sequence: int, previous: str, came: Origins) -> list[Fault]:
    """Return what is wrong with one entry, which follows `sequence` and the hash `previous`."""
    found: list[str] = []
    if entry.sequence != sequence + 1:
        found.append(_("Entries before this one are missing."))
    if entry.previous_hash != previous:
        found.append(_("It does not follow from the entry before it."))
    if entry.hash != _entry_hash(entry, came.consultation(entry.sequence)):
        found.append(_("It was changed after it was written."))
    try:
        payload = entry.payload
    except ObjectDoesNotExist:  # erased, as it may be
        payload = None
    if payload is not None and _hash_of(payload, entry, came) != entry.payload_hash:
        found.append(_("Its payload was changed after it was written."))
    return [Fault(entry.sequence, sentence) for sentence in found]


def _hash_of(payload: LedgerPayload, entry: LedgerEntry, came: Origins) -> str:
    """Return the hash that the entry of a payload must name."""
    written = came.payload(entry.sequence, payload.content)
    return hashes.salted(payload.salt, hashes.compact(written))


def _canonical(payload: Mapping[str, JSON]) -> str:
    """Return the payload's canonical JSON; fractions do not survive a journey through jsonb."""
    if _has_fraction(payload):
        raise LedgerError("a ledger payload holds no fractions")
    return hashes.compact(payload)


def _has_fraction(value: object) -> bool:
    """Whether a float hides anywhere in `value`."""
    if isinstance(value, Mapping):
        return any(_has_fraction(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_has_fraction(inner) for inner in value)
    return isinstance(value, float)


def _instant(at: datetime) -> str:
    """Return the instant in UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _entry_hash(entry: LedgerEntry, consultation: int) -> str:
    """Return the hash that an entry must have, made with the number of its `consultation`."""
    lines = [
        str(entry.format),
        str(consultation),
        str(entry.sequence),
        _instant(entry.at),
        entry.act,
        entry.payload_hash,
        entry.previous_hash,
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
