"""What kind a file is, from its bytes; and the name that it is handed out under.

Plain Python: nothing here knows of forms or rows. What an archive says of itself is not believed:
it is unpacked, piece by piece and up to a limit, and thrown away. Nothing is ever carried out.
"""

import csv
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

MOST_BYTES = 10 * 1024 * 1024
MOST_NAME = 100
_MOST_PARTS = 5_000
_MOST_UNPACKED = 150 * 1024 * 1024
_MOST_DESCRIPTION = 1024 * 1024
_CHUNK = 256 * 1024
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
_PART = b"PK\x01\x02"  # opens each line of an archive's directory
_CANNOT_SHOW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MACROS = re.compile(r"vbaproject\.bin$|vbadata\.xml$|(^|/)(macrosheets|activex|basic|scripts)/")


class Kind(StrEnum):
    """The kinds of file that are taken; each value is the end of its name."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    XLSX = "xlsx"
    CSV = "csv"

    @property
    def content_type(self) -> str:
        """Return what a browser is told that it is."""
        return _CONTENT_TYPES[self]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    Kind.CSV: "text/csv; charset=utf-8",
}
_MAIN_PARTS = {
    Kind.DOCX: f"{_CONTENT_TYPES[Kind.DOCX]}.main+xml".encode(),
    Kind.XLSX: f"{_CONTENT_TYPES[Kind.XLSX]}.main+xml".encode(),
}


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated at the doors, by `FileError.told`."""
    return message


class FileError(ValueError):
    """A file that is refused, with a sentence for the form; `code` names the reason."""

    def __init__(self, code: str, template: str, **values: str) -> None:
        self.code, self.template, self.values = code, template, values
        super().__init__(self.told())

    def told(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence; `translate` (gettext, at a door) is given what was marked."""
        return translate(self.template) % self.values


@dataclass(frozen=True)
class File:
    """A file that was checked: its name made safe, its kind, and its bytes."""

    name: str
    kind: Kind
    content: bytes

    @property
    def sha256(self) -> str:
        """Return the hash by which the same bytes are known again."""
        return hashlib.sha256(self.content).hexdigest()


def checked(content: bytes, name: str) -> File:
    """Return the file with its kind and a safe name; raise FileError as `kind_of` does."""
    kind = kind_of(content, name)
    return File(safe_name(name, kind), kind, content)


def kind_of(content: bytes, name: str) -> Kind:
    """Return what the bytes are, where the name says the same.

    Raises FileError for anything else: nothing in it, too much, a kind that is not taken, another
    kind than it is named for, a file that is damaged, locked by a password or holds macros.
    """
    if not content:
        raise FileError("empty", gettext_noop("This file is empty. Choose another one."))
    if len(content) > MOST_BYTES:
        raise too_large(len(content))
    named = _named(name)
    found = _found(content, named)
    if found != named:
        raise FileError(
            "misnamed",
            gettext_noop(
                "This file is named .%(named)s, and what is in it is not. "
                "Save it as PDF, DOCX, ODT, XLSX or CSV, and choose it again."
            ),
            named=named,
        )
    return found


def too_large(size: int) -> FileError:
    """Return the refusal of a file of so many bytes."""
    return FileError(
        "too_large",
        gettext_noop(
            "This file has %(size)s: %(most)s is the most. "
            "Make it smaller, for example with smaller pictures."
        ),
        size=size_in_words(size),
        most=size_in_words(MOST_BYTES),
    )


def size_in_words(size: int) -> str:
    """Return a size as "1.2 MB" or "34 kB", never less than "1 kB"."""
    if size >= 1024 * 1024:
        return f"{size / (1024 * 1024):.1f}".removesuffix(".0") + " MB"
    return f"{max(round(size / 1024), 1)} kB"


def safe_name(name: str, kind: Kind) -> str:
    """Return the name without folders and hidden characters, shortened, with the kind's end."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode(errors="ignore").decode()))
    kept = "".join(each for each in last[-1] if unicodedata.category(each)[0] != "C")
    stem = re.sub(rf"\.{kind}$", "", kept, flags=re.IGNORECASE)
    stem = re.sub(r'[<>:"|?*;%\s]+', " ", stem).strip(" .")[: MOST_NAME - 10].strip(" .")
    return f"{stem or 'document'}.{kind}"


def disposition(name: str) -> str:
    """Return the header that has a browser keep the file under this name (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", plain).strip()
    if plain.startswith("."):
        plain = f"document{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _named(name: str) -> Kind:
    """Return the kind that the end of the name promises."""
    end = name.rpartition(".")[2].strip().lower() if "." in name else ""
    if end in {kind.value for kind in Kind}:
        return Kind(end)
    if end in {"docm", "dotm", "xlsm", "xltm", "xlsb"}:
        raise _with_macros()
    raise FileError(
        "unknown",
        gettext_noop(
            "Choose a PDF, DOCX, ODT, XLSX or CSV file: its name ends in .pdf, .docx and so on."
        ),
    )


def _found(content: bytes, named: Kind) -> Kind | None:
    """Return the kind by the bytes alone, None where it is none of ours."""
    if content.startswith(_PDF):
        return _pdf(content)
    if content.startswith(_ZIP):
        return _office(content)
    if content.startswith(_OLE) and named in {Kind.DOCX, Kind.XLSX}:
        raise _locked()
    if named == Kind.CSV:
        return _table(content)
    return None


def _pdf(content: bytes) -> Kind:
    if not re.match(rb"%PDF-[12]\.[0-9]", content) or b"%%EOF" not in content[-4096:]:
        raise _damaged()
    return Kind.PDF


def _table(content: bytes) -> Kind:
    """Check that a table is text, in UTF-8, and can be read as rows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_utf8()
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_utf8() from None
    if _CANNOT_SHOW.search(words):
        raise FileError(
            "not_text", gettext_noop("This file holds more than text, so it is not a CSV table.")
        )
    if words.lstrip().startswith("<"):
        raise FileError(
            "not_text", gettext_noop("This file holds a web page or XML, not a CSV table.")
        )
    try:
        filled = any(any(row) for row in csv.reader(io.StringIO(words, newline="")))
    except csv.Error:
        raise FileError(
            "not_text", gettext_noop("This CSV table cannot be read as rows.")
        ) from None
    if not filled:
        raise FileError("empty", gettext_noop("This table is empty. Choose another one."))
    return Kind.CSV


def _office(content: bytes) -> Kind | None:
    """Return which office document an archive is; raise FileError where it is not sound."""
    if content.count(_PART) > _MOST_PARTS:
        raise FileError(
            "bomb", gettext_noop("This file is made of more parts than a document has.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _archived(archive)
    except FileError:
        raise
    # zipfile answers to bytes that were made to hurt it with errors of many sorts
    except Exception as error:
        raise _damaged() from error


def _archived(archive: zipfile.ZipFile) -> Kind | None:
    names = [part.filename for part in archive.infolist()]
    if len(set(names)) != len(names):
        raise _damaged()
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        raise _locked()
    if any(_MACROS.search(name.lower()) for name in names):
        raise _with_macros()
    _unpack(archive)
    if "mimetype" in names:
        return _open_document(archive)
    types = _description(archive, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise _with_macros()
    return next((kind for kind, part in _MAIN_PARTS.items() if part in types), None)


def _open_document(archive: zipfile.ZipFile) -> Kind | None:
    if _description(archive, "mimetype").strip() != _CONTENT_TYPES[Kind.ODT].encode():
        return None
    if b"encryption-data" in _description(archive, "META-INF/manifest.xml"):
        raise _locked()
    return Kind.ODT if "content.xml" in archive.namelist() else None


def _description(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a part that says what the others are, "" where there is none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(_MOST_DESCRIPTION)


def _unpack(archive: zipfile.ZipFile) -> None:
    """Unpack every part to see that it is whole; stop where it grows beyond what is sane."""
    left = _MOST_UNPACKED
    for size in _sizes(archive):
        left -= size
        if left < 0:
            raise FileError(
                "bomb", gettext_noop("Unpacked, this file is far larger than a document should be.")
            )


def _sizes(archive: zipfile.ZipFile) -> Iterator[int]:
    for part in archive.infolist():
        if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _damaged()
        with archive.open(part) as opened:
            while piece := opened.read(_CHUNK):
                yield len(piece)


def _damaged() -> FileError:
    return FileError(
        "damaged",
        gettext_noop("This file is damaged or not complete. Open it, save it anew, and try again."),
    )


def _locked() -> FileError:
    return FileError(
        "locked",
        gettext_noop(
            "This file is locked by a password, or in an old format. "
            "Save it without a password as PDF, DOCX, ODT, XLSX or CSV."
        ),
    )


def _with_macros() -> FileError:
    return FileError(
        "macros", gettext_noop("This file may hold macros. Save it without them, or as a PDF.")
    )


def _not_utf8() -> FileError:
    return FileError(
        "not_utf8", gettext_noop("Save this table as “CSV UTF-8”: its letters cannot be read.")
    )
