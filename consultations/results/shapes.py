"""What a page of results holds: frozen values of plain strings and numbers; `render` fills them."""

from dataclasses import dataclass

from consultations.analysis.snapshot import KINDS
from consultations.results.drawing import Bar

# What stands in place of the organisation's kind of those who are shown without a name.
WITHHELD = {kind: f"{kind}-withheld" for kind in KINDS}


@dataclass(frozen=True)
class Line:
    """One row of a table of stances: `counts` in the order of `Stance`, () where not told.

    `names` are of those who are counted together in it, each with the address of what they said
    or ""; `to_read` is how many comments stand there.
    """

    names: tuple[tuple[str, str], ...]
    total: int
    to_read: int
    counts: tuple[int, ...]
    bar: Bar | None


@dataclass(frozen=True)
class Table:
    """A table of stances by one declared fact; `id` names it within the page."""

    id: str
    caption: str
    first: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Campaign:
    """Many comments that are one letter: how many, in how many wordings, and who sent it.

    `counts` stand in the order of `Stance`, () where they are not told.
    """

    size: int
    wordings: int
    counts: tuple[tuple[str, int], ...]
    senders: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Section:
    """The results on one recommendation."""

    number: int
    title: str
    path: str
    sentence: str
    counts: tuple[tuple[str, int], ...]
    tables: tuple[Table, ...]
    campaigns: tuple[Campaign, ...]


@dataclass(frozen=True)
class Reach:
    """How many of a kind or region answered, beside the share that the owner expected.

    `share` and `expected` are whole per cent, or None where there is no base or no expectation.
    """

    label: str
    total: int
    share: int | None
    expected: int | None


@dataclass(frozen=True)
class Span:
    """How many answered in a day or a week, and how long its bar is (of 100)."""

    label: str
    total: int
    length: int


@dataclass(frozen=True)
class Page:
    """All that the results' page shows; of the `whole` nothing waits to be told."""

    whole: bool
    who: tuple[str, ...]
    kinds: tuple[Reach, ...]
    regions: tuple[Reach, ...]
    silent: tuple[str, ...]
    expected: bool
    channels: tuple[tuple[str, int], ...]
    times: tuple[Span, ...]
    weekly: bool
    sections: tuple[Section, ...]
    stances: tuple[str, ...]
