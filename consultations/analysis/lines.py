"""Comments from JSON Lines, and a summary as one object: what `manage.py summarise` reads and says.

Whoever has comments of their own can check the summary on them, without the portal's database.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from consultations.analysis.plain import record
from consultations.analysis.shapes import Summary
from consultations.analysis.snapshot import BLOCKS, KINDS, STANCES, Entry

FIELDS = ("id", "text", "stance", "kind", "region", "organisation")
_DECLARED = {"stance": STANCES, "kind": KINDS}
_MAY_LACK = ("region", "organisation")
_MARK = b"\xef\xbb\xbf"  # with which some programs begin a file


@dataclass(frozen=True, slots=True)
class BadLine:
    """Why a line was refused: its number, from 1, and its field ("" where none can be named)."""

    number: int
    field: str
    reason: str

    def __str__(self) -> str:
        """Return it as it is printed."""
        where = f", {self.field}" if self.field else ""
        return f"line {self.number}{where}: {self.reason}"


def read(lines: Iterable[bytes], unread: set[str] | None = None) -> Iterator[Entry | BadLine]:
    """Yield a published comment for each line, or what is wrong with it: once for each field.

    A line holds an object with FIELDS in UTF-8; `id` is text or a whole number and stands once,
    `region` and `organisation` may be empty, null or missing, and lines of white space are passed
    over. The names of fields that are not read are put into `unread`. All comments are of one
    recommendation, and new, as in the first edition of a consultation.
    """
    held: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        line = line.removeprefix(_MARK) if number == 1 else line
        if not line.strip():
            continue
        try:
            found = _object(line)
        except ValueError as error:
            yield BadLine(number, "", str(error))
            continue
        faults = {name: reason for name in FIELDS if (reason := _fault(name, found))}
        first = held.setdefault(str(found.get("id")), number)
        if first != number and "id" not in faults:
            faults["id"] = f"stands in line {first} already"
        yield from (BadLine(number, name, reason) for name, reason in faults.items())
        if unread is not None:
            unread.update(found.keys() - set(FIELDS))
        if not faults:
            yield _entry(found)


def written(summary: Summary) -> dict[str, object]:
    """Return a summary as a plain dict, its quotes by blocks: all three, empty ones too.

    A quote's `place` is the one in the order of their choice, by which sources name it.
    """
    told = record(summary)
    quotes = [{"place": place, **record(each)} for place, each in enumerate(summary.quotes)]
    told["blocks"] = [
        {"block": name, "quotes": [each for each in quotes if each["block"] == name]}
        for name in BLOCKS
    ]
    del told["quotes"]
    return told


def _object(line: bytes) -> dict[str, object]:
    """Return the line's object; raises ValueError with the reason where there is none."""
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg}, character {error.colno})") from error
    except (RecursionError, ValueError) as error:
        raise ValueError("not JSON that can be read") from error
    if not isinstance(found, dict):
        raise ValueError("expected an object")
    return found


def _fault(name: str, found: Mapping[str, object]) -> str:
    """Return what is wrong with a field, "" where nothing is."""
    value = found.get(name)
    if value is None and name in _MAY_LACK:
        return ""
    if name not in found:
        return "is missing"
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return ""
    if not isinstance(value, str):
        return "expected text"
    if name in _DECLARED and value not in _DECLARED[name]:
        return f"expected one of {', '.join(_DECLARED[name])}"
    if name == "id" and not value:
        return "is empty"
    return "holds half of a broken character" if _broken(value) else ""


def _broken(text: str) -> bool:
    """Whether it holds a surrogate, which JSON can write and UTF-8 cannot."""
    return any("\ud800" <= each <= "\udfff" for each in text) if not text.isascii() else False


def _entry(found: Mapping[str, object]) -> Entry:
    return Entry(
        comment=str(found["id"]),
        text=str(found["text"]),
        stance=str(found["stance"]),
        kind=str(found["kind"]),
        region=str(found.get("region") or ""),
        organisation=str(found.get("organisation") or ""),
        published=True,
        quotable=True,
        new=True,
    )
