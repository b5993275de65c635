"""Is a summary true to its snapshot? Counted again from the entries, by code of its own."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from consultations.analysis.quoted import check_quotes
from consultations.analysis.shapes import Row, Statement, Summary
from consultations.analysis.snapshot import KINDS, MEMBERS, STANCES, Entry, Snapshot
from consultations.analysis.violation import Violation
from consultations.analysis.wording import NOT_A_SAMPLE, sentences_about

__all__ = ["Violation", "verify"]

_LEAST = 5  # promised: smaller rows with unpublished comments, and smaller movements, stay hidden
_NUMBER = re.compile(r"\d[\d,]*|\b[Nn]one\b|\bNo(?= new\b)")
_SIDES = {
    "supporting": ("strongly_support", "support"),
    "opposing": ("oppose", "strongly_oppose"),
}


def verify(
    summary: Summary, snapshot: Snapshot, previous: Summary | None = None
) -> list[Violation]:
    """Return what is wrong with a summary, in a fixed order; nothing means that all of it holds.

    Without `previous`, the size of movements cannot be checked, only whether they may be told.
    """
    found = [
        *_frame(summary, snapshot, previous),
        *_totals(summary, snapshot),
        *_table("kind", summary, snapshot, previous),
        *_table("region", summary, snapshot, previous),
        *_overall_movement(summary, previous),
        *check_quotes(summary, snapshot),
    ]
    return found + list(_statements(summary))


def _frame(summary: Summary, snapshot: Snapshot, previous: Summary | None) -> Iterator[Violation]:
    if summary.recommendation != snapshot.recommendation:
        yield Violation("recommendation", "summary", "belongs to another recommendation")
    if summary.snapshot != snapshot.digest():
        yield Violation("snapshot", "summary", "was made from other comments")
    if previous is not None and summary.previous != previous.digest():
        yield Violation("previous", "summary", "was compared with another edition")
    if min(summary.options.minimum_row, summary.options.minimum_new) < _LEAST:
        yield Violation("options", "summary", f"hides only what is smaller than {_LEAST}")


def _totals(summary: Summary, snapshot: Snapshot) -> Iterator[Violation]:
    entries = snapshot.entries
    counted = {
        "total": len(entries),
        "new": len([entry for entry in entries if entry.new]),
        "unpublished": len([entry for entry in entries if not entry.published]),
        "organisations": len({entry.organisation for entry in entries if entry.organisation}),
    }
    told = asdict(summary.facts)
    for name, number in counted.items():
        if told[name] != number:
            yield Violation("count", f"all/{name}", f"{told[name]} told, {number} counted")
    yield from _same_stances("all", summary.facts.stances, entries)


def _same_stances(
    where: str, told: Mapping[str, int], entries: Sequence[Entry]
) -> Iterator[Violation]:
    counted = Counter(entry.stance for entry in entries)
    if dict(told) != {stance: counted[stance] for stance in STANCES}:
        yield Violation("count", f"{where}/stances", "differ from the comments")


@dataclass(frozen=True, slots=True)
class _Part:
    keys: frozenset[str]
    size: int
    hidden: int


def _table(
    name: str, summary: Summary, snapshot: Snapshot, previous: Summary | None
) -> Iterator[Violation]:
    rows = summary.facts.by_kind if name == "kind" else summary.facts.by_region
    held: dict[str, list[Entry]] = {}
    for entry in snapshot.entries:
        held.setdefault(entry.kind if name == "kind" else entry.region, []).append(entry)
    due = _partition(name, held, summary.options.minimum_row)
    if sorted(map(sorted, due)) != sorted(sorted(row.keys) for row in rows):
        yield Violation("rows", name, "are not merged as the rule for small rows asks")
    for row in rows:
        where = f"{name}:{'+'.join(row.keys)}"
        entries = [entry for key in row.keys for entry in held.get(key, ())]
        if (row.total, row.new) != (len(entries), sum(entry.new for entry in entries)):
            yield Violation("count", where, "differs from the comments")
        yield from _same_stances(where, row.stances, entries)
        yield from _row_movement(where, row, summary, previous, name)


def _partition(name: str, held: dict[str, list[Entry]], minimum: int) -> list[frozenset[str]]:
    """The rule once more, in other words: fold the smallest offender into its smallest peer."""
    order = KINDS if name == "kind" else (*sorted(filter(None, held)), "")
    parts = [
        _Part(frozenset({key}), len(each), sum(not entry.published for entry in each))
        for key, each in held.items()
    ]

    def size(part: _Part) -> tuple[int, int]:
        return part.size, min(order.index(key) for key in part.keys)

    while len(parts) > 1 and any(part.hidden and part.size < minimum for part in parts):
        offender = min((p for p in parts if p.hidden and p.size < minimum), key=size)
        parts.remove(offender)
        pairs = {frozenset(pair) for pair in MEMBERS.items()}
        apart = [part for part in parts if not any(_parted(pair, part, offender) for pair in pairs)]
        peer = min(apart or parts, key=size)
        parts.remove(peer)
        hidden = offender.hidden + peer.hidden
        parts.append(_Part(offender.keys | peer.keys, offender.size + peer.size, hidden))
    return [part.keys for part in parts]


def _parted(pair: frozenset[str], one: _Part, other: _Part) -> bool:
    """Whether representatives and members stand in two parts, and would be added up."""
    halves = [pair & part.keys for part in (one, other)]
    return bool(halves[0] and halves[1])


def _overall_movement(summary: Summary, previous: Summary | None) -> Iterator[Violation]:
    facts = summary.facts
    before = None if previous is None else previous.facts.stances
    yield from _moved(
        "all", facts.movement, facts.stances, facts.new, before, summary, previous is not None
    )


def _row_movement(
    where: str, row: Row, summary: Summary, previous: Summary | None, name: str
) -> Iterator[Violation]:
    before: dict[str, int] | None = None
    if previous is not None:
        rows = previous.facts.by_kind if name == "kind" else previous.facts.by_region
        overlapping = [each for each in rows if set(each.keys) & set(row.keys)]
        if not overlapping:
            before = dict.fromkeys(STANCES, 0)
        elif [each.keys for each in overlapping] == [row.keys]:
            before = overlapping[0].stances
    yield from _moved(
        where, row.movement, row.stances, row.new, before, summary, previous is not None
    )


def _moved(
    where: str,
    told: Mapping[str, int] | None,
    now: Mapping[str, int],
    new: int,
    before: Mapping[str, int] | None,
    summary: Summary,
    compared: bool,
) -> Iterator[Violation]:
    due: dict[str, int] | None = None
    if before is not None and new >= summary.options.minimum_new:
        due = {stance: now[stance] - before[stance] for stance in STANCES}
    if told is not None and (new < summary.options.minimum_new or not summary.previous):
        yield Violation("movement", where, "is told where too few are new")
    elif compared and told != due:
        yield Violation("movement", where, "differs from the two editions")


def _statements(summary: Summary) -> Iterator[Violation]:
    due = sentences_about(summary.facts, summary.options)
    if summary.statements != due:
        yield Violation("statement", "statements", "are not those that the facts allow")
    if NOT_A_SAMPLE not in {each.text for each in summary.statements}:
        yield Violation("statement", "statements", "do not say that this is no sample")
    for place, statement in enumerate(summary.statements):
        if _numbers(statement) != [_read(summary, source) for source in statement.sources]:
            yield Violation("statement", f"statements/{place}", "has numbers without a source")


def _numbers(statement: Statement) -> list[int | None]:
    found = _NUMBER.findall(statement.text)
    return [int(each.replace(",", "")) if each[0].isdigit() else 0 for each in found]


def _read(summary: Summary, source: str) -> int | None:
    """Return the number that a source names, None where there is no such fact."""
    row, _, name = source.partition("/")
    facts = summary.facts
    held: Row | None = None
    if row != "all":
        held = next((e for e in facts.by_kind if row == f"kind:{'+'.join(e.keys)}"), None)
        if held is None:
            return None
    stances = facts.stances if held is None else held.stances
    if name.startswith("movement/"):
        moved = facts.movement if held is None else held.movement
        return None if moved is None else abs(_side(moved, name.removeprefix("movement/")))
    counts = {"total": facts.total, "new": facts.new, "unpublished": facts.unpublished}
    if held is not None:
        counts = {"total": held.total, "new": held.new}
    return counts[name] if name in counts else _side(stances, name)


def _side(stances: Mapping[str, int], name: str) -> int:
    return sum(stances[stance] for stance in _SIDES.get(name, ()))
