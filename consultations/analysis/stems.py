"""The stems of a text, by which texts are compared for what they say. Plain Python."""

import re
from collections import Counter
from functools import lru_cache

import snowballstemmer

from consultations.text import normalised

_TOKEN = re.compile(r"[^\W_]+")
_STOP_WORDS = (
    "a about above after again against all also am an and any are as at be because been before "
    "being below between both but by can could did do does doing down during each few for from "
    "further had has have having he her here hers him his how i if in into is it its itself just "
    "me more most my no nor not now of off on once only or other our out over own s same she "
    "should so some such t than that the their them then there these they this those through to "
    "too under until up very was we were what when where which while who whom why will with "
    "would you your"
)
_STOPPED = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=20_000)  # all that a summary of 100,000 comments asks for, once
def stems(text: str) -> Counter[str]:
    """Return how often each stem (Porter's English stemmer, Snowball) stands in the text.

    Words that every text holds ("the", "would") are left out. The result is not to be changed.
    """
    counts = Counter(map(_stem, _TOKEN.findall(normalised(text))))
    del counts[""]
    return counts


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """A stemmer keeps its word in itself, so each call that reaches it has one of its own.

    It takes off endings, all of them letters: a number has none.
    """
    if word in _STOPPED:
        return ""
    return word if word[-1].isdigit() else str(snowballstemmer.stemmer("english").stemWord(word))


def forget() -> None:
    """Forget every text and word whose stem was taken."""
    stems.cache_clear()
    _stem.cache_clear()
