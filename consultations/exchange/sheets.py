"""Files of rows, CSV or XLSX, read one row at a time; whatever a file holds, errors name the line.

A CSV is never held whole in memory. Formulas are text: nothing is calculated or looked up.
"""

import csv
import hashlib
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "latin-1")
# Far longer than anybody writes: past it a quotation mark is missing, or the file is no table.
MOST_CELL = 8_000_000
MOST_LINE = 16_000_000
SAMPLE_LINES = 20
# What a spreadsheet can hold, and what one may unpack to.
MOST_ROWS = 1_048_576
MOST_UNPACKED = 400_000_000
# All that openpyxl stumbles over; a parser of XML, of whatever make, raises SyntaxErrors.
BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, EOFError, KeyError),
    *(ValueError, TypeError, AttributeError, IndexError, NotImplementedError, RuntimeError),
    *(OverflowError, OSError),
)


class SheetError(ValueError):
    """A file that cannot be read, and on which line (from 1; 0 for the whole file)."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(
            _("line %(n)s: %(what)s") % {"n": line, "what": message} if line else message
        )
        self.line = line


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row as text, and the line on which it begins."""

    line: int
    cells: list[str]

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell.strip() for cell in self.cells)


@contextmanager
def opened(
    path: Path,
    *,
    delimiter: str = "",
    encoding: str = "utf-8",
    sheet: str = "",
    most_unpacked: int | None = None,
) -> Iterator[Iterator[Row]]:
    """Open a file and give its rows; raises SheetError at once or while they are read.

    `most_unpacked` is how many bytes a spreadsheet may unpack to.
    """
    limit = csv.field_size_limit(MOST_CELL)
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            if head.startswith(b"PK\x03\x04"):
                yield _workbook_rows(file, sheet, most_unpacked or MOST_UNPACKED)
            else:
                _refuse_head(head)
                yield _csv_rows(file, delimiter, encoding)
    except OSError as error:
        raise SheetError(str(error.strerror or error)) from error
    finally:
        csv.field_size_limit(limit)


def fingerprint(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_head(head: bytes) -> None:
    if not head:
        raise SheetError(_("The file is empty."))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError(
            _("This is an old or locked Excel file: save it as .xlsx or as CSV UTF-8.")
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetError(_("This is UTF-16: save it as CSV UTF-8."), 1)


def _csv_rows(file: BinaryIO, delimiter: str, encoding: str) -> Iterator[Row]:
    delimiter = delimiter or _sniffed(file, encoding)
    reader = csv.reader(_lines(file, encoding), delimiter=delimiter, strict=True)
    while True:
        began = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SheetError(_csv_fault(str(error)), began) from error
        yield Row(began, cells)


def _csv_fault(said: str) -> str:
    """Say in a sentence what the csv module found."""
    if "field larger" in said:
        return _("A cell is longer than any text: a quotation mark may be missing.")
    if "unexpected end" in said:
        return _("A quotation mark opens here and never closes.")
    if "new-line" in said:
        return _("Its lines do not end as a CSV's do: save it as CSV UTF-8 again.")
    return _("A quotation mark stands where a cell should end (%(said)s).") % {"said": said}


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield each line, decoded by itself, so that an error has its line and place."""
    number = 0
    while line := file.readline(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE:
            raise SheetError(_("A line is longer than any table's: this is no CSV file."), number)
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            yield line.decode(encoding)
        except UnicodeDecodeError as error:
            place = len(line[: error.start].decode(encoding)) + 1
            raise SheetError(
                _("Character %(place)s is not %(encoding)s (byte %(byte)s): save it as CSV UTF-8.")
                % {
                    "place": place,
                    "encoding": encoding.upper(),
                    "byte": f"0x{line[error.start]:02X}",
                },
                number,
            ) from error


def _sniffed(file: BinaryIO, encoding: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns, all alike."""
    lines = []
    for line in _lines(file, encoding):
        lines.append(line)
        if len(lines) == SAMPLE_LINES:
            break
    file.seek(0)
    best, score = DELIMITERS[0], (1, 0)
    for delimiter in DELIMITERS:
        try:
            cut = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        widths = [len(row) for row in cut[: max(len(cut) - 1, 1)]]  # the last may be cut off
        if widths and (min(widths), -len(set(widths))) > score:
            best, score = delimiter, (min(widths), -len(set(widths)))
    return best


def _workbook_rows(file: BinaryIO, sheet: str, most_unpacked: int) -> Iterator[Row]:
    line = 0
    try:
        _refuse_bomb(file, most_unpacked)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of missing styles, which none needs
            book = load_workbook(file, read_only=True, keep_links=False)
        found = book[sheet] if sheet else book.worksheets[0]
        found.reset_dimensions()
        for line, values in enumerate(found.iter_rows(values_only=True), start=1):
            if line > MOST_ROWS:
                raise SheetError(_("There are more rows than a spreadsheet has."), line)
            yield Row(line, [_as_text(value) for value in values])
    except SheetError:
        raise
    except BROKEN as error:
        if sheet and not line:
            raise SheetError(_("There is no sheet “%(name)s”.") % {"name": sheet}) from error
        what = _("The spreadsheet is damaged or locked (%(kind)s): save it again.")
        raise SheetError(what % {"kind": type(error).__name__}, line + 1) from error


def _refuse_bomb(file: BinaryIO, most_unpacked: int) -> None:
    with zipfile.ZipFile(file) as parts:
        if sum(part.file_size for part in parts.infolist()) > most_unpacked:
            raise SheetError(_("The spreadsheet is too large: save it as CSV UTF-8."))
    file.seek(0)


def _as_text(value: object) -> str:
    """Return what a cell shows, without its format; a formula as it is written."""
    match value:
        case None:
            return ""
        case str():
            return str(unescape(value))
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date() | time():
            return value.isoformat()
    return f"={value.text}" if hasattr(value, "text") else str(value)
