"""What a summary is made of: frozen values that round-trip through JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from consultations.analysis.plain import (
    counts_in,
    list_in,
    number_in,
    record,
    sha256,
    text_in,
    texts_in,
    truth_in,
)
from consultations.analysis.snapshot import STANCES


@dataclass(frozen=True, slots=True)
class Options:
    """The published thresholds, all of them counts but `differ_points` (percentage points).

    Raises ValueError where two sentences too short to quote could not be joined into one quote.
    """

    quotes: int = 3
    minimum_row: int = 5  # a smaller row with unpublished comments is merged
    minimum_new: int = 5  # movement is told only where so many are new
    words_min: int = 8
    words_max: int = 60
    differ_points: int = 20
    differ_group: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.words_min <= (self.words_max + 1) // 2:
            raise ValueError("words_min: expected at most half of words_max")

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the options in a plain dict; raises ValueError where one is wrong."""
        return cls(**{field.name: number_in(found, field.name) for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a one-way table: the codes it stands for (several if merged), and counts.

    `movement` is the change in each stance since the previous edition, or None where fewer than
    `minimum_new` are new or the previous table had no such row. `stances` is None where only the
    size may be told.
    """

    keys: tuple[str, ...]
    total: int
    new: int
    stances: dict[str, int] | None
    movement: dict[str, int] | None = None

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the row in a plain dict; raises ValueError where a field is wrong."""
        if "stances" not in found:
            raise ValueError("stances: expected counts, or null")
        untold = found["stances"] is None
        return cls(
            keys=texts_in(found, "keys"),
            total=number_in(found, "total"),
            new=number_in(found, "new"),
            stances=None if untold else counts_in(found, "stances", STANCES),
            movement=_movement(found),
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts in full of what people declared; every dict has all stances, in one fixed order.

    `by_body` parts the rows of `by_kind` by kind of organisation: its keys are "kind:body", and
    "kind:" for those who answered for none. It is empty where nobody answered for an organisation.
    """

    total: int
    new: int
    unpublished: int
    organisations: int
    stances: dict[str, int]
    movement: dict[str, int] | None
    by_kind: tuple[Row, ...]
    by_region: tuple[Row, ...]
    by_body: tuple[Row, ...] = ()

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the facts in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            total=number_in(found, "total"),
            new=number_in(found, "new"),
            unpublished=number_in(found, "unpublished"),
            organisations=number_in(found, "organisations"),
            stances=counts_in(found, "stances", STANCES),
            movement=_movement(found),
            by_kind=tuple(Row.from_json(record(row)) for row in list_in(found, "by_kind")),
            by_region=tuple(Row.from_json(record(row)) for row in list_in(found, "by_region")),
            by_body=tuple(Row.from_json(record(row)) for row in list_in(found, "by_body")),
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim span of one comment (code points), the block it speaks in, and why it stands.

    `why` is a code: "block" (someone of this block is heard), "kind:<kind>" (so is someone of
    this kind) or "coverage" (it says most of what was unsaid). `new` is false for an earlier
    comment; `cut` is true where the span ends before its sentence does.
    """

    comment: str
    start: int
    end: int
    text: str
    block: str
    why: str
    new: bool
    cut: bool

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the quote in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            comment=text_in(found, "comment"),
            start=number_in(found, "start"),
            end=number_in(found, "end"),
            text=text_in(found, "text"),
            block=text_in(found, "block"),
            why=text_in(found, "why"),
            new=truth_in(found, "new"),
            cut=truth_in(found, "cut"),
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, and the named facts behind its numbers in the order in which they stand."""

    text: str
    sources: tuple[str, ...]

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the statement in a plain dict; raises ValueError where a field is wrong."""
        return cls(text_in(found, "text"), texts_in(found, "sources"))


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary of one recommendation: same snapshot, previous and options, same bytes.

    `snapshot` and `previous` are digests ("" where there was no previous summary); `quotes`
    stand in the order of their choice, so the first three of eight are the three of three.
    """

    recommendation: int
    method: str
    snapshot: str
    facts: Facts
    quotes: tuple[Quote, ...]
    statements: tuple[Statement, ...]
    options: Options
    previous: str

    def digest(self) -> str:
        """Return the sha256 (hex) of the content."""
        return sha256(self)

    def to_json(self) -> dict[str, object]:
        """Return a plain dict for JSON."""
        return record(self)

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the summary that `to_json` wrote; raises ValueError where a field is wrong."""
        return cls(
            recommendation=number_in(found, "recommendation"),
            method=text_in(found, "method"),
            snapshot=text_in(found, "snapshot"),
            facts=Facts.from_json(record(found.get("facts"))),
            quotes=tuple(Quote.from_json(record(each)) for each in list_in(found, "quotes")),
            statements=tuple(
                Statement.from_json(record(each)) for each in list_in(found, "statements")
            ),
            options=Options.from_json(record(found.get("options"))),
            previous=text_in(found, "previous"),
        )


def _movement(found: Mapping[str, object]) -> dict[str, int] | None:
    return None if found.get("movement") is None else counts_in(found, "movement", STANCES)
