"""The owner's questions in a report file's front matter: tables `[[questions]]`, in their order."""

import re
from collections.abc import Sequence
from typing import Any

from consultations.models import Question
from consultations.publishing.front_matter import ReportError, tidied
from consultations.publishing.questions import Asked

TABLE = re.compile(r"^\s*\[\[\s*questions\s*\]\]")
TEXTS = {"question": "words", "hint": "hint", "lowest": "lowest", "highest": "highest"}
FLAGS = {"required": "required", "why": "asks_why"}
# Where the file has another name for a part than the form in the admin.
NAMES = {"options": "choices", "asks_why": "why"}


def read(entries: object, lines: Sequence[str], recommendations: int) -> tuple[Asked, ...]:
    """Return the questions that a file asks; raise ReportError naming the line of the table.

    `lines` follow the file's first; there are so many `recommendations` that one may be about.
    """
    starts = [n for n, line in enumerate(lines, start=2) if TABLE.match(line)]
    if not isinstance(entries, list) or len(starts) != len(entries):
        raise ReportError(1, "“questions” must be tables, each under a line “[[questions]]”")
    pairs = zip(starts, entries, strict=True)
    return tuple(_question(line, entry, recommendations) for line, entry in pairs)


def _question(line: int, entry: dict[str, Any], recommendations: int) -> Asked:
    for name in entry:
        if name not in {*TEXTS, *FLAGS, "kind", "choices", "recommendation"}:
            raise ReportError(line, f"unknown entry “{name}” of a question")
    for name in ("kind", "question"):
        if not entry.get(name):
            raise ReportError(line, f"the question lacks “{name}”")
    if entry["kind"] not in Question.Kind.values:
        wanted = ", ".join(Question.Kind.values)
        raise ReportError(line, f"“kind” must be one of {wanted}")
    said: dict[str, Any] = {
        **{TEXTS[name]: _text(line, name, entry[name]) for name in TEXTS if name in entry},
        **{FLAGS[name]: _flag(line, name, entry[name]) for name in FLAGS if name in entry},
    }
    asked = Asked(
        kind=entry["kind"],
        options=_choices(line, entry.get("choices", [])),
        about=_about(line, entry.get("recommendation"), recommendations),
        **said,
    )
    for name, sentence in asked.problems().items():
        raise ReportError(line, f"“{NAMES.get(name, name)}”: {sentence}")
    return asked


def _text(line: int, name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ReportError(line, f"“{name}” must be text, in quotation marks")
    field: Any = Question._meta.get_field(TEXTS[name])
    return tidied(value, line, limit=field.max_length, lines=False, name=name)


def _flag(line: int, name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ReportError(line, f"“{name}” must be true or false")
    return value


def _choices(line: int, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ReportError(line, "“choices” must be a list of texts")
    field: Any = Question._meta.get_field("options")
    limit = field.base_field.max_length
    tidy = [tidied(each, line, limit=limit, lines=False, name="choices") for each in value]
    if not all(tidy):
        raise ReportError(line, "“choices”: one of them is empty")
    return tuple(tidy)


def _about(line: int, value: object, recommendations: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= recommendations:
        raise ReportError(line, "“recommendation” must be the number of one below")
    return value
