"""Words removed from what the public reads: the mask in their place, and how they are found.

A mask is stored and searched as text, in the site's own language, as the words around it are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consultations.text import sentences, words

MASK = re.compile(r"\[removed: [^\[\]\n]{1,60}\]")

# Typed on one keyboard and pasted from another: each is one character, so that places stay.
_ALIKE = str.maketrans("‘’ʼ“”‐‑–—−", "'''\"\"-----")


@dataclass(frozen=True, slots=True, order=True)
class Removed:
    """Where words are removed from a text, in code points, and what is read in their place."""

    start: int
    end: int
    mask: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: as it stands, `removed` before, or `chosen` to be removed now."""

    text: str
    kind: str = ""


def mask(code: str) -> str:
    """Return what is read in place of words that were removed for the reason with this code."""
    return f"[removed: {' '.join(re.split(r'[^a-zA-Z0-9]+', code)).strip()[:60]}]"


def masked(text: str, removed: Sequence[Removed]) -> str:
    """Return the text with a mask in place of each removed span; no two of them overlap."""
    parts, last = [], 0
    for each in sorted(removed):
        parts += [text[last : each.start], each.mask]
        last = each.end
    return "".join([*parts, text[last:]])


def unmasked(text: str) -> str:
    """Return the text without masks, for whoever weighs its words."""
    return MASK.sub(" ", text)


def pieces(text: str, removed: Sequence[Removed], chosen: Sequence[Removed]) -> list[Piece]:
    """Return the text in pieces: what stands, what was removed, and what is chosen to be."""
    found, last = [], 0
    parts = [(each, "removed") for each in removed] + [(each, "chosen") for each in chosen]
    for each, kind in sorted(parts):
        found += [Piece(text[last : each.start]), Piece(text[each.start : each.end], kind)]
        last = each.end
    return [piece for piece in [*found, Piece(text[last:])] if piece.text]


def occurrences(text: str, sought: str) -> Iterator[tuple[int, int]]:
    """Yield where the words stand in the text (start, end), whatever their case.

    Spaces and line breaks are one, as are straight and curly quotes, and dashes of all lengths.
    """
    parts = [re.escape(part) for part in sought.translate(_ALIKE).split()]
    if parts:
        form = re.compile(r"\s+".join(parts), re.IGNORECASE)
        yield from (match.span() for match in form.finditer(text.translate(_ALIKE)))


def sentences_around(text: str) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends; a mask may begin one, as a name does."""
    return sentences(MASK.sub(lambda found: "X" * len(found[0]), text))


def longest_run(text: str) -> int:
    """Return how many words stand in sentences, one after another, from which nothing is gone."""
    most = run = 0
    for start, end in sentences_around(text):
        run = 0 if MASK.search(text, start, end) else run + len(words(text[start:end]))
        most = max(most, run)
    return most
