"""What a summary compares: declared groups with each other, and the edition with the one before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from consultations.analysis.plain import (
    counts_in,
    list_in,
    number_in,
    numbers_in,
    record,
    text_in,
    texts_in,
)
from consultations.analysis.snapshot import STANCES


@dataclass(frozen=True, slots=True)
class Ground:
    """Common ground or division between two kinds of respondent.

    `verdict` is "agree_support" or "agree_oppose" (most of both), "part" (past the published
    threshold), "unclear" (neither), or "too_few" to be compared. `quotes` are the places, in the
    summary's quotes, of one of each kind, in the order of `kinds` where there is one: on the side
    that most of its kind take, else any of its kind.
    """

    kinds: tuple[str, ...]
    verdict: str
    quotes: tuple[int, ...]

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the comparison in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            kinds=texts_in(found, "kinds"),
            verdict=text_in(found, "verdict"),
            quotes=numbers_in(found, "quotes"),
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """Stances at the previous edition and now: of all (no keys) or of a row of the table by kind.

    Told only where movement is: where enough are new.
    """

    keys: tuple[str, ...]
    before: dict[str, int]
    now: dict[str, int]

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return both in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            keys=texts_in(found, "keys"),
            before=counts_in(found, "before", STANCES),
            now=counts_in(found, "now", STANCES),
        )


@dataclass(frozen=True, slots=True)
class Dropped:
    """A comment that the previous edition quoted and this one does not, and why.

    `reason` is "withdrawn" (it is not shown any more), "edited" or "redacted" (these words are
    not in it any more), or "others" (others say more of what people said).
    """

    comment: str
    reason: str

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return it from a plain dict; raises ValueError where a field is wrong."""
        return cls(text_in(found, "comment"), text_in(found, "reason"))


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the previous edition.

    `edited` are comments with other public words than then; `withdrawn` those that counted then
    and do not now: taken back, hidden or erased. `kept` and `added` are places in the summary's
    quotes; why each stands is told there. `campaigns` are the keys of those not known before.
    """

    new: int
    edited: int
    withdrawn: int
    stances: tuple[Moved, ...]
    kept: tuple[int, ...]
    added: tuple[int, ...]
    dropped: tuple[Dropped, ...]
    campaigns: tuple[str, ...]

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the changes in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            new=number_in(found, "new"),
            edited=number_in(found, "edited"),
            withdrawn=number_in(found, "withdrawn"),
            stances=tuple(Moved.from_json(record(each)) for each in list_in(found, "stances")),
            kept=numbers_in(found, "kept"),
            added=numbers_in(found, "added"),
            dropped=tuple(Dropped.from_json(record(each)) for each in list_in(found, "dropped")),
            campaigns=texts_in(found, "campaigns"),
        )
