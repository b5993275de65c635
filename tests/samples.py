"""Real files, made in the test: small, whole, and of each kind that the portal takes."""

import io
import zipfile
from collections.abc import Mapping

from openpyxl import Workbook

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
CSV = "Place,Firms\nHartlepool,41\nCaerphilly,“few”\n".encode()
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = '<Types><Override PartName="/word/document.xml" ContentType="{}"/></Types>'
OPEN = "application/vnd.oasis.opendocument.text"


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for name, words in parts.items():
            archive.writestr(name, words)
    return kept.getvalue()


def docx(more: Mapping[str, str | bytes] | None = None, types: str = WORD) -> bytes:
    """Return a text document as Word saves it, with `more` parts."""
    parts = {
        "[Content_Types].xml": TYPES.format(types),
        "word/document.xml": "<w:document/>",
    }
    return zipped({**parts, **(more or {})})


def odt(more: Mapping[str, str | bytes] | None = None, mimetype: str = OPEN) -> bytes:
    """Return a text document as LibreOffice saves it, with `more` parts."""
    parts = {
        "mimetype": mimetype,
        "content.xml": "<office:document-content/>",
        "META-INF/manifest.xml": "<manifest:manifest/>",
    }
    return zipped({**parts, **(more or {})})


def xlsx() -> bytes:
    """Return a workbook with one row."""
    book, kept = Workbook(), io.BytesIO()
    book.active.append(["Place", "Firms"])
    book.save(kept)
    return kept.getvalue()


def pdf(size: int = len(PDF)) -> bytes:
    """Return a PDF of so many bytes."""
    head, tail = PDF[:9], PDF[9:]
    return head + b"%" * (size - len(PDF)) + tail
