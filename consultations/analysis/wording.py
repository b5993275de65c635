"""Sentences made from facts by templates; each names the fact behind each of its numbers.

A source is a table's row and what is read there: "all/new", "kind:employer/supporting",
"kind:employer+other/total", "all/movement/opposing". `supporting` adds both strengths of support,
`opposing` both of opposition.
"""

from dataclasses import dataclass

from consultations.analysis.options import Options
from consultations.analysis.shapes import Facts, Row, Statement

NOT_A_SAMPLE = "People chose to take part, so these figures do not measure what the public thinks."

_NAMES = {
    "employer": ("employer", "employers"),
    "local_leader": ("local leader", "local leaders"),
    "represents_employers": (
        "body that represents employers",
        "bodies that represent employers",
    ),
    "represents_local_government": (
        "body that represents local government",
        "bodies that represent local government",
    ),
    "other": ("other respondent", "other respondents"),
}


@dataclass(frozen=True, slots=True)
class _Side:
    total: int
    supporting: int
    opposing: int

    def share(self, name: str) -> int:
        return self.supporting if name == "supporting" else self.opposing


def sentences_about(facts: Facts, options: Options) -> tuple[Statement, ...]:
    """Return the sentences that the facts allow, from the whole to its parts."""
    made = [
        _sizes(facts),
        _unpublished(facts),
        _stances("all", "comments", facts.total, facts.stances),
        _movement(facts),
        *(_kind(row) for row in facts.by_kind),
        _between(facts, options),
        Statement(NOT_A_SAMPLE, ()),
    ]
    return tuple(each for each in made if each is not None)


def supporting(stances: dict[str, int]) -> int:
    """Return how many support, strongly or not."""
    return stances["strongly_support"] + stances["support"]


def opposing(stances: dict[str, int]) -> int:
    """Return how many oppose, strongly or not."""
    return stances["strongly_oppose"] + stances["oppose"]


def _sizes(facts: Facts) -> Statement:
    if not facts.total:
        return Statement("None so far.", ("all/total",))
    new = f"{facts.new:,}" if facts.new else "No"
    noun = "comment" if facts.new == 1 else "comments"
    return Statement(f"{new} new {noun}, {facts.total:,} in all.", ("all/new", "all/total"))


def _unpublished(facts: Facts) -> Statement | None:
    if not facts.unpublished:
        return None
    verb = "is" if facts.unpublished == 1 else "are"
    text = f"{facts.unpublished:,} of them {verb} counted here but not published."
    return Statement(text, ("all/unpublished",))


def _stances(row: str, noun: str, total: int, stances: dict[str, int]) -> Statement | None:
    if not total:
        return None
    text = f"Of {total:,} {noun if total > 1 else noun.removesuffix('s')}, {_both(stances)}."
    return Statement(text, (f"{row}/total", f"{row}/supporting", f"{row}/opposing"))


def _both(stances: dict[str, int]) -> str:
    return f"{_verb(supporting(stances), 'support')} and {_verb(opposing(stances), 'oppose')}"


def _verb(number: int, verb: str) -> str:
    if number == 1:
        return f"1 {verb}s"
    return f"{number:,} {verb}" if number else f"none {verb}"


def _kind(row: Row) -> Statement:
    source = f"kind:{'+'.join(row.keys)}"
    if len(row.keys) == 1:
        name = _NAMES[row.keys[0]][row.total != 1]
    else:
        plural = [_NAMES[key][1] for key in row.keys]
        name = f"{', '.join(plural[:-1])} and {plural[-1]} (counted together)"
    if row.stances is None:
        return Statement(
            f"{row.total:,} {name}: what they said is not told apart.", (f"{source}/total",)
        )
    text = f"Of {row.total:,} {name}, {_both(row.stances)}."
    return Statement(text, (f"{source}/total", f"{source}/supporting", f"{source}/opposing"))


def _movement(facts: Facts) -> Statement | None:
    if facts.movement is None:
        return None
    changes = {
        "supporting": (supporting(facts.movement), "support"),
        "opposing": (opposing(facts.movement), "oppose"),
    }
    told = {name: each for name, each in changes.items() if each[0]}
    if not told:
        return None
    parts = [
        f"{abs(by):,} {'more' if by > 0 else 'fewer'} {verb}{'s' if abs(by) == 1 else ''}"
        for by, verb in told.values()
    ]
    text = f"Since the last edition, {' and '.join(parts)}."
    return Statement(text, tuple(f"all/movement/{name}" for name in told))


def _between(facts: Facts, options: Options) -> Statement | None:
    """Employers and local leaders: differ past a published threshold, agree by one as plain."""
    sides = {
        row.keys: _Side(row.total, supporting(row.stances), opposing(row.stances))
        for row in facts.by_kind
        if row.stances is not None
    }
    one, other = sides.get(("employer",)), sides.get(("local_leader",))
    if one is None or other is None or min(one.total, other.total) < options.differ_group:
        return None
    apart = options.differ_points
    for name in ("supporting", "opposing"):
        if _points_apart(one, other, name, apart):
            return _parted(one, other)
    for name in ("supporting", "opposing"):
        if all(2 * side.share(name) > side.total for side in (one, other)):
            return _agreed(one, other, name)
    return None


def _points_apart(one: _Side, other: _Side, name: str, points: int) -> bool:
    """In whole numbers: shares of the two groups that lie so many percentage points apart."""
    first, second = one.share(name), other.share(name)
    gap = abs(first * other.total - second * one.total)
    return 100 * gap >= points * one.total * other.total


def _parted(one: _Side, other: _Side) -> Statement:
    text = (
        "Employers and local leaders differ: "
        f"{_verb(one.supporting, 'support')} and {_verb(one.opposing, 'oppose')} "
        f"of {one.total:,} employers; "
        f"{_verb(other.supporting, 'support')} and {_verb(other.opposing, 'oppose')} "
        f"of {other.total:,} local leaders."
    )
    names = ("supporting", "opposing", "total")
    sources = [f"kind:{kind}/{name}" for kind in ("employer", "local_leader") for name in names]
    return Statement(text, tuple(sources))


def _agreed(one: _Side, other: _Side, name: str) -> Statement:
    verb = {"supporting": "support", "opposing": "oppose"}[name]
    text = (
        f"Employers and local leaders agree: {one.share(name):,} of {one.total:,} employers "
        f"and {other.share(name):,} of {other.total:,} local leaders {verb} this."
    )
    kinds = ("employer", "local_leader")
    return Statement(text, tuple(f"kind:{k}/{part}" for k in kinds for part in (name, "total")))
