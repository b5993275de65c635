"""Is a summary true to its snapshot? Counted again from the entries, by code of its own."""

from collections.abc import Iterator
from dataclasses import asdict

from consultations.analysis.compared import check_changes, check_ground
from consultations.analysis.frozen import check_frozen
from consultations.analysis.grouped import check_duplicates
from consultations.analysis.options import Options
from consultations.analysis.quoted import check_quotes
from consultations.analysis.resembling import check_related
from consultations.analysis.shapes import METHOD, Summary
from consultations.analysis.snapshot import Snapshot
from consultations.analysis.tables import check_tables, hides_all, moved, same_stances
from consultations.analysis.violation import Violation
from consultations.analysis.wording import NOT_A_SAMPLE

__all__ = ["Violation", "check_frozen", "verify"]

_LEAST = 5  # promised: smaller rows with unpublished comments, and smaller movements, stay hidden


def verify(
    summary: Summary,
    snapshot: Snapshot,
    previous: Summary | None = None,
    options: Options | None = None,
) -> list[Violation]:
    """Return what is wrong with a summary, in a fixed order; nothing means that all of it holds.

    Without `previous`, what is told of it cannot be checked, only whether it may be told; without
    `options`, only whether the summary holds to those that it names.
    """
    found = [
        *_frame(summary, snapshot, previous),
        *_totals(summary, snapshot),
        *check_tables(summary, snapshot, previous),
        *_overall_movement(summary, previous),
        *check_quotes(summary, snapshot),
        *check_related(summary, snapshot),
        *check_duplicates(summary, snapshot, previous),
        *check_ground(summary, snapshot),
        *check_changes(summary, snapshot, previous),
    ]
    if options is not None and summary.options != options:
        found.append(Violation("options", "summary", "are not those that were asked for"))
    return found + list(_statements(summary))


def _frame(summary: Summary, snapshot: Snapshot, previous: Summary | None) -> Iterator[Violation]:
    if summary.method != METHOD:
        yield Violation("method", "summary", "was made by another method")
    if summary.recommendation != snapshot.recommendation:
        yield Violation("recommendation", "summary", "belongs to another recommendation")
    if summary.snapshot != snapshot.digest():
        yield Violation("snapshot", "summary", "was made from other comments")
    if previous is not None and summary.previous != previous.digest():
        yield Violation("previous", "summary", "was compared with another edition")
    if summary.whole and (summary.previous or any(entry.new for entry in snapshot.entries)):
        yield Violation("whole", "summary", "covers the whole time, and tells something as new")
    if min(summary.options.minimum_row, summary.options.minimum_new) < _LEAST:
        yield Violation("options", "summary", f"hides only what is smaller than {_LEAST}")


def _totals(summary: Summary, snapshot: Snapshot) -> Iterator[Violation]:
    entries = snapshot.entries
    counted = {
        "total": len(entries),
        "new": len([entry for entry in entries if entry.new]),
        "unpublished": len([entry for entry in entries if not entry.published]),
        "people": len([entry for entry in entries if entry.organisation == ""]),
        "organisations": len({entry.organisation for entry in entries if entry.organisation}),
    }
    told = asdict(summary.facts)
    for name, number in counted.items():
        if told[name] != number:
            yield Violation("count", f"all/{name}", f"{told[name]} told, {number} counted")
    stances = summary.facts.stances
    if (stances is None) != hides_all(entries, summary.options.minimum_row):
        yield Violation("rows", "all", "is told where it is to be hidden, or the reverse")
    elif stances is not None:
        yield from same_stances("all", stances, entries)


def _overall_movement(summary: Summary, previous: Summary | None) -> Iterator[Violation]:
    facts = summary.facts
    before = None if previous is None else previous.facts.stances
    yield from moved(
        "all", facts.movement, facts.stances, facts.new, before, summary, previous is not None
    )


def _statements(summary: Summary) -> Iterator[Violation]:
    yield from check_frozen(summary)
    if NOT_A_SAMPLE not in {each.text for each in summary.statements}:
        yield Violation("statement", "statements", "do not say that this is no sample")
