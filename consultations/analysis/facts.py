"""Counts of what people declared: stances overall, by kind and by region, and what moved."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from consultations.analysis.shapes import Facts, Options, Row
from consultations.analysis.snapshot import KINDS, MEMBERS, STANCES, Entry, Snapshot


@dataclass(frozen=True, slots=True)
class _Group:
    keys: tuple[str, ...]
    entries: tuple[Entry, ...]

    def hides(self, minimum: int) -> bool:
        """Too few, and some of them unpublished: their stances could be worked out."""
        return len(self.entries) < minimum and not all(each.published for each in self.entries)


def count(snapshot: Snapshot, previous: Facts | None, options: Options) -> Facts:
    """Return the facts of a snapshot, with movement where the previous edition's are given."""
    entries = snapshot.entries
    stances, new = _stances(entries), sum(entry.new for entry in entries)
    before = None if previous is None else previous.stances
    return Facts(
        total=len(entries),
        new=new,
        unpublished=sum(not entry.published for entry in entries),
        organisations=len({entry.organisation for entry in entries} - {""}),
        stances=stances,
        movement=_difference(stances, before) if new >= options.minimum_new else None,
        by_kind=_table(
            entries, _kind, KINDS, None if previous is None else previous.by_kind, options
        ),
        by_region=_table(
            entries,
            _region,
            _region_order(entries),
            None if previous is None else previous.by_region,
            options,
        ),
    )


def percentage(part: int, base: int, *, minimum: int = 20) -> int | None:
    """Return part of base in whole per cent, halves up, or None where the base is too small."""
    return None if base < minimum else (200 * part + base) // (2 * base)


def _kind(entry: Entry) -> str:
    return entry.kind


def _region(entry: Entry) -> str:
    return entry.region


def _region_order(entries: Iterable[Entry]) -> tuple[str, ...]:
    """By code; those who gave no region stand last."""
    return tuple(sorted({entry.region for entry in entries}, key=lambda code: (not code, code)))


def _stances(entries: Iterable[Entry]) -> dict[str, int]:
    counts = dict.fromkeys(STANCES, 0)
    for entry in entries:
        counts[entry.stance] += 1
    return counts


def _difference(now: dict[str, int], before: dict[str, int] | None) -> dict[str, int] | None:
    return None if before is None else {stance: now[stance] - before[stance] for stance in STANCES}


def _table(
    entries: tuple[Entry, ...],
    key: Callable[[Entry], str],
    order: tuple[str, ...],
    previous: tuple[Row, ...] | None,
    options: Options,
) -> tuple[Row, ...]:
    held: dict[str, list[Entry]] = {code: [] for code in order}
    for entry in entries:
        held[key(entry)].append(entry)
    groups = [_Group((code,), tuple(each)) for code, each in held.items() if each]
    merged = _merged(groups, order, options.minimum_row)
    return tuple(_moved(_row(group), previous, options.minimum_new) for group in merged)


def _merged(groups: list[_Group], order: tuple[str, ...], minimum: int) -> list[_Group]:
    """Merge each row that hides someone with the next smallest, until none is left to merge.

    Representative bodies and their members are merged only where no other row is left.
    """
    place = {code: position for position, code in enumerate(order)}
    while len(groups) > 1:
        groups.sort(key=lambda group: (len(group.entries), place[group.keys[0]]))
        small = next((group for group in groups if group.hides(minimum)), None)
        if small is None:
            break
        rest = [group for group in groups if group is not small]
        peer = next((group for group in rest if not _represents(small, group)), rest[0])
        keys = tuple(sorted(small.keys + peer.keys, key=place.__getitem__))
        joined = _Group(keys, small.entries + peer.entries)
        groups = [joined, *(group for group in rest if group is not peer)]
    return sorted(groups, key=lambda group: (len(group.keys) > 1, place[group.keys[0]]))


def _represents(one: _Group, other: _Group) -> bool:
    """Whether a body in one of the rows speaks for members in the other."""
    return any(
        MEMBERS.get(key) in theirs.keys
        for ours, theirs in ((one, other), (other, one))
        for key in ours.keys
    )


def _row(group: _Group) -> Row:
    return Row(
        keys=group.keys,
        total=len(group.entries),
        new=sum(entry.new for entry in group.entries),
        stances=_stances(group.entries),
    )


def _moved(row: Row, previous: tuple[Row, ...] | None, minimum: int) -> Row:
    """A row that nobody stood in before starts from nothing; one cut otherwise has no movement."""
    if previous is None or row.new < minimum:
        return row
    same = {before.keys: before.stances for before in previous}
    known = {key for before in previous for key in before.keys}
    before = same.get(row.keys)
    if before is None and known.isdisjoint(row.keys):
        before = dict.fromkeys(STANCES, 0)
    return replace(row, movement=_difference(row.stances, before))
