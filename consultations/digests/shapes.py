"""What an edition is when it is read: frozen values of plain strings and numbers.

One structure for web page, mail, JSON record and preview; `render`, next door, fills it. A path
that begins with "#" is a place on the edition's own page.
"""

from dataclasses import dataclass

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Link:
    """A way onward: what it is called, and the path that it leads to."""

    label: str
    path: str


@dataclass(frozen=True)
class Source:
    """One named fact behind a sentence: in words, with its number, and where it is shown.

    `name` is its code in the frozen facts; `comments` lead to those behind it as they stand now.
    """

    name: str
    label: str
    value: str
    path: str
    comments: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """A sentence of the summary, and what each of its numbers comes from."""

    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Cell:
    """How many took a stance, and how that changed ("+3"; "" where it is not told)."""

    count: int
    change: str


@dataclass(frozen=True)
class Row:
    """One line of a table: a group that declared itself, or several counted together.

    Where only its size is told it has no cells, and None on both sides. `anchor` is its place on
    the page.
    """

    keys: tuple[str, ...]
    anchor: str
    label: str
    total: int
    new: int
    cells: tuple[Cell, ...]
    support: int | None
    oppose: int | None


@dataclass(frozen=True)
class Said:
    """A quotation as shown, with its own address; or the note in its place (`removed`).

    `why` says why it was chosen; `related` are comments with similar wording that stand now.
    """

    anchor: str
    text: str
    removed: str
    said_by: str
    region: str
    stance: str
    stance_label: str
    block: str
    path: str
    why: str
    related: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Block:
    """The quotations of one side, under its name."""

    heading: str
    quotes: tuple[Said, ...]


@dataclass(frozen=True)
class Ground:
    """Common ground or division of two kinds of respondent, with a quotation from each side."""

    heading: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[Link, ...]


@dataclass(frozen=True)
class Campaign:
    """Near-identical comments sent by many: how many, with which views, and by whom."""

    anchor: str
    label: str
    size: int
    new: int
    distinct: int
    cells: tuple[Cell, ...]
    kinds: tuple[Row, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Moved:
    """The views of a group at the digest before, and now; both in the order of all stances."""

    label: str
    before: tuple[int, ...]
    now: tuple[int, ...]


@dataclass(frozen=True)
class Dropped:
    """Whose words the digest before quoted and this one does not, and why; a path if they stand."""

    said_by: str
    path: str
    reason: str


@dataclass(frozen=True)
class Changed:
    """What changed on one recommendation since the digest before."""

    sentences: tuple[Sentence, ...]
    moved: tuple[Moved, ...]
    kept: tuple[Link, ...]
    added: tuple[Link, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True)
class Section:
    """What the edition says about one recommendation.

    `sentences` stand at its head, those of a table's rows beside the table (`rows`); the others
    with what they are about. `blocks` hold the `quotes` by side; the first `mailed` of these are
    the mail's, as are the `remarks`: what no table shows.
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
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    rows: tuple[Sentence, ...]
    ground: tuple[Ground, ...]
    campaigns: tuple[Campaign, ...]
    changed: Changed | None
    remarks: tuple[str, ...]
    mailed: int


@dataclass(frozen=True)
class Size:
    """One line of a table of sizes: how many, and the share in per cent, None of too few."""

    label: str
    total: int
    share: int | None


@dataclass(frozen=True)
class Question:
    """One of the owner's questions, with how many answered it and what they chose.

    `about` says of which recommendation it is, `kind` how it is answered; `note` what its numbers
    are, or why it has none. `anchor` is its place on the page.
    """

    number: int
    anchor: str
    words: str
    about: str
    kind: str
    answered: int
    note: str
    rows: tuple[Size, ...]


@dataclass(frozen=True)
class Body:
    """An organisation that answered and may be named now, with what is to be known of it."""

    name: str
    path: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Bodies:
    """The organisations of one kind of respondent that may be named."""

    heading: str
    named: tuple[Body, ...]


@dataclass(frozen=True)
class Whole:
    """What a final summary says beside its recommendations.

    `sentences` say who answered; `bodies` are looked up when it is read, and `unnamed` says how
    many more there are.
    """

    sentences: tuple[str, ...]
    kinds: tuple[Size, ...]
    channels: tuple[Size, ...]
    questions: tuple[Question, ...]
    bodies: tuple[Bodies, ...]
    unnamed: str


@dataclass(frozen=True)
class View:
    """An edition, ready to be read. Hashable: the same view is the same mail.

    `corrections` are those to this edition; `earlier` says what became of the ones before it, once.
    `whole` and `about`, which says what it is, are a final summary's alone; `workbook_path` leads
    to its tables as a file, once they are built.
    """

    number: int
    heading: str
    title: str
    path: str
    consultation_path: str
    method_path: str
    period: str
    start: str
    end: str
    caution: str
    stances: tuple[str, ...]
    sections: tuple[Section, ...]
    to_come: tuple[str, ...]
    method: str
    hash: str
    notice: str
    moderation: tuple[Sentence, ...] = ()
    moderation_path: str = ""
    record: str = ""
    record_path: str = ""
    readers: int | None = None
    corrections: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    whole: Whole | None = None
    about: str = ""
    workbook_path: str = ""
