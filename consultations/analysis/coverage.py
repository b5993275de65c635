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

import numpy as np
from numpy.typing import NDArray

from consultations.analysis.stems import stems

_SCALE = 1024  # of a unit vector; squares and their sums stay under 2**24
_TERMS = 4000  # the most common stems that are looked at
_BALANCE = 2  # of term coverage to facility location


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
        self._row = {stem: row for row, stem in enumerate(common)}
        self._rarity = [math.log(1 + len(texts) / spread[stem]) for stem in common]
        self._said = np.zeros((len(common), len(texts)), dtype=np.float32)
        for column, counts in enumerate(counted):
            vector = self._weigh(counts)
            self._said[vector.rows, column] = vector.weights
        weight = self._said.sum(axis=1, dtype=np.float64) / _SCALE
        self._unsaid = (np.log1p(weight) * 2 * _SCALE).round()
        self._resembled = np.zeros(len(texts), dtype=np.float32)
        self._voices = max(1, len(texts))

    def vector(self, text: str) -> Vector:
        """Return a span's stems as far as the block knows them."""
        return self._weigh(stems(text))

    def gain(self, vector: Vector, words: int) -> float:
        """Return what the span would add, divided by the square root of its length in words.

        And by that of the block's voices: so a block nine times as large weighs three times as
        much (degressive proportionality), and a minority is quoted more than once.
        """
        if not len(vector.rows):
            return 0.0
        nearer = np.maximum(self._similar(vector) - self._resembled, 0)
        facility = float(nearer.sum(dtype=np.float64)) / _SCALE**2
        terms = float(self._unsaid[vector.rows].sum()) / _SCALE
        return (facility + _BALANCE * terms) / math.sqrt(words * self._voices)

    def take(self, vector: Vector) -> None:
        """Count the span as chosen."""
        if len(vector.rows):
            self._resembled = np.maximum(self._resembled, self._similar(vector))
            self._unsaid[vector.rows] = 0

    def _similar(self, vector: Vector) -> NDArray[np.float32]:
        similar: NDArray[np.float32] = vector.weights @ self._said[vector.rows]
        return similar

    def _weigh(self, counts: Counter[str]) -> Vector:
        """A unit vector of TF-IDF (1 + log of the count, times rarity), in whole 1024ths."""
        known = sorted((self._row[stem], n) for stem, n in counts.items() if stem in self._row)
        raw = [(1 + math.log(n)) * self._rarity[row] for row, n in known]
        length = math.sqrt(math.fsum(each * each for each in raw)) or 1.0
        weights = [float(round(_SCALE * each / length)) for each in raw]
        rows = np.array([row for row, _ in known], dtype=np.intp)
        return Vector(rows, np.array(weights, dtype=np.float32))
