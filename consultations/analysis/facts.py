"""Counts of what people declared: stances overall, by kind, region and body, and what moved."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from consultations.analysis.merging import (
    Apart,
    Group,
    bodies_apart,
    kinds_apart,
    merged,
    regions_apart,
)
from consultations.analysis.options import Options
from consultations.analysis.shapes import Facts, Row
from consultations.analysis.snapshot import KINDS, STANCES, Entry, Snapshot


def count(
    snapshot: Snapshot, previous: Facts | None, options: Options, *, distinct: int = 0
) -> Facts:
    """Return the facts of a snapshot, with movement where the previous edition's are given.

    `distinct` is how many distinct texts were found. Of few comments, some of them unpublished,
    only sizes are told, as of such a row: who knows who wrote them would know what each said.
    """
    entries = snapshot.entries
    minimum, new = options.minimum_row, sum(entry.new for entry in entries)
    sizes = Facts(
        total=len(entries),
        new=new,
        unpublished=sum(not entry.published for entry in entries),
        organisations=len({entry.organisation for entry in entries} - {""}),
        stances=None,
        movement=None,
        by_kind=(),
        by_region=(),
        people=sum(not entry.organisation for entry in entries),
    )
    if Group((), entries).hides(minimum):
        return sizes
    stances, before = _stances(entries), None if previous is None else previous.stances
    # Where no table was told, nobody knows what moved since.
    told = None if previous is None or before is None else previous
    kinds = _groups(entries, _kind, KINDS, minimum, kinds_apart)
    regions = _groups(entries, _region, _region_order(entries), minimum, regions_apart)
    bodies = _bodies(kinds, minimum) if any(entry.body for entry in entries) else []
    return replace(
        sizes,
        distinct=distinct,
        stances=stances,
        movement=_difference(stances, before) if new >= options.minimum_new else None,
        by_kind=_rows(kinds, told.by_kind if told else None, options),
        by_region=_rows(regions, told.by_region if told else None, options),
        by_body=_rows(bodies, (told.by_body if told else ()) or None, options),
    )


def rows_by(
    entries: Iterable[Entry],
    key: Callable[[Entry], str],
    order: tuple[str, ...],
    options: Options,
    *,
    apart: Apart = regions_apart,
) -> tuple[Row, ...]:
    """Return the rows of a one-way table by any declared fact, merged as those by region are.

    `order` holds every code that `key` can return, in the order in which rows stand; `apart` says
    which rows are never merged.
    """
    groups = _groups(tuple(entries), key, order, options.minimum_row, apart)
    return _rows(groups, None, options)


def make_up(
    entries: Sequence[Entry], options: Options
) -> tuple[dict[str, int] | None, tuple[Row, ...]]:
    """Return the stances of some comments and their rows by kind, merged as in the table by kind.

    None and no rows where they are few and some of them unpublished.
    """
    whole = Group((), tuple(entries))
    if whole.hides(options.minimum_row):
        return None, ()
    kinds = _groups(whole.entries, _kind, KINDS, options.minimum_row, kinds_apart)
    return _stances(entries), _rows(kinds, None, options)


def percentage(part: int, base: int, *, minimum: int = 20) -> int | None:
    """Return part of base in whole per cent, halves up, or None where the base is too small."""
    return None if base < minimum else (200 * part + base) // (2 * base)


def _kind(entry: Entry) -> str:
    return entry.kind


def _region(entry: Entry) -> str:
    return entry.region


def _body(entry: Entry) -> str:
    """Name a kind of respondent and of organisation; with none after the colon, its persons."""
    return f"{entry.kind}:{entry.body}"


def _body_order(entries: Iterable[Entry]) -> tuple[str, ...]:
    """By kind of respondent, then by code; persons stand last."""
    found = {(KINDS.index(entry.kind), not entry.body, _body(entry)) for entry in entries}
    return tuple(key for _kind, _person, key in sorted(found))


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


def _groups(
    entries: tuple[Entry, ...],
    key: Callable[[Entry], str],
    order: tuple[str, ...],
    minimum: int,
    apart: Apart,
) -> list[Group]:
    held: dict[str, list[Entry]] = {code: [] for code in order}
    for entry in entries:
        held[key(entry)].append(entry)
    groups = [Group((code,), tuple(each)) for code, each in held.items() if each]
    return merged(groups, order, minimum, apart)


def _bodies(kinds: list[Group], minimum: int) -> list[Group]:
    """Part each row by kind by what sort of body answered, so that neither table betrays the other.

    Of a row whose size alone is told, no part is told either.
    """
    made: list[Group] = []
    for kind in kinds:
        order = _body_order(kind.entries)
        parts = _groups(kind.entries, _body, order, minimum, bodies_apart)
        made += [replace(part, told=part.told and kind.told) for part in parts]
    return made


def _rows(
    groups: list[Group], previous: tuple[Row, ...] | None, options: Options
) -> tuple[Row, ...]:
    return tuple(_moved(_row(group), previous, options.minimum_new) for group in groups)


def _row(group: Group) -> Row:
    return Row(
        keys=group.keys,
        total=len(group.entries),
        new=sum(entry.new for entry in group.entries),
        stances=_stances(group.entries) if group.told else None,
    )


def _moved(row: Row, previous: tuple[Row, ...] | None, minimum: int) -> Row:
    """A row that nobody stood in before starts from nothing; one cut otherwise has no movement."""
    if previous is None or row.stances is None or row.new < minimum:
        return row
    same = {before.keys: before.stances for before in previous}
    known = {key for before in previous for key in before.keys}
    before = same.get(row.keys)
    if before is None and known.isdisjoint(row.keys):
        before = dict.fromkeys(STANCES, 0)
    return replace(row, movement=_difference(row.stances, before))
