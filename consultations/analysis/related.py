"""Comments with wording like that of a quote. Found by computer, and said to be; plain Python.

Likeness is the cosine of the two sets of stems, each stem weighed by its rarity (Salton and Buckley
1988, "Term-weighting approaches in automatic text retrieval", binary frequencies). Whole numbers
throughout, so that the order of additions makes no difference.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import repeat

from consultations.analysis.duplicates import alike
from consultations.analysis.masks import unmasked
from consultations.analysis.options import Options
from consultations.analysis.snapshot import Entry
from consultations.analysis.stems import stems

COMPARED = 1000  # voices of a block, drawn by hash, that are compared with its quotes


class Wordings:
    """The wordings of one block: the first comment of each voice."""

    def __init__(self, said: Sequence[Entry], voice: dict[str, int]) -> None:
        first: dict[int, Entry] = {}
        for entry in said:
            if len(first) == COMPARED:
                break
            first.setdefault(voice[entry.comment], entry)
        self._voice = voice
        held = [frozenset(stems(unmasked(entry.text))) for entry in first.values()]
        spread = Counter(stem for each in held for stem in each)
        self._weights = {stem: _weight(len(held), n) for stem, n in spread.items()}
        self._unknown = _weight(len(held), 1)
        self._texts = [
            (entry, each, self._size(each))
            for entry, each in zip(first.values(), held, strict=True)
        ]

    def like(self, text: str, own: Entry, options: Options) -> tuple[str, ...]:
        """Return the comments whose wording is most like the `text` that is quoted of `own`.

        Never a near-identical one, and none of the same organisation twice.
        """
        mine = frozenset(stems(text))
        size = self._size(mine)
        found: list[tuple[int, int, Entry]] = []
        for place, (entry, theirs, their_size) in enumerate(self._texts):
            shared = self._size(mine & theirs)
            if shared:
                whole = size * their_size
                if 10_000 * shared**2 >= options.related_percent**2 * whole:
                    found.append((-(10**6 * shared**2 // whole), place, entry))
        return self._told([entry for *_order, entry in sorted(found)], own, options)

    def _told(self, found: Sequence[Entry], own: Entry, options: Options) -> tuple[str, ...]:
        told: list[str] = []
        met = {own.organisation} - {""}
        for entry in found:
            if len(told) == options.related:
                break
            if entry.organisation not in met and not self._same(entry, own):
                told.append(entry.comment)
                met |= {entry.organisation} - {""}
        return tuple(told)

    def _same(self, one: Entry, other: Entry) -> bool:
        if self._voice[one.comment] == self._voice[other.comment]:
            return True
        return not (one.cluster and other.cluster) and alike(one.text, other.text)

    def _size(self, held: frozenset[str]) -> int:
        return sum(map(self._weights.get, held, repeat(self._unknown)))


def _weight(number: int, times: int) -> int:
    return round(1024 * math.log(1 + number / times))
