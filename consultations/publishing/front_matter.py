"""The entries of a report file's front matter: each checked as the model's own field is.

The Markdown below the front matter is read in `report`.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext

from consultations import text
from consultations.models import Consultation
from consultations.models.clock import LONDON
from consultations.publishing import rules

LONG = 50_000
REQUIRED = ("title", "slug", "owner", "owner_kind", "contact_email")
TIMES = ("opens_at", "closes_at")
OPTIONAL = (
    *("answers_shown", "moderation", "cadence", *TIMES),
    *("other_ways", "target_days", "privacy_version", "visibility"),
)


class ReportError(ValueError):
    """What is wrong with a report file, and on which line (from 1)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


def read(lines: Sequence[str], entries: Mapping[str, object]) -> dict[str, object]:
    """Return the `loaded` entries of these lines as the model takes them; raise ReportError."""
    for name in entries:
        if name not in REQUIRED and name not in OPTIONAL:
            raise ReportError(_line_of(lines, name), f"unknown entry “{name}”")
    for name in REQUIRED:
        if name not in entries:
            raise ReportError(1, f"the front matter lacks “{name}”")
    fields = {name: _value(lines, name, value) for name, value in entries.items()}
    opens, closes = (fields.get(name) for name in TIMES)
    if isinstance(opens, datetime) and isinstance(closes, datetime) and closes <= opens:
        raise ReportError(_line_of(lines, "closes_at"), "“closes_at” must come after “opens_at”")
    return fields


def tidied(said: str, line: int, *, limit: int = LONG, lines: bool = True, name: str = "") -> str:
    """Return a text made tidy; what `text.tidy` refuses is an error of its line."""
    try:
        return text.tidy(said, limit=limit, lines=lines)
    except text.TextError as error:
        # where the text says its own line, the file's takes its place
        message = error.fault(gettext)
        at = line + error.line - 1 if error.line and not name else line
        raise ReportError(at, f"“{name}”: {message}" if name else message) from error


def loaded(lines: Sequence[str]) -> dict[str, Any]:
    """Return the TOML of these lines, which follow the file's first; raise ReportError."""
    try:
        return tomllib.loads("\n".join(lines))
    except (ValueError, RecursionError) as error:  # too many digits or brackets, besides TOML's own
        at = re.search(r" \(at (?:line (\d+).*|end of document)\)$", str(error))
        message = str(error)[: at.start()] if at else str(error)
        number = len(lines) if at and not at[1] else int(at[1]) if at else 0
        raise ReportError(number + 1, f"front matter: {message}") from error


def _value(lines: Sequence[str], name: str, value: object) -> object:
    """Return an entry's value as the model's field takes it."""
    line = _line_of(lines, name)
    field: Any = Consultation._meta.get_field(name)
    match field:
        case models.DateTimeField():
            return _instant(line, name, value)
        case models.IntegerField():
            if not isinstance(value, int) or isinstance(value, bool):
                raise ReportError(line, f"“{name}” must be a whole number, like 3")
        case _ if not isinstance(value, str):
            raise ReportError(line, f"“{name}” must be text, in quotation marks")
        case _:
            limit, long = field.max_length or LONG, field.max_length is None
            value = tidied(value, line, limit=limit, lines=long, name=name)
    return _cleaned(field, line, value)


def _cleaned(field: Any, line: int, value: object) -> object:
    """Return the value if the model's field takes it: choices, e-mail, range, blank."""
    if field.choices and value not in dict(field.flatchoices):
        wanted = ", ".join(sorted(dict(field.flatchoices)))
        raise ReportError(line, f"“{field.name}” must be one of {wanted}")
    if field.name == "slug" and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(value)):
        raise ReportError(line, "“slug” takes a–z, 0–9 and single hyphens")
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise ReportError(line, f"“{field.name}”: {' '.join(error.messages)}") from error


def _instant(line: int, name: str, value: object) -> datetime:
    if not isinstance(value, datetime):
        raise ReportError(line, f"“{name}” must be like 2026-11-30T23:59:00")
    if not rules.is_year(value):
        raise ReportError(line, f"“{name}”: {rules.years_sentence()}")
    return value if value.tzinfo else value.replace(tzinfo=LONDON)


def _line_of(lines: Sequence[str], name: str) -> int:
    """Return the line on which an entry or its table begins; the first where it cannot be told."""
    entry = re.compile(rf"""\s*\[*\s*(["']?){re.escape(name)}\1\s*[=.\]]""")
    return next((n for n, line in enumerate(lines, start=2) if entry.match(line)), 1)
