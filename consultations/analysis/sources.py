"""The named facts behind the numbers in sentences, looked up by their names.

A source is a table's row and what is read there: "all/new", "kind:employer/supporting",
"kind:employer+other/total", "all/movement/opposing", "changes/edited",
"changes/kind:employer/before/total", "duplicates/<key>/size",
"duplicates/<key>/kind:employer/total". `supporting` adds both strengths of support, `opposing` both
of opposition. "quote:<place>" is one of the summary's quotes and holds no number.
"""

from collections.abc import Mapping

from consultations.analysis.shapes import Row, Summary

_SIDES = {
    "supporting": ("strongly_support", "support"),
    "opposing": ("oppose", "strongly_oppose"),
}


def is_quote(source: str) -> bool:
    """Return whether a source is a quote, not a number."""
    return source.startswith("quote:")


def place_of(source: str) -> int | None:
    """Return the place of the quote that a source names, None where it names none."""
    place = source.removeprefix("quote:")
    return int(place) if is_quote(source) and place.isdecimal() else None


def number_behind(summary: Summary, source: str) -> int | None:
    """Return the number that a source names, None where there is no such fact."""
    row, _, name = source.partition("/")
    if row == "changes":
        return _change(summary, name)
    if row == "duplicates":
        return _duplicate(summary, name)
    if row == "all":
        return _of_all(summary, name)
    return _of_row(summary.facts.by_kind, row, name)


def _of_all(summary: Summary, name: str) -> int | None:
    facts = summary.facts
    if name.startswith("movement/"):
        moved = facts.movement
        return None if moved is None else _absolute(_side(moved, name.removeprefix("movement/")))
    counts = {
        "total": facts.total,
        "new": facts.new,
        "unpublished": facts.unpublished,
        "distinct": facts.distinct,
        "organisations": facts.organisations,
        "people": facts.people,
    }
    if name in counts:
        return counts[name]
    return None if facts.stances is None else _side(facts.stances, name)


def _of_row(rows: tuple[Row, ...], named: str, name: str) -> int | None:
    held = next((row for row in rows if named == f"kind:{'+'.join(row.keys)}"), None)
    if held is None:
        return None
    if name in {"total", "new"}:
        return held.total if name == "total" else held.new
    if name.startswith("movement/"):
        moved = held.movement
        return None if moved is None else _absolute(_side(moved, name.removeprefix("movement/")))
    return None if held.stances is None else _side(held.stances, name)


def _duplicate(summary: Summary, name: str) -> int | None:
    key, _, part = name.partition("/")
    held = next((each for each in summary.duplicates if each.key == key), None)
    if held is None:
        return None
    counts = {"size": held.size, "new": held.new, "distinct": held.distinct}
    if part in counts:
        return counts[part]
    row, _, part = part.partition("/")
    return _of_row(held.kinds, row, part)


def _change(summary: Summary, name: str) -> int | None:
    changes = summary.changes
    if changes is None:
        return None
    counts = {
        "new": changes.new,
        "edited": changes.edited,
        "withdrawn": changes.withdrawn,
        "kept": len(changes.kept),
        "added": len(changes.added),
        "dropped": len(changes.dropped),
        "campaigns": len(changes.campaigns),
    }
    if name in counts:
        return counts[name]
    row, _, rest = name.partition("/")
    when, _, part = rest.partition("/")
    for each in changes.stances:
        if row == (f"kind:{'+'.join(each.keys)}" if each.keys else "all"):
            stances = {"before": each.before, "now": each.now}.get(when)
            if stances is None:
                return None
            return sum(stances.values()) if part == "total" else _side(stances, part)
    return None


def _side(stances: Mapping[str, int], name: str) -> int | None:
    if name not in _SIDES:
        return None
    return sum(stances[stance] for stance in _SIDES[name])


def _absolute(number: int | None) -> int | None:
    return None if number is None else abs(number)
