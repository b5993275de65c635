"""Do a summary's frozen counts add up? Part of `check_frozen`."""

from collections.abc import Iterator, Sequence

from consultations.analysis.shapes import Duplicate, Row, Summary
from consultations.analysis.snapshot import STANCES
from consultations.analysis.violation import Violation


def check_sums(summary: Summary) -> Iterator[Violation]:
    """Yield where a part is larger than its whole, or the parts are not the whole."""
    facts = summary.facts
    untold = facts.stances is None
    if facts.stances is not None and sum(facts.stances.values()) != facts.total:
        yield Violation("sum", "all/stances", "do not add up")
    if max(facts.new, facts.unpublished, facts.people + facts.organisations) > facts.total:
        yield Violation("sum", "all", "holds more than all")
    if facts.distinct > facts.total:
        yield Violation("sum", "all/distinct", "holds more texts than comments")
    if untold and (facts.movement, facts.by_kind, facts.by_region) != (None, (), ()):
        yield Violation("sum", "all/stances", "are not told, and told in part")
    if not untold:
        yield from _table("kind", facts.by_kind, summary)
        yield from _table("region", facts.by_region, summary)
    if facts.by_body:
        yield from _table("body", facts.by_body, summary)
    keys = [each.key for each in summary.duplicates]
    if len(keys) != len(set(keys)):
        yield Violation("duplicate", "duplicates", "stand twice")
    for each in summary.duplicates:
        yield from _group(f"duplicates/{each.key}", each, summary)


def _table(name: str, rows: Sequence[Row], summary: Summary) -> Iterator[Violation]:
    facts = summary.facts
    yield from _rows(name, rows)
    if _sizes(rows) != (facts.total, facts.new):
        yield Violation("sum", name, "does not add up to all")
    stances = [row.stances for row in rows if row.stances is not None]
    if len(stances) == len(rows):
        whole = {stance: sum(each[stance] for each in stances) for stance in STANCES}
        if whole != facts.stances:
            yield Violation("sum", name, "has other stances than all")


def _rows(name: str, rows: Sequence[Row]) -> Iterator[Violation]:
    for row in rows:
        where = f"{name}:{'+'.join(row.keys)}"
        if row.stances is not None and sum(row.stances.values()) != row.total:
            yield Violation("sum", where, "does not add up")
        if row.new > row.total or (row.movement is not None and row.stances is None):
            yield Violation("sum", where, "tells more than it holds")


def _sizes(rows: Sequence[Row]) -> tuple[int, int]:
    return sum(row.total for row in rows), sum(row.new for row in rows)


def _group(where: str, each: Duplicate, summary: Summary) -> Iterator[Violation]:
    if not 2 <= each.size <= summary.facts.total or max(each.new, each.distinct) > each.size:
        yield Violation("sum", where, "has no such size")
    if each.campaign and each.size < summary.options.campaign:
        yield Violation("duplicate", where, "is no campaign")
    if each.stances is not None and sum(each.stances.values()) != each.size:
        yield Violation("sum", where, "does not add up")
    yield from _rows(where, each.kinds)
    if each.kinds and _sizes(each.kinds) != (each.size, each.new):
        yield Violation("sum", where, "does not add up")
