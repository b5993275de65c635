"""What an edition is when it is read: frozen values of plain strings and numbers.

One structure for web page, mail and preview; `render`, next door, fills it.
"""

from dataclasses import dataclass

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Cell:
    """How many took a stance, and how that changed ("+3"; "" where it is not told)."""

    count: int
    change: str


@dataclass(frozen=True)
class Row:
    """One line of a table: a group that declared itself, or several counted together.

    Where only its size is told it has no cells, and None on both sides.
    """

    label: str
    total: int
    new: int
    cells: tuple[Cell, ...]
    support: int | None
    oppose: int | None


@dataclass(frozen=True)
class Said:
    """A quotation as shown, with its own address; or the note in its place (`removed`)."""

    text: str
    removed: str
    said_by: str
    region: str
    stance: str
    stance_label: str
    block: str
    path: str


@dataclass(frozen=True)
class Section:
    """What the edition says about one recommendation.

    `statements` are all its sentences; `remarks` those that no table shows.
    """

    number: int
    title: str
    path: str
    new: int
    total: int
    news: str
    counts: Counts
    cells: tuple[Cell, ...]
    kinds: tuple[Row, ...]
    regions: tuple[Row, ...]
    bodies: tuple[Row, ...]
    quotes: tuple[Said, ...]
    statements: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """An edition, ready to be read. Hashable: the same view is the same mail."""

    number: int
    heading: str
    title: str
    path: str
    consultation_path: str
    period: str
    caution: str
    stances: tuple[str, ...]
    sections: tuple[Section, ...]
    to_come: tuple[str, ...]
    method: str
    hash: str
    notice: str
    moderation: tuple[str, ...] = ()
    moderation_path: str = ""
    earlier: tuple[str, ...] = ()
    record: str = ""
