"""Workbooks: rows on the first sheet, what each column means on the last; never in a request."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from consultations.records import Cell, Column

MOST_ROWS = 1_048_576
MOST_CELL = 32_767


class TooLong(Exception):  # noqa: N818  it is the text that is at fault
    """A text that no cell can hold, with the sentence that says so."""


def write(
    path: Path,
    *,
    title: str,
    columns: Sequence[Column],
    chunks: Iterable[Sequence[Sequence[Cell]]],
    folder: Path,
) -> int:
    """Write a workbook in constant memory; return how many rows. Raises TooLong.

    Text stays text: nothing in it becomes a formula or a link. `folder` is for what is built on
    the way.
    """
    options = {"constant_memory": True, "tmpdir": str(folder)}
    book = xlsxwriter.Workbook(str(path), options)
    heading = book.add_format({"bold": True})
    names = [column.name for column in columns]
    written, line, number, sheet = 0, MOST_ROWS, 0, None
    for rows in chunks:
        for row in rows:
            if line == MOST_ROWS:  # begin the first sheet, or go on where one is full
                number += 1
                sheet = _sheet(book, f"{title} {number}" if number > 1 else title, names, heading)
                line = 1
            _row(sheet, line, row)
            line += 1
            written += 1
    if sheet is None:
        _sheet(book, title, names, heading)
    _meanings(book, columns, heading)
    book.close()
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
    book: xlsxwriter.Workbook, columns: Sequence[Column], heading: xlsxwriter.format.Format
) -> None:
    """Add the sheet that says what each column means."""
    sheet = book.add_worksheet(_("Columns"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 60)
    titles = (_("Column"), _("What it means"), _("What may stand in it"))
    for place, name in enumerate(titles):
        sheet.write_string(0, place, name, heading)
    for line, column in enumerate(columns, start=1):
        values = "; ".join(f"{value}: {label}" for value, label in column.choices)
        for place, words in enumerate((column.name, str(column.meaning), values)):
            sheet.write_string(line, place, words)
