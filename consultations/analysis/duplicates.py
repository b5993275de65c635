"""Near-identical texts: letters of one campaign, copies lightly edited. Plain Python."""

import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence

from consultations.text import normalised, words

_WIDTH = 5  # words to a shingle
_KEPT = 8  # texts of one voice remembered under one shingle


def voices(texts: Sequence[str]) -> list[int]:
    """Return for each text the number of its voice: near-identical texts are one voice.

    Two texts are near-identical where their words are the same once normalised, or their sets
    of five-word shingles have a Jaccard resemblance of 0.8 (Broder 1997, "On the resemblance and
    containment of documents"); a voice is what such pairs join together. Pairs are found by
    prefix filtering (Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search"): two
    sets so alike share one of their rarest shingles. A voice's number is the first position, in
    the given order, of one of its texts.
    """
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, text in enumerate(texts):
        copies[tuple(words(normalised(text)))].append(position)
    distinct = sorted(copies)
    joined = _join([_shingles(each) for each in distinct])
    first: dict[int, int] = {}
    for each, root in zip(distinct, joined, strict=True):
        first[root] = min(first.get(root, len(texts)), copies[each][0])
    voice = [0] * len(texts)
    for each, root in zip(distinct, joined, strict=True):
        for position in copies[each]:
            voice[position] = first[root]
    return voice


def alike(one: str, other: str) -> bool:
    """Return whether two texts are near-identical, by the same rule as `voices`."""
    first, second = (tuple(words(normalised(text))) for text in (one, other))
    return first == second or _resemble(_shingles(first), _shingles(second))


def _shingles(tokens: tuple[str, ...]) -> frozenset[int]:
    """Hashes that are the same in every process (hash() of a text is not)."""
    width = min(_WIDTH, len(tokens))
    return frozenset(
        zlib.crc32(" ".join(tokens[at : at + width]).encode("utf-8", "replace"))
        for at in range(len(tokens) - width + 1)
    )


def _resemble(one: frozenset[int], other: frozenset[int]) -> bool:
    """Jaccard of at least 4/5, in whole numbers."""
    shared = len(one & other)
    return 5 * shared >= 4 * (len(one) + len(other) - shared)


def _join(sets: list[frozenset[int]]) -> list[int]:
    """Return the root of each set; shorter sets first, so each meets only shorter ones."""
    roots = list(range(len(sets)))
    rarity = Counter(shingle for each in sets for shingle in each)
    seen: dict[int, list[int]] = defaultdict(list)
    for at in sorted(range(len(sets)), key=lambda at: (len(sets[at]), at)):
        size = len(sets[at])
        rarest = sorted(sets[at], key=lambda shingle: (rarity[shingle], shingle))
        for shingle in rarest[: size - -(-4 * size // 5) + 1]:
            if rarity[shingle] > 1:
                _meet(at, seen[shingle], sets, roots)
    return [_root(roots, at) for at in range(len(sets))]


def _meet(at: int, met: list[int], sets: list[frozenset[int]], roots: list[int]) -> None:
    """Join a set with those met under one shingle, then remember it there unless enough are."""
    own = _root(roots, at)
    kin = 0
    for other in met:
        theirs = _root(roots, other)
        if theirs != own and _resemble(sets[at], sets[other]):
            roots[max(own, theirs)] = own = min(own, theirs)
            theirs = own
        kin += theirs == own
    if kin < _KEPT:
        met.append(at)


def _root(roots: list[int], at: int) -> int:
    while roots[at] != at:
        roots[at] = at = roots[roots[at]]
    return at
