"""ROUGE-N (Lin 2004, "ROUGE: a package for automatic evaluation of summaries"), stemmed.

Words are runs of a to z and 0 to 9 in small letters, those of more than three stemmed by Porter's
first stemmer; stop words stay. With several references the mean of their F1s is told.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import snowballstemmer

_WORD = re.compile("[a-z0-9]+")
_SHORT = 3


def f1(said: str, references: Sequence[str], size: int) -> float:
    """Return the mean F1, from 0 to 1, of the n-grams of `size` that two texts have in common."""
    own = _grams(said, size)
    return sum(_shared(own, _grams(each, size)) for each in references) / len(references)


def _shared(own: Counter[tuple[str, ...]], theirs: Counter[tuple[str, ...]]) -> float:
    """An n-gram counts as often as it stands in both; F1 is twice these by all of both."""
    return 2 * (own & theirs).total() / max(own.total() + theirs.total(), 1)


def _grams(text: str, size: int) -> Counter[tuple[str, ...]]:
    stems = [_stem(word) for word in _WORD.findall(text.lower())]
    return Counter(zip(*(stems[start:] for start in range(size)), strict=False))


@cache
def _stem(word: str) -> str:
    return word if len(word) <= _SHORT else str(snowballstemmer.stemmer("porter").stemWord(word))
