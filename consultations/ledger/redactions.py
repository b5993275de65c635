"""What is removed from comments, beside the chain: sealed version by version, and compared with it.

The seal covers every removal of a version, ended ones too, with the words: changed, forged and
deleted rows are all found, and none of the words can be read from it.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from consultations.ledger import hashes
from consultations.ledger.origins import Origins
from consultations.models import Comment, CommentVersion, LedgerPayload, Redaction

KEY = "redactions"
# A version, by the references that payloads hold: response, recommendation, number.
Place: TypeAlias = tuple[str, int, int]
Seal: TypeAlias = dict[str, str | int]
# The sequence of an entry, and the seal that it holds.
Sealed: TypeAlias = tuple[int, Seal]
# From a person's number here to the one that they had where a seal was made.
Number: TypeAlias = Callable[[int | None], int | None]


def seal_redactions(version: CommentVersion) -> Seal:
    """Return the seal of all redactions of a version, for `redactions` in an act's payload.

    The hash is sha256(salt ‖ JSON list of the rows, written as a payload is).
    """
    rows = list(Redaction.objects.filter(version=version))
    salt = secrets.token_hex(16)
    sealed = _sealed(salt, rows, version.text, lambda person: person)
    return {"version": version.number, "rows": len(rows), "salt": salt, "hash": sealed}


def carried(comment: Comment, version: CommentVersion) -> dict[str, list[Seal]]:
    """Return what the payload of a submission says of removals that went into it with its text."""
    if not comment.redacted or not Redaction.objects.filter(version=version).exists():
        return {}
    return {KEY: [seal_redactions(version)]}


def forged(consultation_id: int, came: Origins) -> Iterator[int]:
    """Yield the sequence of each entry whose redactions are not those stored (two queries).

    `came` tells where they were sealed. 0 stands for redactions of which no entry tells. Of erased
    words only the rows are counted.
    """
    recorded = _recorded(consultation_id)
    stored = _stored(consultation_id)
    for place, (sequence, said) in recorded.items():
        rows = stored.get(place, [])
        erased = bool(rows) and rows[0].version.erased_at is not None
        if len(rows) != said["rows"] or not (
            erased or _same(said, rows, partial(came.person, sequence))
        ):
            yield sequence
    for place, rows in stored.items():
        if place not in recorded and rows[0].version.erased_at is None:
            yield 0


def _recorded(consultation_id: int) -> dict[Place, Sealed]:
    """Return what the chain says last of each version."""
    payloads = LedgerPayload.objects.filter(
        entry__consultation_id=consultation_id, content__has_key=KEY
    ).order_by("entry__sequence")
    latest: dict[Place, Sealed] = {}
    for sequence, said in payloads.values_list("entry__sequence", "content").iterator():
        for one in said[KEY]:
            place = said["response"], said["recommendation"], one["version"]
            latest[place] = sequence, one
    return latest


def _stored(consultation_id: int) -> dict[Place, list[Redaction]]:
    found: dict[Place, list[Redaction]] = defaultdict(list)
    rows = Redaction.objects.filter(version__response__consultation_id=consultation_id)
    related = rows.select_related("version__response", "version__comment__recommendation")
    for row in related.order_by("version", "start", "pk"):
        version = row.version
        number = version.comment.recommendation.number
        found[version.response.reference, number, version.number].append(row)
    return found


def _same(said: Seal, rows: Sequence[Redaction], number: Number) -> bool:
    if not rows:
        return False
    return _sealed(str(said["salt"]), rows, rows[0].version.text, number) == said["hash"]


def _sealed(salt: str, rows: Sequence[Redaction], text: str, number: Number) -> str:
    """Return the hash of the rows of one version with this salt, each person by their `number`."""
    told = sorted(
        [
            *(row.start, row.end, row.mask, number(row.redacted_by_id), _instant(row.redacted_at)),
            *(number(row.ended_by_id) or 0, _instant(row.ended_at), text[row.start : row.end]),
        ]
        for row in rows
    )
    return hashes.salted(salt, hashes.compact(told))


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""
