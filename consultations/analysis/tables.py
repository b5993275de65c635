"""Are a summary's tables true to its snapshot, and merged as promised? Counted once more."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from consultations.analysis.shapes import Row, Summary
from consultations.analysis.snapshot import KINDS, MEMBERS, STANCES, Entry, Snapshot
from consultations.analysis.violation import Violation

_Held: TypeAlias = dict[str, list[Entry]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A row as it is due: which codes, how many, how many unpublished; and who speaks for whom."""

    keys: frozenset[str]
    size: int
    hidden: int
    speaks_for: frozenset[str]
    speaks: frozenset[str]
    told: bool = True

    def plus(self, other: "_Part") -> "_Part":
        return _Part(
            self.keys | other.keys,
            self.size + other.size,
            self.hidden + other.hidden,
            self.speaks_for | other.speaks_for,
            self.speaks | other.speaks,
        )


_Parted: TypeAlias = Callable[[_Part, _Part], bool]


def check_tables(
    summary: Summary, snapshot: Snapshot, previous: Summary | None
) -> Iterator[Violation]:
    """Yield what is wrong with the tables by kind, region and body, in this order."""
    minimum, entries = summary.options.minimum_row, snapshot.entries
    if hides_all(entries, minimum):
        if any(_told(summary, name) for name in ("kind", "region", "body")):
            yield Violation("rows", "all", "are told where all is to be hidden")
        return
    kinds, regions, bodies = (_held(entries, key) for key in (_kind, _region, _kind_and_body))
    due = _partition(kinds, KINDS, minimum, _members_parted)
    yield from _table("kind", due, kinds, summary, previous)
    order = (*sorted(filter(None, regions)), "")
    yield from _table(
        "region", _partition(regions, order, minimum, _never), regions, summary, previous
    )
    parts = [part for kind in due for part in _within(kind, bodies, minimum)]
    if all(entry.body == "" for entry in entries):
        parts = []
    yield from _table("body", parts, bodies, summary, previous)


def hides_all(entries: Sequence[Entry], minimum: int) -> bool:
    """Whether of these comments, as they are so few, only the size may be told."""
    return len(entries) < minimum and any(not entry.published for entry in entries)


def check_make_up(
    where: str,
    told: tuple[Mapping[str, int] | None, Sequence[Row]],
    entries: Sequence[Entry],
    minimum: int,
) -> Iterator[Violation]:
    """Yield where the stances and rows by kind that are told of some comments are not theirs."""
    stances, rows = told
    if hides_all(entries, minimum):
        if stances is not None or rows:
            yield Violation("rows", where, "is told where it is to be hidden")
        return
    kinds = _held(entries, _kind)
    yield from _counted(where, _partition(kinds, KINDS, minimum, _members_parted), kinds, rows)
    if any(row.movement is not None for row in rows):
        yield Violation("movement", where, "is told of a part")
    if stances is None:
        yield Violation("rows", where, "is hidden where it is to be told")
    else:
        yield from same_stances(where, stances, entries)


def check_sizes(
    where: str,
    told: Sequence[tuple[tuple[str, ...], int]],
    sizes: Mapping[str, tuple[int, int]],
    order: Sequence[str],
    minimum: int,
    *,
    members: bool = False,
) -> Iterator[Violation]:
    """Yield what is wrong with a table of sizes alone: its rows (codes, total), by `sizes`.

    Those hold, by code, how many there are and how many of them are not public; `members` where
    rows of representatives are never added to those of their members.
    """
    held = {
        code: _Part(frozenset({code}), size, hidden, frozenset(), frozenset())
        for code, (size, hidden) in sizes.items()
        if size
    }
    due = _folded(list(held.values()), order, minimum, _members_parted if members else _never)
    expected = sorted((sorted(part.keys), part.size) for part in due)
    if expected != sorted((sorted(keys), total) for keys, total in told if total):
        yield Violation("rows", where, "are not those of the answers, or not merged as is due")


def same_stances(
    where: str, told: Mapping[str, int], entries: Sequence[Entry]
) -> Iterator[Violation]:
    """Yield where stances differ from those of the entries."""
    counted = Counter(entry.stance for entry in entries)
    if dict(told) != {stance: counted[stance] for stance in STANCES}:
        yield Violation("count", f"{where}/stances", "differ from the comments")


def _kind(entry: Entry) -> str:
    return entry.kind


def _region(entry: Entry) -> str:
    return entry.region


def _kind_and_body(entry: Entry) -> str:
    return ":".join((entry.kind, entry.body))


def _held(entries: Sequence[Entry], key: Callable[[Entry], str]) -> _Held:
    held: _Held = {}
    for entry in entries:
        held.setdefault(key(entry), []).append(entry)
    return held


def _told(summary: Summary, name: str) -> tuple[Row, ...]:
    facts = summary.facts
    return {"kind": facts.by_kind, "region": facts.by_region, "body": facts.by_body}[name]


def _table(
    name: str, due: list[_Part], held: _Held, summary: Summary, previous: Summary | None
) -> Iterator[Violation]:
    rows = _told(summary, name)
    yield from _counted(name, due, held, rows)
    for row in rows:
        where = f"{name}:{'+'.join(row.keys)}"
        yield from _row_movement(where, row, summary, previous, name)


def _counted(name: str, due: list[_Part], held: _Held, rows: Sequence[Row]) -> Iterator[Violation]:
    untold = {part.keys for part in due if not part.told}
    if sorted(sorted(part.keys) for part in due) != sorted(sorted(row.keys) for row in rows):
        yield Violation("rows", name, "are not merged as the rule for small rows asks")
    for row in rows:
        where = f"{name}:{'+'.join(row.keys)}"
        entries = [entry for key in row.keys for entry in held.get(key, ())]
        if (row.total, row.new) != (len(entries), sum(entry.new for entry in entries)):
            yield Violation("count", where, "differs from the comments")
        if (row.stances is None) != (frozenset(row.keys) in untold):
            yield Violation("rows", where, "is told where it is to be hidden, or the reverse")
        elif row.stances is not None:
            yield from same_stances(where, row.stances, entries)


def _within(kind: _Part, bodies: _Held, minimum: int) -> Iterator[_Part]:
    """Part one row by kind: nothing in it is told that the row itself does not allow."""
    mine = {key: each for key, each in bodies.items() if key.partition(":")[0] in kind.keys}
    order = sorted(mine, key=lambda key: (KINDS.index(key.partition(":")[0]), key[-1:] == ":", key))
    for part in _partition(mine, tuple(order), minimum, _represented_parted):
        yield part if kind.told else _hidden(part)


def _partition(held: _Held, order: tuple[str, ...], minimum: int, parted: _Parted) -> list[_Part]:
    """The rule once more, in other words: fold the smallest offender into its smallest peer.

    One without a peer is shut away, with as many of the smallest as keep it company.
    """
    return _folded([_part(key, each) for key, each in held.items()], order, minimum, parted)


def _folded(left: list[_Part], order: Sequence[str], minimum: int, parted: _Parted) -> list[_Part]:
    def size(part: _Part) -> tuple[int, int]:
        return part.size, min(order.index(key) for key in part.keys)

    shut = list[_Part]()
    while offenders := [part for part in left if part.hidden and part.size < minimum]:
        if len(left) + len(shut) == 1:
            break
        offender = min(offenders, key=size)
        left.remove(offender)
        if peers := [part for part in left if not parted(part, offender)]:
            peer = min(peers, key=size)
            left.remove(peer)
            left.append(offender.plus(peer))
            continue
        shut.append(offender)
        while left and any(part.hidden for part in shut):
            if sum(part.size for part in shut) >= minimum:
                break
            company = min(left, key=size)
            left.remove(company)
            shut.append(company)
    return [*left, *map(_hidden, shut)]


def _part(key: str, entries: Sequence[Entry]) -> _Part:
    bodies = [entry.kind for entry in entries if entry.representative]
    return _Part(
        keys=frozenset({key}),
        size=len(entries),
        hidden=sum(not entry.published for entry in entries),
        speaks_for=frozenset(MEMBERS.get(kind, kind) for kind in bodies),
        speaks=frozenset(entry.kind for entry in entries if not entry.representative),
    )


def _hidden(part: _Part) -> _Part:
    return _Part(part.keys, part.size, part.hidden, part.speaks_for, part.speaks, told=False)


def _members_parted(one: _Part, other: _Part) -> bool:
    """Whether representatives and members stand in two parts, and would be added up."""
    pairs = [frozenset(pair) for pair in MEMBERS.items()]
    return any(pair & one.keys and pair & other.keys for pair in pairs)


def _represented_parted(one: _Part, other: _Part) -> bool:
    """Whether those for whom one part speaks stand in the other."""
    return not (one.speaks_for.isdisjoint(other.speaks) and other.speaks_for.isdisjoint(one.speaks))


def _never(_one: _Part, _other: _Part) -> bool:
    return False


def _row_movement(
    where: str, row: Row, summary: Summary, previous: Summary | None, name: str
) -> Iterator[Violation]:
    before: dict[str, int] | None = None
    rows = () if previous is None else _told(previous, name)
    # a table that was not told is none in which nobody stood
    if previous is not None and previous.facts.stances is not None and (rows or name != "body"):
        overlapping = [each for each in rows if set(each.keys) & set(row.keys)]
        if not overlapping:
            before = dict.fromkeys(STANCES, 0)
        elif [each.keys for each in overlapping] == [row.keys]:
            before = overlapping[0].stances
    yield from moved(
        where, row.movement, row.stances, row.new, before, summary, previous is not None
    )


def moved(
    where: str,
    told: Mapping[str, int] | None,
    now: Mapping[str, int] | None,
    new: int,
    before: Mapping[str, int] | None,
    summary: Summary,
    compared: bool,
) -> Iterator[Violation]:
    """Yield what is wrong with a movement, from `before` to `now` (None: not told)."""
    due: dict[str, int] | None = None
    if before is not None and now is not None and new >= summary.options.minimum_new:
        due = {stance: now[stance] - before[stance] for stance in STANCES}
    if told is not None and (new < summary.options.minimum_new or not summary.previous):
        yield Violation("movement", where, "is told where too few are new")
    elif compared and told != due:
        yield Violation("movement", where, "differs from the two editions")
