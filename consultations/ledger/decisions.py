"""Decisions beside the chain: each is sealed in the entry of its act, and compared with it.

The seal covers what was decided, on what and why; when and by whom is the entry's own. So one that
was changed, inserted or deleted is found. Of entries made before decisions were sealed, and of
those whose payload was erased, it is only asked that somebody acted at that instant.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from consultations.ledger import hashes
from consultations.models import Decision, LedgerEntry, LedgerPayload

KEY = "decided"
# The acts that tell of decisions.
ACTS = frozenset(
    {
        *("comment_published", "comment_rejected", "comment_held", "comment_hidden"),
        *("comment_redacted", "comment_unredacted", "decision_undone"),
        *("claim_confirmed", "claim_refused", "report_dismissed", "report_upheld"),
        *("document_published", "document_rejected", "document_held", "document_hidden"),
        *("appeal_upheld", "appeal_dismissed", "responses_imported"),
    }
)
CHUNK = 2_000
FIELDS = ("verb", "state_before", "state_after", "reason__code", "note")
# Rows that a case may be about and that have no reference: the payload names them by number.
NUMBERED = ("membership", "report", "appeal")

Seal: TypeAlias = dict[str, str | int]
# When, and by whom, where that is known.
Moment: TypeAlias = tuple[datetime, int | None]


class Stored(NamedTuple):
    """One decision as it stands in its table."""

    pk: int
    at: datetime
    by: int
    content: list[Any]
    numbers: dict[str, int | None]


def seal_decision(decision: Decision, about: str = "") -> Seal:
    """Return the seal of a decision that was just taken, for `decided` in its act's payload.

    `about` is the reference of the comment or document; a report is about its comment. Of a claim
    and of an appeal there is none: the payload names them.
    """
    undone = decision.undoes
    content = _content(
        about,
        *(str(decision.verb), decision.state_before, decision.state_after),
        *(decision.reason.code if decision.reason else "", decision.note),
        decision.version.number if decision.version else 0,
        *((str(undone.verb), undone.decided_at) if undone else ("", None)),
    )
    salt = secrets.token_hex(16)
    return {"salt": salt, "hash": hashes.salted(salt, hashes.compact(content))}


def seal_decisions(batch: UUID, at: datetime) -> list[Seal]:
    """Return the one seal of all decisions that an import took at an instant; none where none."""
    rows = _of_batch(batch, at)
    if not rows:
        return []
    salt = secrets.token_hex(16)
    return [{"salt": salt, "hash": hashes.salted(salt, hashes.compact(rows))}]


def forged(consultation_id: int) -> Iterator[int]:
    """Yield the sequence of each entry whose decisions were changed or are gone.

    0 stands for each decision of which no entry tells. In memory there are a chunk of decisions,
    and the keys of all.
    """
    told: set[int] = set()
    batches: dict[tuple[datetime, UUID], int] = {}
    payloads = LedgerPayload.objects.filter(
        entry__consultation_id=consultation_id, content__has_key=KEY
    ).order_by("entry__sequence")
    rows = payloads.values_list("entry__sequence", "entry__at", "content").iterator(CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        stored = _stored(consultation_id, {at for _n, at, said in chunk if "batch" not in said})
        for sequence, at, said in chunk:
            if "batch" in said:
                batch = UUID(said["batch"])
                found = _of_batch(batch, at, said["by"])
                batches[at, batch] = sum(row[-1] for row in found)
                if not _same_batch(said[KEY], found):
                    yield sequence
                continue
            for seal in said[KEY]:
                one = _sealed(seal, said, stored[at], told)
                if one is None:
                    yield sequence
                else:
                    told.add(one)
    yield from _untold(consultation_id, told, batches)


def _stored(consultation_id: int, instants: Collection[datetime]) -> dict[datetime, list[Stored]]:
    """Return what was decided at these instants (one query)."""
    rows = Decision.objects.filter(
        case__consultation_id=consultation_id, decided_at__in=instants
    ).order_by("pk")
    found: dict[datetime, list[Stored]] = defaultdict(list)
    comment = Coalesce("case__comment__reference", "case__report__comment__reference")
    for pk, at, by, about, document, *rest in rows.values_list(
        *("pk", "decided_at", "decided_by", comment, "case__document__reference"),
        *(*FIELDS, "version__number", "undoes__verb", "undoes__decided_at"),
        *(f"case__{name}" for name in NUMBERED),
    ):
        content = _content(about or document, *rest[:-3])
        found[at].append(Stored(pk, at, by, content, dict(zip(NUMBERED, rest[-3:], strict=True))))
    return found


def _content(
    about: str | None,
    verb: str,
    before: str,
    after: str,
    reason: str | None,
    note: str,
    version: int | None,
    undone: str | None,
    undone_at: datetime | None,
) -> list[Any]:
    """Return what is hashed of a decision: no names, and no numbers of rows."""
    instant = undone_at.astimezone(UTC).isoformat(timespec="microseconds") if undone_at else ""
    return [
        about or "",
        verb,
        before,
        after,
        reason or "",
        note,
        version or 0,
        undone or "",
        instant,
    ]


def _sealed(
    seal: Mapping[str, str], said: Mapping[str, Any], rows: Sequence[Stored], told: Collection[int]
) -> int | None:
    """Return the key of the decision that the seal of an entry is of, if it stands."""
    for row in rows:
        named = all(said.get(name) == key for name, key in row.numbers.items() if key)
        if row.pk in told or row.by != said["by"] or not named:
            continue
        if hashes.salted(seal["salt"], hashes.compact(row.content)) == seal["hash"]:
            return row.pk
    return None


def _of_batch(batch: UUID, at: datetime, by: int | None = None) -> list[list[Any]]:
    """Return what was decided in an import, and of how many comments (one query)."""
    rows = Decision.objects.filter(decided_at=at, version__seal__batch=batch)
    if by is not None:
        rows = rows.filter(decided_by=by)
    # As many cases, each of the comment whose version it is: no decision was moved to another.
    mine = Q(case__comment=F("version__comment"))
    cases = Count("case", distinct=True, filter=mine)
    groups = rows.order_by(*FIELDS).values_list(*FIELDS)
    return [[*row] for row in groups.annotate(cases=cases, n=Count("pk"))]


def _same_batch(seals: Sequence[Mapping[str, str]], rows: Sequence[Sequence[Any]]) -> bool:
    if not seals or not rows:
        return not seals and not rows
    [seal] = seals
    return hashes.salted(seal["salt"], hashes.compact(rows)) == seal["hash"]


def _untold(
    consultation_id: int, told: Collection[int], batches: Mapping[tuple[datetime, UUID], int]
) -> Iterator[int]:
    """Yield 0 for each decision that no entry tells of (one query where there is none)."""
    decisions = Decision.objects.filter(case__consultation_id=consultation_id)
    if decisions.count() == len(told) + sum(batches.values()):
        return
    old = _before_seals(consultation_id)
    rows = decisions.order_by("pk").values_list(
        "pk", "decided_at", "decided_by", "version__seal__batch"
    )
    for pk, at, by, batch in rows.iterator(CHUNK):
        if pk not in told and (at, batch) not in batches and not {(at, by), (at, None)} & old:
            yield 0


def _before_seals(consultation_id: int) -> set[Moment]:
    """Return when, and by whom, there were decisions of which no seal is left to compare."""
    entries = LedgerEntry.objects.filter(
        Q(payload__isnull=True) | ~Q(payload__content__has_key=KEY),
        consultation_id=consultation_id,
        act__in=ACTS,
    )
    rows = entries.order_by("sequence").values_list("at", "payload__content__by")
    return {(at, by) for at, by in rows.iterator(CHUNK)}
