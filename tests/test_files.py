"""What kind a file is, by its bytes: real files of each kind, hostile ones, any bytes at all."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations import files
from consultations.files import FileError, Kind
from tests import samples
from tests.trying import tried

MEGABYTE = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MAIN = {
    "pdf": samples.PDF,
    "docx": samples.docx(),
    "odt": samples.odt(),
    "xlsx": samples.xlsx(),
    "csv": samples.CSV,
}


def code_of(content: bytes, name: str) -> str:
    """Return why a file is refused, or "" where it is taken."""
    try:
        files.kind_of(content, name)
    except FileError as error:
        return error.code if error.told().endswith(".") else "no sentence"
    return ""


def encrypted(content: bytes) -> bytes:
    """Return an archive whose parts are marked as encrypted."""
    flagged = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            flagged[at + place] |= 1
            at = content.find(mark, at + 1)
    return bytes(flagged)


def lying(content: bytes) -> bytes:
    """Return an archive whose directory says that every part unpacks to one byte."""
    changed, at = bytearray(content), content.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 24 : at + 28] = struct.pack("<I", 1)
        at = content.find(b"PK\x01\x02", at + 1)
    return bytes(changed)


@pytest.mark.parametrize("end", MAIN)
def test_file_is_what_its_bytes_and_its_name_say(end: str) -> None:
    assert files.kind_of(MAIN[end], f"Report.{end.upper()}") == Kind(end)


@pytest.mark.parametrize("end", MAIN)
@pytest.mark.parametrize("other", MAIN)
def test_file_named_for_another_kind_is_refused(end: str, other: str) -> None:
    refused = code_of(MAIN[end], f"report.{other}")

    assert (refused == "") == (end == other)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "empty"),
        (samples.pdf(files.MOST_BYTES + 1), "a.pdf", "too_large"),
        (samples.pdf(files.MOST_BYTES), "a.pdf", ""),
        (samples.PDF, "a", "unknown"),
        (samples.PDF, "a.pdf.exe", "unknown"),
        (b"MZ\x90\x00" + b"\0" * 90, "a.pdf", "misnamed"),
        (b"\n" + samples.PDF, "a.pdf", "misnamed"),
        (samples.PDF[:30], "a.pdf", "damaged"),
        (OLE, "a.docx", "locked"),
        (OLE, "a.xlsx", "locked"),
        (OLE, "a.doc", "unknown"),
        (samples.docx(), "a.docm", "macros"),
        (samples.docx({"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (samples.docx(types=samples.WORD + "macroEnabled"), "a.docx", "macros"),
        (samples.odt({"Basic/Standard/Module1.xml": "x"}), "a.odt", "macros"),
        (samples.odt({"META-INF/manifest.xml": "<encryption-data/>"}), "a.odt", "locked"),
        (samples.odt(mimetype="application/epub+zip"), "a.odt", "misnamed"),
        (encrypted(samples.docx()), "a.docx", "locked"),
        (samples.docx()[:-30], "a.docx", "damaged"),
        (samples.zipped({"a.txt": "x"}), "a.docx", "misnamed"),
        (samples.zipped({"a": "x"}, zipfile.ZIP_LZMA), "a.docx", "damaged"),
        ("Süd;Nord".encode("latin-1"), "a.csv", "not_utf8"),
        ("a;b".encode("utf-16"), "a.csv", "not_utf8"),
        (b"a,b\x00c", "a.csv", "not_text"),
        (b"a,b\x1bc", "a.csv", "not_text"),
        (b" <html><script>", "a.csv", "not_text"),
        (b'"' + b"a" * 200_000 + b'"', "a.csv", "not_text"),
        (b",,\n\n", "a.csv", "empty"),
        ("\ufeffa,b".encode(), "a.csv", ""),
    ],
)
def test_file_is_refused_for_a_reason(content: bytes, name: str, code: str) -> None:
    assert code_of(content, name) == code


@pytest.mark.exhaustive
def test_archive_that_unpacks_to_too_much_is_refused_whatever_it_says_of_itself() -> None:
    bomb = samples.docx({f"word/{n}.xml": b"\0" * (40 * MEGABYTE) for n in range(4)})

    assert len(bomb) < MEGABYTE
    assert code_of(bomb, "a.docx") == "bomb"
    assert code_of(lying(bomb), "a.docx") in {"bomb", "damaged"}


def test_archive_of_too_many_parts_is_refused() -> None:
    many = samples.docx({f"word/{n}.xml": "" for n in range(5_000)})

    assert code_of(many, "a.docx") == "bomb"


def test_archive_with_two_parts_of_one_name_is_refused() -> None:
    kept = io.BytesIO(samples.docx())
    with zipfile.ZipFile(kept, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", "another")

    assert code_of(kept.getvalue(), "a.docx") == "damaged"


@pytest.mark.parametrize("start", [b"", b"PK\x03\x04", b"%PDF-1.7", samples.docx()[:200], b"a,b"])
@given(data=st.data())
@settings(max_examples=tried(60), deadline=None)
def test_any_bytes_give_a_kind_or_a_refusal(start: bytes, data: st.DataObject) -> None:
    content = start + data.draw(st.binary(max_size=300))
    name = data.draw(st.text(max_size=20)) + data.draw(st.sampled_from([".docx", ".csv", ".pdf"]))

    assert isinstance(code_of(content, name), str)


@given(st.data())
@settings(max_examples=tried(150), deadline=None)
def test_damaged_document_gives_a_kind_or_a_refusal(data: st.DataObject) -> None:
    content = bytearray(samples.docx())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))

    assert isinstance(code_of(bytes(content), "a.docx"), str)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("REPORT.PDF", "REPORT.pdf"),
        (r"C:\Users\me\report.pdf", "report.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ('a"b\r\nc;d.pdf', "a bc d.pdf"),
        ("Bericht für Köln.pdf", "Bericht für Köln.pdf"),
        (".pdf", "document.pdf"),
        ("..", "document.pdf"),
        ("\udc80.pdf", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 90 + ".pdf"),
    ],
)
def test_name_is_made_safe(name: str, safe: str) -> None:
    assert files.safe_name(name, Kind.PDF) == safe


def test_disposition_has_an_ascii_name_and_the_whole_one() -> None:
    assert files.disposition("Bericht für “Köln”.pdf") == (
        'attachment; filename="Bericht fur Koln.pdf"; '
        "filename*=UTF-8''Bericht%20f%C3%BCr%20%E2%80%9CK%C3%B6ln%E2%80%9D.pdf"
    )
    assert files.disposition("報告.pdf").startswith('attachment; filename="document.pdf"; ')


@given(st.text(max_size=200))
def test_any_name_gives_a_header_of_one_line_in_ascii(name: str) -> None:
    header = files.disposition(files.safe_name(name, Kind.PDF))

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 kB"), (34_000, "33 kB"), (MEGABYTE, "1 MB"), (1_258_292, "1.2 MB")],
)
def test_size_is_said_in_words(size: int, words: str) -> None:
    assert files.size_in_words(size) == words
