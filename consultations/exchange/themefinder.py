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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
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
# As many letters as the longest has.
REFERENCE = 8
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


class _Archived:
    """The comments of one archive: chosen once, and each read once.

    So what is published, changed or hidden meanwhile is in all files of the archive or in none. Of
    what was read stay a few numbers for each comment, and no words.
    """

    def __init__(self, rows: QuerySet[Any], layout: Layout) -> None:
        self._rows, self._layout = rows, layout
        # The keys of the comments on each recommendation, and the references of all respondents as
        # numbers, sorted: their places number them. References are random, so that no number says
        # who wrote before whom.
        self._keys: dict[int, array[int]] = {}
        people = array("q")
        asked = rows.order_by("pk").values_list("recommendation", "pk", layout.respondent)
        for recommendation, key, reference in asked.iterator():
            self._keys.setdefault(recommendation, array("q")).append(key)
            people.append(int(reference, BASE))
        self._people = array("q", (one for one, _same in groupby(sorted(people))))
        # What is known of each respondent, as a place among all that is known of any.
        self._known = array("q", [-1]) * len(self._people)
        self._facts: dict[tuple[Any, ...], int] = {}

    def lines(self, recommendation: Recommendation) -> Iterator[tuple[str, Iterator[Line]]]:
        """Yield the name and the lines of each file about one recommendation.

        The first reads the comments: it is read to its end before the next.
        """
        numbers, views, references = array("q"), bytearray(), bytearray()
        values, labels = Stance.values, [str(label) for label in Stance.labels]

        def responses() -> Iterator[Line]:
            for number, words, view, reference in self._read(recommendation):
                numbers.append(number)
                views.append(values.index(view))
                references.extend(reference.encode().ljust(REFERENCE))
                yield {"response_id": number, "response": words}

        yield "responses", responses()
        chosen = zip(numbers, views, strict=True)
        yield (
            "multi_choice",
            ({"response_id": number, "options": [labels[view]]} for number, view in chosen),
        )
        yield (
            "references",
            (
                {"response_id": number, "comment": _reference(references, place)}
                for place, number in enumerate(numbers)
            ),
        )

    def respondents(self) -> Iterator[Line]:
        """Yield each respondent of the comments that were read, with the facts that are known."""
        kinds = {value: str(label) for value, label in Kind.choices}
        known = []
        for values in self._facts:
            facts = dict(zip(self._layout.facts, values, strict=True))
            facts[KIND] = kinds[facts[KIND]]
            known.append({name: value for name, value in facts.items() if value})
        for number, place in enumerate(self._known, start=1):
            if place >= 0:
                yield {"response_id": number, "demographic_data": known[place]}

    def _read(self, recommendation: Recommendation) -> Iterator[tuple[int, str, str, str]]:
        """Yield each comment's respondent, by number, its words, view and reference."""
        layout, keys = self._layout, self._keys.get(recommendation.pk, array("q"))
        named = (layout.respondent, layout.words, layout.view, "reference")
        for rows in extracts.parted(self._rows, keys, ["pk"]):
            with extracts.by_keys():
                lot = list(rows.values_list(*named, *layout.facts.values()))
            for respondent, words, view, reference, *facts in lot:
                place = self._place(int(respondent, BASE))
                if place is None:  # of another response since
                    continue
                if self._known[place] < 0:
                    known = self._facts.setdefault(tuple(facts), len(self._facts))
                    self._known[place] = known
                yield place + 1, words, view, reference

    def _place(self, respondent: int) -> int | None:
        place = bisect_left(self._people, respondent)
        found = place < len(self._people) and self._people[place] == respondent
        return place if found else None


def pack(consultation: Consultation, rows: QuerySet[Any], layout: Layout) -> Iterator[bytes]:
    """Yield the archive of these comments of one consultation, piece by piece.

    Each lot of rows is asked of `rows` again: what is hidden before it is read is left out.
    """
    sink = _Sink()
    archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]
    archive.writestr("README.txt", _readme(consultation))
    yield sink.taken()
    comments = _Archived(rows.filter(**{f"{layout.words}__gt": ""}), layout)
    asked = consultation.recommendations.filter(current__isnull=False).select_related("current")
    for recommendation in asked.order_by("number", "pk"):
        folder = f"{FOLDER}/question_part_{recommendation.number}"
        archive.writestr(f"{folder}/question.json", _question(recommendation))
        for name, lines in comments.lines(recommendation):
            yield from _written(archive, sink, f"{folder}/{name}.jsonl", lines)
    respondents = comments.respondents()
    yield from _written(archive, sink, f"{FOLDER}/respondents.jsonl", respondents)
    archive.close()  # writes the directory: not reached where anything fails
    yield sink.taken()


def _reference(kept: bytearray, place: int) -> str:
    return kept[place * REFERENCE : (place + 1) * REFERENCE].decode().rstrip()


def _question(recommendation: Recommendation) -> str:
    words = recommendation.current
    asked = _("What do you think of this recommendation, and why?")
    said = {
        "question_number": recommendation.number,
        "question_text": f"{asked}\n\n{words.title}\n\n{words.text}" if words else asked,
        "multi_choice_options": [str(label) for label in Stance.labels],
    }
    return json.dumps(said, ensure_ascii=False, indent=4)


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
