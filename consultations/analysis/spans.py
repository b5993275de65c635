"""Which parts of a comment can be quoted: whole sentences, neither too short nor too long."""

from collections.abc import Iterator
from dataclasses import dataclass

from consultations.analysis.masks import MASK, sentences_around
from consultations.analysis.options import Options
from consultations.text import word_ends, words

WHOLE, CUT, SHORT = 0, 1, 2
LEVELS = (WHOLE, CUT, SHORT)
_CLAUSES = ",;:–—"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a quote would begin and end, in code points, and how many words it has."""

    start: int
    end: int
    words: int


def spans(text: str, level: int, options: Options) -> list[Span]:
    """Return the quotable spans of one level; none of them holds a mask, which nobody said.

    WHOLE: runs of whole sentences within the limits, each as short as it can be and, where there
    is room, with the next sentence. CUT: the beginnings of sentences that are too long. SHORT:
    the whole of a comment that is too short to be quoted by itself.
    """
    found = _spans(text, level, options)
    return [each for each in found if not MASK.search(text, each.start, each.end)]


def _spans(text: str, level: int, options: Options) -> list[Span]:
    bounds = sentences_around(text)
    lengths = [len(words(text[start:end])) for start, end in bounds]
    if level == WHOLE:
        return list(_runs(bounds, lengths, options))
    if level == CUT:
        long = (each for each, n in zip(bounds, lengths, strict=True) if n > options.words_max)
        return [_cut(text, start, end, options) for start, end in long]
    if not bounds or not 0 < sum(lengths) < options.words_min:
        return []
    return [Span(bounds[0][0], bounds[-1][1], sum(lengths))]


def _runs(bounds: list[tuple[int, int]], lengths: list[int], options: Options) -> Iterator[Span]:
    for first, (start, _) in enumerate(bounds):
        total = found = 0
        for last in range(first, len(bounds)):
            total += lengths[last]
            if total > options.words_max or found == 2:
                break
            if total >= options.words_min and lengths[last]:
                found += 1
                yield Span(start, bounds[last][1], total)


def _cut(text: str, start: int, end: int, options: Options) -> Span:
    """At the last mark between two clauses that leaves enough words, else at the last word."""
    ends = [start + each for each in word_ends(text[start:end])][: options.words_max]
    for count in range(len(ends) - 1, options.words_min - 1, -1):
        if text[ends[count - 1] : ends[count - 1] + 1] in _CLAUSES:
            return Span(start, ends[count - 1], count)
    return Span(start, ends[-1], len(ends))
