"""The file of a consultation: gzipped JSON Lines that say at their end whether they are whole."""

import gzip
import hashlib
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

FORMAT, VERSION = "consultation-portal/transfer", 1
WARNING = (
    "PERSONAL DATA: this file holds names, e-mail addresses and unpublished words of everybody who"
    " took part. Keep it as safe as the database, and delete it when it has been loaded."
)
END = "end"
GZIPPED = b"\x1f\x8b"
# As long as any line is: the words of an edition, or a piece of a document.
MOST_LINE = 256 * 1024 * 1024


class TransferError(Exception):
    """What cannot be written or read so, with the sentence that says why."""


class Writer:
    """Writes the lines of a file, counts its rows and hashes its bytes."""

    def __init__(self, out: gzip.GzipFile, header: Mapping[str, Any]) -> None:
        self._out, self._sha256 = out, hashlib.sha256()
        self.counts: Counter[str] = Counter()
        told = {"format": FORMAT, "version": VERSION, "warning": WARNING, **header}
        self._line(json.dumps(told))

    def row(self, label: str, row: str) -> None:
        """Write one row, given as JSON."""
        self._line(f'{{"{label}": {row}}}')
        self.counts[label] += 1

    def end(self) -> str:
        """Write the last line; return the SHA-256 of all before it."""
        sha256 = self._sha256.hexdigest()
        self._line(json.dumps({END: {"rows": dict(self.counts), "sha256": sha256}}))
        return sha256

    def _line(self, line: str) -> None:
        written = f"{line}\n".encode()
        self._sha256.update(written)
        self._out.write(written)


@contextmanager
def writing(path: Path, header: Mapping[str, Any]) -> Iterator[Writer]:
    """Write a file that only its owner may read, and that has its name once it is whole.

    Raises TransferError where there is one of that name, or it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    if path.exists():
        raise TransferError(_("%(file)s is there already: name another file.") % {"file": path})
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as plain:
                with gzip.GzipFile("", "wb", 6, plain) as out:
                    writer = Writer(out, header)
                    yield writer
                    writer.end()
                plain.flush()
                os.fsync(plain.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        said = _("%(file)s cannot be written: %(why)s.")
        raise TransferError(said % {"file": path, "why": error.strerror or error}) from error


class Reader:
    """Reads a file line by line; `header` is the first, `sha256` is known when all were read."""

    def __init__(self, lines: IO[bytes]) -> None:
        self._lines, self._sha256 = lines, hashlib.sha256()
        self.header, self.sha256 = self._header(), ""

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield the label and the JSON of each row; raise TransferError unless all are there."""
        counts: Counter[str] = Counter()
        while line := self._next():
            label, row = _parted(line)
            if label == END:
                self._check(row, counts)
                return
            self._sha256.update(line)
            counts[label] += 1
            yield label, row
        raise TransferError(_("The file is cut: its last line is missing."))

    def _header(self) -> dict[str, Any]:
        line = self._next()
        self._sha256.update(line)
        try:
            header = json.loads(line)
        except ValueError:
            raise _foreign() from None
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise _foreign()
        if header.get("version") != VERSION:
            said = _("The file is of version %(there)s, and only version %(here)s is read here.")
            raise TransferError(said % {"there": header.get("version"), "here": VERSION})
        return header

    def _next(self) -> bytes:
        try:
            return self._lines.readline(MOST_LINE)
        except EOFError:
            raise TransferError(_("The file is cut: its end is missing.")) from None
        except (OSError, zlib.error) as error:
            raise TransferError(_("The file is damaged: %(why)s.") % {"why": error}) from error

    def _check(self, said: str, counts: Mapping[str, int]) -> None:
        """Raise TransferError unless the last line names what was read, and is the last."""
        self.sha256 = self._sha256.hexdigest()
        try:
            end = json.loads(said)
            whole = (end["sha256"], end["rows"]) == (self.sha256, dict(counts))
        except (KeyError, TypeError, ValueError):
            whole = False
        if not whole or self._next():
            raise TransferError(_("The file was changed after it was written."))


def _foreign() -> TransferError:
    return TransferError(_("This is no file of dump_consultation."))


def _parted(line: bytes) -> tuple[str, str]:
    """Return the one key of a line, and the JSON of its value."""
    name, parted, rest = line.removeprefix(b'{"').partition(b'": ')
    if not (line.startswith(b'{"') and parted and rest.endswith(b"}\n")):
        raise TransferError(_("The file was changed after it was written."))
    try:
        return name.decode(), rest[:-2].decode()
    except UnicodeDecodeError:
        raise TransferError(_("The file was changed after it was written.")) from None


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Open a file; raise TransferError where there is none, or it is another's."""
    try:
        plain = path.open("rb")
    except OSError as error:
        said = _("%(file)s cannot be read: %(why)s.")
        raise TransferError(said % {"file": path, "why": error.strerror}) from error
    if plain.read(len(GZIPPED)) != GZIPPED:
        plain.close()
        raise _foreign()
    plain.seek(0)
    with plain, gzip.GzipFile(fileobj=plain) as unpacked, BufferedReader(unpacked) as lines:
        yield Reader(lines)
