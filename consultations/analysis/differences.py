"""What differs between two texts, word by word, for people to read."""

import re
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from consultations.analysis.skeleton import bare_words

Part: TypeAlias = tuple[Literal["same", "added", "left_out"], str]
_PIECES = re.compile(r"\s*\S+")


def _bare(piece: str) -> str:
    """Return a word for comparison, or the sign that it is."""
    return "".join(bare_words(piece)) or piece.strip()


def differences(pattern: str, text: str) -> list[Part]:
    """Return the text in parts: what it shares with its pattern, adds to it, and leaves out.

    Words that differ in case, accents or signs alone are the same. The parts that are the same or
    added are the text, without the white space at its end.
    """
    one, other = _PIECES.findall(pattern), _PIECES.findall(text)
    plain, said = ([_bare(each) for each in pieces] for pieces in (one, other))
    matcher: SequenceMatcher[str] = SequenceMatcher(None, plain, said, autojunk=False)
    parts: list[Part] = []
    for what, start, end, first, last in matcher.get_opcodes():
        if what == "equal":
            parts.append(("same", "".join(other[first:last])))
            continue
        if end > start:
            parts.append(("left_out", "".join(one[start:end])))
        if last > first:
            parts.append(("added", "".join(other[first:last])))
    return parts
