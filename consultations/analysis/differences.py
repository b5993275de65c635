"""What changed between two texts, word by word, as pieces that join to both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from consultations.analysis.skeleton import bare_words

_PIECES = re.compile(r"\s*\S+")
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


def departures(pattern: str, text: str) -> list[Piece]:
    """Return how a text departs from its pattern, such as the commonest letter of a campaign.

    Words that differ in case, accents or signs alone are the same. All but the removed pieces join
    to the text, without the white space at its end.
    """
    one, other = _PIECES.findall(pattern), _PIECES.findall(text)
    plain, said = ([_bare(each) for each in pieces] for pieces in (one, other))
    matcher: SequenceMatcher[str] = SequenceMatcher(None, plain, said, autojunk=False)
    pieces: list[Piece] = []
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Change.SAME, "".join(other[first:last])))
        else:
            pieces += _changed("".join(one[start:end]), "".join(other[first:last]))
    return pieces


def _bare(piece: str) -> str:
    """Return a word for comparison, or the sign that it is."""
    return "".join(bare_words(piece)) or piece.strip()
