"""The published thresholds by which a summary is made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from consultations.analysis.plain import number_in


@dataclass(frozen=True, slots=True)
class Options:
    """The published thresholds: counts, words, or where it says so per cent.

    Raises ValueError where two sentences too short to quote could not be joined into one quote.
    """

    quotes: int = 8
    mail_quotes: int = 3  # the first in the order of choice: they go to what is new
    floor_texts: int = 3  # a kind or region with so many distinct texts is quoted while room lasts
    kept_percent: int = 50  # of what the best other span would add: an earlier quote stays
    related: int = 3  # comments with similar wording named beside a quote
    related_percent: int = 30  # of likeness (a cosine) at least
    minimum_row: int = 5  # a smaller row with unpublished comments is merged
    minimum_new: int = 5  # movement is told only where so many are new
    words_min: int = 8
    words_max: int = 60
    differ_points: int = 20  # percentage points
    differ_group: int = 10
    campaign: int = 5  # near-identical comments, of at least so many words, are a campaign
    campaign_words: int = 9
    # Quantifiers stand only on such a base, with the count: "almost all" from so many per cent,
    # "most" above so many, "about half" from so many, "few" below so many, else "fewer than half".
    quantified: int = 20
    almost_all_percent: int = 90
    most_percent: int = 55
    half_percent: int = 45
    few_percent: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.words_min <= (self.words_max + 1) // 2:
            raise ValueError("words_min: expected at most half of words_max")

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the options in a plain dict; raises ValueError where one is wrong.

        An earlier method did not have all of them.
        """
        known = (field.name for field in fields(cls) if field.name in found)
        return cls(**{name: number_in(found, name) for name in known})
