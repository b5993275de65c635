"""Is a summary true to its snapshot? Counted again from the entries, by code of its own."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from consultations.analysis.quoted import check_quotes
from consultations.analysis.shapes import Row, Statement, Summary
from consultations.analysis.snapshot import Snapshot
from consultations.analysis.tables import check_tables, moved, same_stances
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
        *check_tables(summary, snapshot, previous),
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
    yield from same_stances("all", summary.facts.stances, entries)


def _overall_movement(summary: Summary, previous: Summary | None) -> Iterator[Violation]:
    facts = summary.facts
    before = None if previous is None else previous.facts.stances
    yield from moved(
        "all", facts.movement, facts.stances, facts.new, before, summary, previous is not None
    )


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
        changes = facts.movement if held is None else held.movement
        return None if changes is None else abs(_side(changes, name.removeprefix("movement/")))
    counts = {"total": facts.total, "new": facts.new, "unpublished": facts.unpublished}
    if held is not None:
        counts = {"total": held.total, "new": held.new}
    if name in counts:
        return counts[name]
    return None if stances is None else _side(stances, name)


def _side(stances: Mapping[str, int], name: str) -> int:
    return sum(stances[stance] for stance in _SIDES.get(name, ()))
