"""Reading a consultation from a Markdown file with TOML front matter; errors name the line.

The file: front matter between two lines of `+++`, an introduction, then for each recommendation
`## 1. Title`, its text, and `### What has changed since publication` with a note. The owner's
questions are tables in the front matter.
"""

import re
from dataclasses import dataclass

from consultations.models import RecommendationVersion
from consultations.publishing import front_matter, front_questions
from consultations.publishing.front_matter import ReportError, tidied
from consultations.publishing.questions import Asked

FENCE = "+++"
HEADING = re.compile(r"^##\s+(?P<number>[0-9]{1,4})\.\s+(?P<title>.+?)\s*$")
CHANGED = re.compile(r"^###\s+What has changed since publication\s*$", re.IGNORECASE)
TITLE = RecommendationVersion._meta.get_field("title").max_length or 0
# A whole file: far more than anybody reads.
FILE = 2_000_000


@dataclass(frozen=True)
class ReportRecommendation:
    """A recommendation as the file has it."""

    number: int
    title: str
    text: str
    what_changed: str


@dataclass(frozen=True)
class Report:
    """A consultation as the file has it; `fields` are named as the model's.

    `questions` are None where the file says nothing of them.
    """

    fields: dict[str, object]
    recommendations: tuple[ReportRecommendation, ...]
    questions: tuple[Asked, ...] | None = None


def parse(source: str) -> Report:
    """Return the consultation that a report file describes; raise ReportError naming the line."""
    lines = tidied(source, 1, limit=FILE).split("\n")
    end = _front_matter_end(lines)
    entries = front_matter.loaded(lines[1:end])
    asked = entries.pop("questions", None)
    fields = front_matter.read(lines[1:end], entries)
    starts = [n for n, line in enumerate(lines) if n > end and line.startswith("## ")]
    if not starts:
        raise ReportError(len(lines) or 1, "no recommendation (a line like “## 1. Title”)")
    fields["introduction"] = _text(lines, end + 1, starts[0])
    if not fields["introduction"]:
        raise ReportError(end + 2, "no introduction before the first recommendation")
    spans = zip(starts, [*starts[1:], len(lines)], strict=True)
    found = tuple(
        _recommendation(lines, start, stop, expected)
        for expected, (start, stop) in enumerate(spans, start=1)
    )
    questions = None if asked is None else front_questions.read(asked, lines[1:end], len(found))
    return Report(fields=fields, recommendations=found, questions=questions)


def _front_matter_end(lines: list[str]) -> int:
    if not lines or lines[0].strip() != FENCE:
        raise ReportError(1, f"the file must begin with a line “{FENCE}”")
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return number
    raise ReportError(1, f"the front matter has no closing line “{FENCE}”")


def _recommendation(lines: list[str], start: int, stop: int, expected: int) -> ReportRecommendation:
    heading = HEADING.match(lines[start])
    if heading is None:
        raise ReportError(start + 1, "a recommendation must begin like “## 1. Title”")
    number = int(heading["number"])
    if number != expected:
        raise ReportError(start + 1, f"recommendation {number} stands where {expected} should")
    title = tidied(heading["title"], start + 1, limit=TITLE, lines=False)
    split = next((n for n in range(start + 1, stop) if CHANGED.match(lines[n])), stop)
    said = _text(lines, start + 1, split)
    if not said:
        raise ReportError(start + 1, f"recommendation {number} has no text")
    return ReportRecommendation(number, title, said, _text(lines, split + 1, stop))


def _text(lines: list[str], start: int, stop: int) -> str:
    """Return the text that stands from line `start` (from 0) to before `stop`."""
    while start < stop and not lines[start].strip():
        start += 1
    return tidied("\n".join(lines[start:stop]).lstrip(), start + 1)
