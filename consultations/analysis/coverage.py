"""How much of what a block said a span covers: facility location and term coverage.

The objective is the sum of two monotone submodular functions (Lin and Bilmes 2011, "A class of
submodular functions for document summarization"): how well every comment is resembled by the most
similar chosen span, and how much of the comments' vocabulary the spans hold between them. All
weights are whole numbers small enough for floats to hold exactly, so the order of additions,
and with it the processor, makes no difference to the result.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise, repeat

import numpy as np
from numpy.typing import NDArray

from consultations.analysis.stems import stems

_SCALE = 1024  # of a unit vector; squares and their sums stay under 2**24
_TERMS = 4000  # the most common stems that are looked at
_BALANCE = 2  # of term coverage to facility location
_UNKNOWN = 0  # the row of all other stems: they weigh nothing


@dataclass(frozen=True, slots=True)
class Vector:
    """The stems of a span: their rows in the block's matrix and their weights."""

    rows: NDArray[np.intp]
    weights: NDArray[np.float32]


class Block:
    """What one block said, and what of it the chosen spans cover so far."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [stems(text) for text in texts]
        spread = Counter(stem for counts in counted for stem in counts)
        common = sorted(spread, key=lambda stem: (-spread[stem], stem))[:_TERMS]
        self._row = {stem: row for row, stem in enumerate(common, start=_UNKNOWN + 1)}
        rarity = (math.log(1 + len(texts) / spread[stem]) for stem in common)
        self._rarity = np.array([0.0, *rarity])
        self._said = np.zeros((1 + len(common), len(texts)), dtype=np.float32)
        for column, vector in enumerate(self._weighed(counted)):
            self._said[vector.rows, column] = vector.weights
        self._whole = self._said.sum(axis=1, dtype=np.float64)
        self._unsaid = (np.log1p(self._whole / _SCALE) * 2 * _SCALE).round()
        self._resembled: NDArray[np.float32] | None = None  # by nothing yet
        self._voices = max(1, len(texts))

    def vectors(self, texts: Sequence[str]) -> list[Vector]:
        """Return the stems of spans as far as the block knows them."""
        return self._weighed([stems(text) for text in texts])

    def gain(self, vector: Vector, words: int) -> float:
        """Return what the span would add, divided by the square root of its length in words.

        And by that of the block's voices: so a block nine times as large weighs three times as
        much (degressive proportionality), and a minority is quoted more than once.
        """
        if not len(vector.rows):
            return 0.0
        facility = self._nearer(vector) / _SCALE**2
        terms = float(self._unsaid[vector.rows].sum()) / _SCALE
        return (facility + _BALANCE * terms) / math.sqrt(words * self._voices)

    def take(self, vector: Vector) -> None:
        """Count the span as chosen."""
        if len(vector.rows):
            similar = self._similar(vector)
            before = similar if self._resembled is None else self._resembled
            self._resembled = np.maximum(before, similar)
            self._unsaid[vector.rows] = 0

    def _nearer(self, vector: Vector) -> float:
        """How much more the texts would be resembled; at first by all that they share with it."""
        if self._resembled is None:
            return float(vector.weights @ self._whole[vector.rows])
        nearer = np.maximum(self._similar(vector) - self._resembled, 0)
        return float(nearer.sum(dtype=np.float64))

    def _similar(self, vector: Vector) -> NDArray[np.float32]:
        similar: NDArray[np.float32] = vector.weights @ self._said[vector.rows]
        return similar

    def _weighed(self, counted: Sequence[Counter[str]]) -> list[Vector]:
        """Unit vectors of TF-IDF (1 + log of the count, times rarity), in whole 1024ths."""
        sizes = [len(counts) for counts in counted]
        whole = sum(sizes)
        known = map(self._row.get, chain.from_iterable(counted), repeat(_UNKNOWN))
        rows = np.fromiter(known, np.intp, whole)
        often = chain.from_iterable(counts.values() for counts in counted)
        times = np.fromiter(often, np.intp, whole)
        damped = np.array([0.0, *(1 + math.log(n) for n in range(1, times.max(initial=0) + 1))])
        raw = damped[times] * self._rarity[rows]
        bounds = list(pairwise(accumulate(sizes, initial=0)))
        squares = (raw * raw).tolist()
        # Summed exactly, whatever the order: numpy's own sums depend on the processor.
        lengths = [math.sqrt(math.fsum(squares[start:end])) or 1.0 for start, end in bounds]
        weights = (_SCALE * raw / np.repeat(lengths, sizes)).round().astype(np.float32)
        return [Vector(rows[start:end], weights[start:end]) for start, end in bounds]
