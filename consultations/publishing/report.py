"""Reading a consultation from a Markdown file with TOML front matter; errors name the line.

The file: front matter between two lines of `+++`, an introduction, then for each recommendation
`## 1. Title`, its text, and `### What has changed since publication` with a note.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from consultations.publishing import rules

FENCE = "+++"
HEADING = re.compile(r"^##\s+(?P<number>\d+)\.\s+(?P<title>.+?)\s*$")
CHANGED = re.compile(r"^###\s+What has changed since publication\s*$", re.IGNORECASE)
REQUIRED = ("title", "slug", "owner", "owner_kind", "contact_email")
CHOICES = {
    "owner_kind": {"department", "public_body", "private"},
    "answers_shown": {"open", "closed"},
    "moderation": {"before", "after"},
    "cadence": {"weekly", "daily"},
}
INSTANTS = ("opens_at", "closes_at")
OPTIONAL = (*CHOICES, *INSTANTS, "other_ways", "target_days", "privacy_version")
LONDON = ZoneInfo("Europe/London")


class ReportError(ValueError):
    """What is wrong with a report file, and on which line (from 1)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True)
class ReportRecommendation:
    """A recommendation as the file has it."""

    number: int
    title: str
    text: str
    what_changed: str


@dataclass(frozen=True)
class Report:
    """A consultation as the file has it; `fields` are named as the model's."""

    fields: dict[str, object]
    recommendations: tuple[ReportRecommendation, ...]


def parse(source: str) -> Report:
    """Return the consultation that a report file describes; raise ReportError naming the line."""
    lines = source.splitlines()
    end = _front_matter_end(lines)
    fields = _fields(lines[1:end])
    starts = [n for n, line in enumerate(lines) if n > end and line.startswith("## ")]
    if not starts:
        raise ReportError(len(lines) or 1, "no recommendation (a line like “## 1. Title”)")
    fields["introduction"] = "\n".join(lines[end + 1 : starts[0]]).strip()
    if not fields["introduction"]:
        raise ReportError(end + 2, "no introduction before the first recommendation")
    spans = zip(starts, [*starts[1:], len(lines)], strict=True)
    found = tuple(
        _recommendation(lines, start, stop, expected)
        for expected, (start, stop) in enumerate(spans, start=1)
    )
    return Report(fields=fields, recommendations=found)


def _front_matter_end(lines: list[str]) -> int:
    if not lines or lines[0].strip() != FENCE:
        raise ReportError(1, f"the file must begin with a line “{FENCE}”")
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return number
    raise ReportError(1, f"the front matter has no closing line “{FENCE}”")


def _fields(lines: list[str]) -> dict[str, object]:
    try:
        fields: dict[str, object] = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise ReportError(int(at.group(1)) + 1 if at else 2, f"front matter: {error}") from error
    for name in REQUIRED:
        if not isinstance(fields.get(name), str) or not str(fields[name]).strip():
            raise ReportError(1, f"the front matter lacks “{name}”")
    for name, value in fields.items():
        _check_field(lines, name, value)
    return {name: _instant(lines, name, value) for name, value in fields.items()}


def _check_field(lines: list[str], name: str, value: object) -> None:
    if name not in REQUIRED and name not in OPTIONAL:
        raise ReportError(_line_of(lines, name), f"unknown entry “{name}”")
    if name in CHOICES and value not in CHOICES[name]:
        wanted = ", ".join(sorted(CHOICES[name]))
        raise ReportError(_line_of(lines, name), f"“{name}” must be one of {wanted}")
    if name == "slug" and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(value)):
        raise ReportError(_line_of(lines, name), "“slug” takes a–z, 0–9 and single hyphens")


def _instant(lines: list[str], name: str, value: object) -> object:
    if name not in INSTANTS:
        return value
    if not isinstance(value, datetime):
        raise ReportError(_line_of(lines, name), f"“{name}” must be like 2026-11-30T23:59:00")
    if not rules.is_year(value):
        raise ReportError(_line_of(lines, name), f"“{name}”: {rules.years_sentence()}")
    return value if value.tzinfo else value.replace(tzinfo=LONDON)


def _line_of(lines: list[str], name: str) -> int:
    for number, line in enumerate(lines, start=2):
        if re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number
    return 1


def _recommendation(lines: list[str], start: int, stop: int, expected: int) -> ReportRecommendation:
    heading = HEADING.match(lines[start])
    if heading is None:
        raise ReportError(start + 1, "a recommendation must begin like “## 1. Title”")
    number = int(heading["number"])
    if number != expected:
        raise ReportError(start + 1, f"recommendation {number} stands where {expected} should")
    if len(heading["title"]) > 200:
        raise ReportError(start + 1, "a title has at most 200 characters")
    body = lines[start + 1 : stop]
    split = next((n for n, line in enumerate(body) if CHANGED.match(line)), len(body))
    text = "\n".join(body[:split]).strip()
    if not text:
        raise ReportError(start + 1, f"recommendation {number} has no text")
    return ReportRecommendation(
        number, heading["title"], text, "\n".join(body[split + 1 :]).strip()
    )
