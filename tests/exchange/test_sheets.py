"""Files of rows: whatever a file holds, its rows come out or an error names the line."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from consultations.exchange import sheets
from consultations.exchange.sheets import SheetError


def rows(path: Path, **how: str) -> list[tuple[int, list[str]]]:
    with sheets.opened(path, **how) as found:
        return [(row.line, row.cells) for row in found]


def written(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def workbook(folder: Path, *lines: list[object]) -> Path:
    book = Workbook()
    for line in lines:
        book.active.append(line)  # type: ignore[union-attr]
    path = folder / "file.xlsx"
    book.save(path)
    return path


def read_or_refused(path: Path) -> object:
    """Return the rows, or what the error says of them."""
    try:
        return rows(path)
    except SheetError as error:
        return "damaged or locked" if "damaged or locked" in str(error) else str(error)


def test_each_row_has_the_line_on_which_it_begins(tmp_path: Path) -> None:
    path = written(tmp_path, b'\xef\xbb\xbfa,b\r\n"two\nlines",x\r\n\r\ny,z')
    assert rows(path) == [(1, ["a", "b"]), (2, ["two\nlines", "x"]), (4, []), (5, ["y", "z"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_among_cells_that_hold_the_others(
    delimiter: str, tmp_path: Path
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([["id", "why", "when"], ["1", "a, b; c | d\te", "x"], ["2", "f; g", "y"]])
    path = written(tmp_path, text.getvalue().encode())
    assert [len(cells) for _line, cells in rows(path)] == [3, 3, 3]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert rows(written(tmp_path, b"text\nOne; two.\n")) == [(1, ["text"]), (2, ["One; two."])]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"a,b\n1,caf\xe9\n", "line 2: Character 6 is not UTF-8 (byte 0xE9)"),
        (b"a,b\n1,\xed\xa0\x80\n", "line 2: Character 3 is not UTF-8 (byte 0xED)"),
        (b"\xff\xfea\0,\0b\0", "line 1: This is UTF-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "This is an old or locked Excel file"),
        (bytes(range(128, 256)) * 40, "line 1: Character 1 is not UTF-8"),
        (b'a,b\n1,"never closed\n2,x\n', "line 2: A quotation mark opens here and never closes."),
        (b'a,b\n1,"closed"badly\n', "line 2: A quotation mark stands where a cell should end"),
        (b"a,b\r1,x\r2,y\r", "line 1: Its lines do not end as a CSV's do"),
        (b"PK\x03\x04 but no archive", "line 1: The spreadsheet is damaged or locked"),
    ],
)
def test_file_that_is_no_table_is_refused_with_its_line(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(SheetError) as refused:
        rows(written(tmp_path, content))
    assert str(refused.value)[: len(sentence)] == sentence


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="No such file"):
        rows(tmp_path / "nothing.csv")


def test_line_without_an_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n" + b"x" * (sheets.MOST_LINE + 1))
    with pytest.raises(SheetError, match="line 2: A line is longer"):
        rows(path)


def test_cell_longer_than_any_text_is_refused_and_five_megabytes_are_read(tmp_path: Path) -> None:
    five = "x" * 5_000_000
    assert rows(written(tmp_path, f"a\n{five}\n".encode()))[1] == (2, [five])
    lines = ("x" * 1_000 + "\n") * (sheets.MOST_CELL // 1_000 + 1)
    with pytest.raises(SheetError, match="line 2: A cell is longer"):
        rows(written(tmp_path, f'a\n"{lines}"\n'.encode()))


def test_nul_is_a_character_like_any_other_here(tmp_path: Path) -> None:
    assert rows(written(tmp_path, b"a,b\n1,x\0y\n"))[1] == (2, ["1", "x\0y"])


def test_other_encoding_is_read_where_it_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,café “so”\n".encode("cp1252"))
    assert rows(path, encoding="cp1252")[1] == (2, ["1", "café “so”"])


def test_cells_of_a_spreadsheet_are_text_and_formulas_stay_as_written(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["day", "n", "f", "true", "half", "text"],
        [datetime(2026, 11, 3), 7.0, "=SUM(A1:A9)", True, 0.5, " a\nb "],  # noqa: DTZ001
        [],
        [date(2026, 11, 4), 8, '=HYPERLINK("http://x","y")', None, None, "c"],
    )
    assert rows(path) == [
        (1, ["day", "n", "f", "true", "half", "text"]),
        (2, ["2026-11-03", "7", "=SUM(A1:A9)", "TRUE", "0.5", " a\nb "]),
        (3, []),
        (4, ["2026-11-04", "8", '=HYPERLINK("http://x","y")', "", "", "c"]),
    ]


def test_sheet_is_chosen_by_name_and_a_missing_one_is_named(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("Second").append(["here"])
    book.save(tmp_path / "file.xlsx")
    assert rows(tmp_path / "file.xlsx", sheet="Second") == [(1, ["here"])]
    with pytest.raises(SheetError, match="There is no sheet “Third”"):
        rows(tmp_path / "file.xlsx", sheet="Third")


def test_spreadsheet_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1_000)
    with pytest.raises(SheetError, match="too large"):
        rows(workbook(tmp_path, ["a"]))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("content", [b"", b"<broken", b"\0\xff", b"<a/>"])
def test_damaged_spreadsheet_is_refused_without_a_traceback(
    part: str, content: bytes, tmp_path: Path
) -> None:
    path = workbook(tmp_path, ["a", "b"], ["1", "2"])
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w") as damaged:
        for name, said in (parts | {part: content}).items():
            damaged.writestr(name, said)
    assert read_or_refused(path) in (
        *("damaged or locked", []),
        [(1, ["a", "b"]), (2, ["1", "2"])],
    )


@given(content=st.binary(max_size=400))
def test_any_bytes_are_rows_or_an_error(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.mktemp("any"), content)
    assert isinstance(read_or_refused(path), list | str)


def test_csv_of_any_length_takes_the_same_memory(tmp_path: Path) -> None:
    line = f"1,{'words ' * 60}\n"
    peaks = []
    for times in (2_000, 40_000):
        path = written(tmp_path, f"a,b\n{line * times}".encode())
        tracemalloc.start()
        with sheets.opened(path) as found:
            assert sum(1 for _row in found) == times + 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000
