"""Small rows merged, so that no table shows what a single unpublished comment says.

A body that represents others is never added to them: where no other row is left to merge with, of
both only the size is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from consultations.analysis.snapshot import MEMBERS, Entry


@dataclass(frozen=True, slots=True)
class Group:
    """The comments in one row; of one that is not `told`, only the size is shown."""

    keys: tuple[str, ...]
    entries: tuple[Entry, ...]
    told: bool = True

    def hides(self, minimum: int) -> bool:
        """Too few, and some of them unpublished: their stances could be worked out."""
        return len(self.entries) < minimum and not all(each.published for each in self.entries)


Apart: TypeAlias = Callable[[Group, Group], bool]


def merged(groups: list[Group], order: tuple[str, ...], minimum: int, apart: Apart) -> list[Group]:
    """Merge each row that hides someone with the next smallest that need not stand `apart` from it.

    Where there is none it is not told, and of the others the smallest are not, until all that is
    not told hides nobody: it could be worked out from the whole.
    """
    place = {code: position for position, code in enumerate(order)}

    def size(group: Group) -> tuple[int, int]:
        return len(group.entries), place[group.keys[0]]

    told, kept = sorted(groups, key=size), list[Group]()
    while len(groups) > 1:
        small = next((group for group in told if group.hides(minimum)), None)
        if small is None or len(told) + len(kept) == 1:
            break
        told.remove(small)
        peer = next((group for group in told if not apart(small, group)), None)
        if peer is not None:
            told[told.index(peer)] = _joined(small, peer, place)
            told.sort(key=size)
            continue
        kept.append(small)
        while told and _whole(kept).hides(minimum):
            kept.append(told.pop(0))
    rows = [*told, *(Group(group.keys, group.entries, told=False) for group in kept)]
    return sorted(rows, key=lambda group: (len(group.keys) > 1, place[group.keys[0]]))


def kinds_apart(one: Group, other: Group) -> bool:
    """Whether a kind of respondent in one of the rows speaks for members in the other."""
    return any(
        MEMBERS.get(key) in theirs.keys
        for ours, theirs in ((one, other), (other, one))
        for key in ours.keys
    )


def bodies_apart(one: Group, other: Group) -> bool:
    """Whether a body in one of the rows speaks for others of its kind in the other."""
    return bool(_spoken_for(one) & _speaking(other) or _spoken_for(other) & _speaking(one))


def regions_apart(_one: Group, _other: Group) -> bool:
    """Regions may always be counted together."""
    return False


def _spoken_for(group: Group) -> set[str]:
    return {MEMBERS.get(each.kind, each.kind) for each in group.entries if each.representative}


def _speaking(group: Group) -> set[str]:
    return {each.kind for each in group.entries if not each.representative}


def _joined(one: Group, other: Group, place: dict[str, int]) -> Group:
    keys = tuple(sorted(one.keys + other.keys, key=place.__getitem__))
    return Group(keys, one.entries + other.entries)


def _whole(groups: list[Group]) -> Group:
    return Group((), tuple(entry for group in groups for entry in group.entries))
