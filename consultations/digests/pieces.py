"""What a mail says about one recommendation, and what may be added to it while there is room."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from consultations import text
from consultations.digests.bars import Segment, segments
from consultations.digests.render import address
from consultations.digests.shapes import Row, Said, Section
from consultations.mail.letter import WIDTH, wrapped
from consultations.models import Stance

# A quotation is first shown by its opening sentences, of at least so many words.
LEAST_WORDS = 8
LABEL = 40  # characters of a table's first column
INDENT = "    "


@dataclass(frozen=True)
class Quoted:
    """A quotation with its address; `words` may end sooner, at a sentence's end and marked.

    `place` is its place in the edition; `lines` are those of the text part.
    """

    place: int
    said: Said
    words: str
    link: str
    lines: str


@dataclass(frozen=True)
class Piece:
    """What the mail says about one recommendation.

    `bar` and `key` hold the stances that anybody took; `table`, the text part's lines.
    """

    section: Section
    link: str
    bar: tuple[Segment, ...] = ()
    key: str = ""
    table: str = ""
    remarks: tuple[str, ...] = ()
    quotes: tuple[Quoted, ...] = ()


@dataclass(frozen=True)
class Addition:
    """One thing that may be added to the piece at `at`: `what`, and which of its kind."""

    at: int
    what: str
    rank: int = 0

    def __call__(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """Return the pieces with this added."""
        return (*pieces[: self.at], self._grown(pieces[self.at]), *pieces[self.at + 1 :])

    def _grown(self, piece: Piece) -> Piece:
        section = piece.section
        if self.what == "table":
            return replace(piece, table=table_lines(section.kinds))
        if self.what == "remark":
            remarks = section.remarks[self.rank : self.rank + 1]
            return replace(piece, remarks=piece.remarks + remarks)
        return _with_quote(piece, self.rank, whole=self.what == "whole quote")


def begun(section: Section) -> Piece:
    """Return a piece with counts alone; its bar's labels are short."""
    taken = tuple(
        replace(segment, label=_("Neither")) if segment.stance == Stance.NEITHER else segment
        for segment in segments(section.counts)
        if segment.count
    )
    key = ", ".join(f"{segment.label} {segment.count:,}" for segment in taken)
    return Piece(section, address(section.path), taken, f"{key}." if key else "")


def additions(pieces: Sequence[Piece]) -> Iterator[Addition]:
    """One quote a side and the table by kind for every recommendation; then the rest in turn."""
    for what, rank in (
        ("quote", 0),
        ("quote", 1),
        ("table", 0),
        ("remark", 0),
        ("quote", 2),
        ("remark", 1),
        ("remark", 2),
        ("whole quote", 0),
        ("whole quote", 1),
        ("whole quote", 2),
    ):
        yield from (Addition(at, what, rank) for at in range(len(pieces)))


def table_lines(rows: Sequence[Row]) -> str:
    """Return the table by kind in columns, as plain text; a long label takes several lines."""
    if not rows:
        return ""
    first = min(max(len(row.label) for row in rows), LABEL)
    lines = [_line("", (_("All"), _("Support"), _("Oppose")), first)]
    lines += [
        _line(row.label, (row.total, _side(row.support), _side(row.oppose)), first) for row in rows
    ]
    return "\n".join(lines)


def _side(number: int | None) -> str | int:
    return "–" if number is None else number


def _line(label: str, values: Sequence[str | int], first: int) -> str:
    *above, last = textwrap.wrap(label, first) or [""]
    return "\n".join([*above, f"{last:<{first}}" + "".join(f"{each:>9}" for each in values)])


def opening(words: str) -> str:
    """Return the first sentences of a quotation, marked where more follows."""
    for _start, end in text.sentences(words):
        if len(text.words(words[:end])) >= LEAST_WORDS and end < len(words):
            return f"{words[:end]} […]"
    return words


def _with_quote(piece: Piece, rank: int, *, whole: bool) -> Piece:
    """The piece with one more quotation, or with one that it has made whole."""
    order = _by_voice(piece.section.quotes[: piece.section.mailed])
    if rank >= len(order):
        return piece
    there = {quoted.place: quoted for quoted in piece.quotes}
    if (order[rank] in there) != whole:
        return piece
    there[order[rank]] = _quoted(order[rank], piece.section.quotes[order[rank]], whole)
    return replace(piece, quotes=tuple(there[place] for place in sorted(there)))


def _by_voice(quotes: Sequence[Said]) -> list[int]:
    """The places of the quotes: the first of each side before the second of any."""
    met: dict[str, int] = {}
    turns = []
    for place, said in enumerate(quotes):
        met[said.block] = met.get(said.block, 0) + 1
        turns.append((met[said.block], place))
    return [place for _turn, place in sorted(turns)]


def _quoted(place: int, said: Said, whole: bool) -> Quoted:
    words = said.text if whole else opening(said.text)
    told = said.removed or f"“{words}”\n{said.said_by} ({said.stance_label})"
    lines = wrapped(told, WIDTH - len(INDENT)).replace("\n", f"\n{INDENT}")
    link = address(said.path) if said.path else ""
    return Quoted(place, said, words, link, f"{INDENT}{lines}")
