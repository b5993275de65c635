"""Near-identical texts: letters of one campaign, copies lightly edited. Plain Python.

The one rule of the portal: the moderators' campaigns and the digests' voices ask `alike`, and
find what to ask about by `sketch`.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain

from consultations.analysis.skeleton import bare_words

__all__ = ["LEAST_SHARED", "added", "alike", "bare_words", "near", "sketch", "voices"]

_WIDTH = 4  # words to a shingle
_KEPT = 16  # shingles to a sketch
_REMEMBERED = 64  # texts remembered under one shingle: common phrases tell little
_COMPARED = 24  # texts compared word by word, those that share most first
LEAST_SHARED = 2  # shingles that two texts share before they are compared
# What share of their words must stand in the same order, by the words of the longer of two texts:
# short ones are alike by chance ("it should be banned because"), so hardly a word may differ.
_SHARES = ((9, 100), (14, 89), (22, 84), (40, 80), (70, 72), (1 << 30, 67))
# A text stands whole in a longer one, whose writer put a name or words of their own beside it: at
# so many words, so many per cent of the shorter are there, and are so many per cent of the longer.
_WITHIN = ((12, 97, 62), (40, 90, 45))
# In a text of so few words a "not" more or less says the opposite.
_TURNED, _NEGATIONS = (
    22,
    frozenset(["no", "not", "never", "nor", "none", "without", "cannot", "cant", "dont", "wont"]),
)


def voices(texts: Sequence[str]) -> list[int]:
    """Return for each text the number of its voice: near-identical texts are one voice.

    A voice is what pairs that are `alike` join together. Its number is the first position, in the
    given order, of one of its texts; which texts it holds does not hang on the order.
    """
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, text in enumerate(texts):
        copies[bare_words(text)].append(position)
    distinct = sorted(copies, key=lambda each: (len(each), each))
    joined = _join(distinct)
    first: dict[int, int] = {}
    for each, root in zip(distinct, joined, strict=True):
        first[root] = min(first.get(root, len(texts)), copies[each][0])
    voice = [0] * len(texts)
    for each, root in zip(distinct, joined, strict=True):
        for position in copies[each]:
            voice[position] = first[root]
    return voice


def alike(one: str, other: str) -> bool:
    """Return whether two texts are near-identical."""
    return near(bare_words(one), bare_words(other))


def near(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two texts are near-identical, given their bare words.

    They are where their words are the same, where the share of words that stand in both in one
    order (twice the longest common subsequence, of the words of both) is large enough for their
    length, or where one stands nearly whole in the other.
    """
    if one == other:
        return True
    short, long = len(one), len(other)
    if short > long:
        short, long = long, short
    if not _may_be(short, long) or (long < _TURNED and _negations(one) != _negations(other)):
        return False
    # No order is ever in more words than one of them has that stand in the other at all.
    if not _enough(sum(map(frozenset(other).__contains__, one)), short, long):
        return False
    return _enough(common(one, other), short, long)


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of words.

    By whole rows of bits (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"), between
    the words that both begin and end with.
    """
    begin = _same(one, other)
    one, other = one[begin:], other[begin:]
    end = _same(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    places: dict[str, int] = {}
    for at, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << at
    everywhere = (1 << len(one)) - 1
    row = everywhere
    for word in other:
        met = row & places.get(word, 0)
        row = ((row + met) | (row - met)) & everywhere
    return begin + len(one) - row.bit_count() + end


def added(pattern: Sequence[str], words: Sequence[str]) -> int:
    """Return how many words of a text its pattern does not have."""
    return len(words) - common(pattern, words)


def sketch(words: Sequence[str]) -> tuple[int, ...]:
    """Return hashes by which texts like this one are found: the smallest of its shingles'.

    Two texts that are alike share most shingles, and so several of the smallest (Broder 1997,
    "On the resemblance and containment of documents"). The same in every process. A text of fewer
    than nine words is like none but its equals, and has none.
    """
    if len(words) < _SHARES[0][0]:
        return ()
    whole = " ".join(words).encode("utf-8", "replace")
    ends = [at + end for at, end in enumerate(accumulate(map(len, whole.split(b" "))))]
    starts = [0, *(end + 1 for end in ends)]
    shingles = {
        zlib.crc32(whole[start:end]) for start, end in zip(starts, ends[_WIDTH - 1 :], strict=False)
    }
    return tuple(sorted(shingles)[:_KEPT])


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """Return with how many words both begin."""
    for at, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return at
    return min(len(one), len(other))


def _negations(words: Sequence[str]) -> int:
    return sum(word in _NEGATIONS for word in words)


@lru_cache(maxsize=100_000)  # asked of every pair, mostly in vain
def _may_be(short: int, long: int) -> bool:
    """Whether texts of so many words can be near-identical at all."""
    return short > 0 and _enough(short, short, long)


def _enough(shared: int, short: int, long: int) -> bool:
    """Whether so many words in one order are enough for texts of these lengths."""
    least = next(share for words, share in _SHARES if long < words)
    if 200 * shared >= least * (short + long):
        return True
    return any(
        short >= words and 100 * shared >= whole * short and 100 * shared >= part * long
        for words, whole, part in _WITHIN
    )


def _join(texts: Sequence[tuple[str, ...]]) -> list[int]:
    """Return the root of each text: each meets those before it that share enough shingles."""
    roots = list(range(len(texts)))
    seen: dict[int, list[int]] = {}
    for at, words in enumerate(texts):
        shingles = sketch(words)
        for other in _likely([seen[shingle] for shingle in shingles if shingle in seen]):
            own, theirs = _root(roots, at), _root(roots, other)
            if own != theirs and near(words, texts[other]):
                roots[max(own, theirs)] = min(own, theirs)
        for shingle in shingles:
            met = seen.setdefault(shingle, [])
            if len(met) < _REMEMBERED:
                met.append(at)
    return [_root(roots, at) for at in range(len(texts))]


def _likely(met: Sequence[Sequence[int]]) -> list[int]:
    """Return whom to compare with, of those that were met under each shingle: who share most."""
    if len(met) < LEAST_SHARED:
        return []
    times = Counter(chain.from_iterable(met))
    likely = [other for other, shared in times.items() if shared >= LEAST_SHARED]
    return sorted(likely, key=times.__getitem__, reverse=True)[:_COMPARED]


def _root(roots: list[int], at: int) -> int:
    while roots[at] != at:
        roots[at] = at = roots[roots[at]]
    return at
