"""Workbooks: rows on the first sheet, what each column means on the last; never in a request."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from consultations.records import Cell, Column

MOST_ROWS = 1_048_576
MOST_CELL = 32_767
PIECE = 1_000_000


class TooLong(Exception):  # noqa: N818  it is the text that is at fault
    """A text that no cell can hold, with the sentence that says so."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a sheet: its title, its columns, and rows by the lot."""

    title: str
    columns: Sequence[Column]
    chunks: Iterable[Sequence[Sequence[Cell]]]


def write(path: Path, *, sheets: Sequence[Sheet], folder: Path) -> int:
    """Write a workbook in constant memory; return how many rows. Raises TooLong.

    Text stays text: nothing in it becomes a formula or a link. `folder` is for what is built on
    the way.
    """
    options = {"constant_memory": True, "tmpdir": str(folder)}
    book = xlsxwriter.Workbook(str(path), options)
    heading = book.add_format({"bold": True})
    written = sum(_filled(book, sheet, heading) for sheet in sheets)
    _meanings(book, sheets, heading)
    book.close()
    return written


def _filled(book: xlsxwriter.Workbook, said: Sheet, heading: xlsxwriter.format.Format) -> int:
    """Write rows, on another sheet where one is full; return how many."""
    names = [column.name for column in said.columns]
    written, line, number, sheet = 0, MOST_ROWS, 0, None
    for rows in said.chunks:
        for row in rows:
            if line == MOST_ROWS:  # begin the first sheet, or go on where one is full
                number += 1
                title = f"{said.title} {number}" if number > 1 else said.title
                sheet = _sheet(book, title, names, heading)
                line = 1
            _row(sheet, line, row)
            line += 1
            written += 1
    if sheet is None:
        _sheet(book, said.title, names, heading)
    return written


def _sheet(
    book: xlsxwriter.Workbook,
    title: str,
    names: Sequence[str],
    heading: xlsxwriter.format.Format,
) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(names) - 1, 16)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, heading)
    return sheet


def _row(sheet: xlsxwriter.worksheet.Worksheet, line: int, row: Sequence[Cell]) -> None:
    for place, cell in enumerate(row):
        if cell.__class__ is str:
            if cell and sheet.write_string(line, place, cell):
                raise TooLong(
                    _("A text is longer than the %(most)s characters that a cell holds: take CSV.")
                    % {"most": MOST_CELL}
                )
        elif cell is not None:
            sheet.write_number(line, place, cell)


def _meanings(
    book: xlsxwriter.Workbook, sheets: Sequence[Sheet], heading: xlsxwriter.format.Format
) -> None:
    """Add the sheet that says what each column means."""
    sheet = book.add_worksheet(_("Columns"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 60)
    sheet.set_column(3, 3, 24)
    titles = (_("Column"), _("What it means"), _("What may stand in it"), _("Sheet"))
    for place, name in enumerate(titles):
        sheet.write_string(0, place, name, heading)
    every = [(said, column) for said in sheets for column in said.columns]
    for line, (said, column) in enumerate(every, start=1):
        values = "; ".join(f"{value}: {label}" for value, label in column.choices)
        words = (column.name, str(column.meaning), values, said.title)
        for place, word in enumerate(words):
            sheet.write_string(line, place, word)


def pieces(file: Path) -> Iterator[bytes]:
    """Yield a file in pieces of which a row can hold one."""
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece
