"""What changed between two texts, word by word, as pieces that join to both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_TOKEN = re.compile(r"\s+|[^\W_]+(?:['’-][^\W_]+)*|.", re.DOTALL)
# Beyond so many pairs of words the common ones are not compared: a page does not wait for them.
MOST_PAIRS = 1_000_000


class Change(StrEnum):
    """What became of a piece."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A run of words, and what became of them."""

    change: Change
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return the pieces in order; whole words, what is removed before what is added in its place.

    All but the added join to `before`, all but the removed to `after`.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > MOST_PAIRS)
    pieces: list[Piece] = []
    removed = added = ""
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        same = "".join(old[start:end])
        if tag != "equal":
            removed, added = removed + same, added + "".join(new[new_start:new_end])
        elif same.isspace() and (removed or added) and end < len(old):
            removed, added = removed + same, added + same  # a space between two changes is no rest
        else:
            pieces += [*_changed(removed, added), Piece(Change.SAME, same)]
            removed = added = ""
    return [*pieces, *_changed(removed, added)]


def _changed(removed: str, added: str) -> Iterator[Piece]:
    if removed == added:
        if removed:
            yield Piece(Change.SAME, removed)
        return
    if removed:
        yield Piece(Change.REMOVED, removed)
    if added:
        yield Piece(Change.ADDED, added)
