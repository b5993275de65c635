"""ThemeFinder's input layout, as a ZIP that leaves as it is written.

The layout is that of i.AI's ThemeFinder (github.com/i-dot-ai/themefinder, `evals/data`): a folder
for each question with `question.json` and `responses.jsonl`, and `respondents.jsonl` beside them.
A recommendation is a question; a view of it is a choice, in `multi_choice.jsonl`.

An archive that is cut has no directory at its end: nothing opens it.
"""

import json
import zipfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.exchange import extracts
from consultations.models import Consultation, Kind, Recommendation, Stance

ENDING, CONTENT_TYPE = "zip", "application/zip"
FOLDER = "inputs"
# References are read as numbers of this base.
BASE = 36
KIND = "Kind of respondent"
Line: TypeAlias = Mapping[str, Any]
README = gettext_lazy("""%(title)s

Comments in the input layout of ThemeFinder (https://github.com/i-dot-ai/themefinder).
Each recommendation is a question. Comments without words are left out.

inputs/question_part_N/question.json
  question_number: the number of the recommendation
  question_text: its title and its words
  multi_choice_options: the views that can be chosen
inputs/question_part_N/responses.jsonl
  response_id: a number for the respondent, within this archive
  response: the words
inputs/question_part_N/multi_choice.jsonl
  options: the view that was chosen
inputs/question_part_N/references.jsonl
  comment: the comment’s reference, as in its web address
inputs/respondents.jsonl
  demographic_data: what is known of the respondent

Where only published comments are in it, each comment has a number of its own: one that is
published without a name is not tied to another.
People chose to take part: nothing here measures public support.
""")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which comments say what: by whom they are told apart, their words, view and facts."""

    # Whose reference tells respondents apart: the comment's own, where one comment that is
    # published with a name must not say whose another is.
    respondent: str
    words: str
    view: str
    facts: Mapping[str, str | Combinable]


PUBLISHED = Layout(
    "reference",
    "public_text",
    "stance",
    {
        KIND: "kind",
        "Kind of organisation": "shown_organisation_kind__name",
        "Region": "shown_region__name",
    },
)
WHOLE = Layout(
    "response__reference",
    "submitted_version__text",
    "submitted_version__stance",
    {
        KIND: "kind",
        "Kind of organisation": "response__organisation_kind__name",
        "Size of organisation": "response__size_band__name",
        "Region": "response__region__name",
    },
)


class _Sink:
    """What an archive is written to: nothing is kept but what has not left yet."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Have nothing to do."""

    def taken(self) -> bytes:
        found, self._pieces = b"".join(self._pieces), []
        return found


@dataclass(frozen=True, slots=True)
class _Comments:
    """The comments of one archive, and the number of each respondent in it."""

    rows: QuerySet[Any]
    layout: Layout
    people: Sequence[int]

    def lots(self, recommendation: Recommendation, *more: str | Combinable) -> Iterator[Any]:
        """Yield each comment on a recommendation: its respondent's number, and what is asked."""
        here = self.rows.filter(recommendation=recommendation)
        for rows in extracts.parted(here, extracts.chosen(here), ["pk"]):
            with extracts.by_keys():
                lot = list(rows.values_list(self.layout.respondent, *more))
            for reference, *said in lot:
                yield bisect_left(self.people, int(reference, BASE)) + 1, *said


def pack(consultation: Consultation, rows: QuerySet[Any], layout: Layout) -> Iterator[bytes]:
    """Yield the archive of these comments of one consultation, piece by piece.

    Each lot of rows is asked of `rows` again: what is hidden meanwhile is left out.
    """
    sink = _Sink()
    archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]
    archive.writestr("README.txt", _readme(consultation))
    yield sink.taken()
    worded = rows.filter(**{f"{layout.words}__gt": ""})
    comments = _Comments(worded, layout, _people(worded, layout))
    asked = consultation.recommendations.filter(current__isnull=False).select_related("current")
    for recommendation in asked.order_by("number", "pk"):
        folder = f"{FOLDER}/question_part_{recommendation.number}"
        archive.writestr(f"{folder}/question.json", _question(recommendation))
        for name, lines in _answers(comments, recommendation).items():
            yield from _written(archive, sink, f"{folder}/{name}.jsonl", lines)
    facts = _facts(comments, asked)
    yield from _written(archive, sink, f"{FOLDER}/respondents.jsonl", facts)
    archive.close()  # writes the directory: not reached where anything fails
    yield sink.taken()


def _people(rows: QuerySet[Any], layout: Layout) -> "array[int]":
    """Return the references of all respondents as numbers, sorted: their places number them.

    References are random, so that no number says who wrote before whom.
    """
    found = rows.order_by().values_list(layout.respondent, flat=True).distinct()
    return array("q", sorted(int(reference, BASE) for reference in found.iterator()))


def _question(recommendation: Recommendation) -> str:
    words = recommendation.current
    asked = _("What do you think of this recommendation, and why?")
    said = {
        "question_number": recommendation.number,
        "question_text": f"{asked}\n\n{words.title}\n\n{words.text}" if words else asked,
        "multi_choice_options": [str(label) for label in Stance.labels],
    }
    return json.dumps(said, ensure_ascii=False, indent=4)


def _answers(comments: _Comments, recommendation: Recommendation) -> dict[str, Iterator[Line]]:
    """Return the lines of each file about one recommendation."""
    layout, views = comments.layout, {value: str(label) for value, label in Stance.choices}
    words = comments.lots(recommendation, layout.words)
    chosen = comments.lots(recommendation, layout.view)
    known = comments.lots(recommendation, "reference")
    return {
        "responses": ({"response_id": number, "response": said} for number, said in words),
        "multi_choice": (
            {"response_id": number, "options": [views[view]]} for number, view in chosen
        ),
        "references": ({"response_id": number, "comment": name} for number, name in known),
    }


def _facts(comments: _Comments, asked: QuerySet[Recommendation]) -> Iterator[Line]:
    """Yield each respondent once, with the facts that are known."""
    kinds = {value: str(label) for value, label in Kind.choices}
    told = bytearray(len(comments.people) + 1)
    for recommendation in asked:
        for number, *values in comments.lots(recommendation, *comments.layout.facts.values()):
            if not told[number]:
                told[number] = 1
                facts = dict(zip(comments.layout.facts, values, strict=True))
                facts[KIND] = kinds[facts[KIND]]
                known = {name: value for name, value in facts.items() if value}
                yield {"response_id": number, "demographic_data": known}


def _written(
    archive: zipfile.ZipFile, sink: _Sink, name: str, lines: Iterable[Line]
) -> Iterator[bytes]:
    """Write a file of one JSON object a line into the archive; yield what it adds, now and then."""
    with archive.open(name, "w") as part:
        for count, line in enumerate(lines, start=1):
            part.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
            if count % extracts.CHUNK == 0:
                yield sink.taken()
    yield sink.taken()


def _readme(consultation: Consultation) -> str:
    return README % {"title": consultation.title}
