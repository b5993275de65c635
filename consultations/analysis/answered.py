"""Who answered in the whole time, and what the owner's questions were answered with: sizes alone.

Answers to questions are never published, so that no row of fewer than `minimum_row` is told of
them: small rows are merged by the rule of the summaries' own tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from consultations.analysis.facts import rows_by
from consultations.analysis.merging import kinds_apart
from consultations.analysis.options import Options
from consultations.analysis.plain import list_in, number_in, record, texts_in, truth_in
from consultations.analysis.snapshot import KINDS, Entry


@dataclass(frozen=True, slots=True)
class Respondent:
    """Somebody who answered: a reference, what they declared, and how the response came.

    `organisation` is the body that it is the own response of, or ""; `published` whether any of it
    is public; `late`, that it came after the close; `pending`, that a body has still to approve it;
    `comments`, whether it comments on a recommendation, and not on the owner's questions alone.
    """

    reference: str
    kind: str
    channel: str
    organisation: str
    published: bool
    late: bool
    pending: bool
    comments: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the owner's: the codes of its choices in their order, () for a written one."""

    number: int
    choices: tuple[str, ...]
    several: bool


@dataclass(frozen=True, slots=True)
class Size:
    """One line of a table of sizes: the codes that it stands for, several if merged."""

    keys: tuple[str, ...]
    total: int

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the line in a plain dict; raises ValueError where a field is wrong."""
        return cls(texts_in(found, "keys"), number_in(found, "total"))


@dataclass(frozen=True, slots=True)
class Asked:
    """How many answered a question, and what they chose: nothing where the answer is written, or
    where too few answered.

    Where several can be chosen, the rows add up to the choices made.
    """

    number: int
    choices: tuple[str, ...]
    several: bool
    answered: int
    rows: tuple[Size, ...]

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the counts in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            number=number_in(found, "number"),
            choices=texts_in(found, "choices"),
            several=truth_in(found, "several"),
            answered=number_in(found, "answered"),
            rows=_sizes_in(found, "rows"),
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """Who answered; `bodies` are the references of organisations' own responses, in order.

    An organisation counts once, though two of its entries may have answered before they were
    merged. `questions_alone` answered the owner's questions and commented on nothing: they are in
    neither table, as the results' tables tell of who commented, and the difference of the two would
    tell who a lone one is.
    """

    responses: int
    organisations: int
    people: int
    late: int
    pending: int
    questions_alone: int
    by_kind: tuple[Size, ...]
    by_channel: tuple[Size, ...]
    bodies: tuple[str, ...]

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the counts in a plain dict; raises ValueError where a field is wrong."""
        names = ("responses", "organisations", "people", "late", "pending", "questions_alone")
        return cls(
            **{name: number_in(found, name) for name in names},
            by_kind=_sizes_in(found, "by_kind"),
            by_channel=_sizes_in(found, "by_channel"),
            bodies=texts_in(found, "bodies"),
        )


def answered(
    respondents: Sequence[Respondent], channels: tuple[str, ...], options: Options
) -> Answered:
    """Return who answered, in counts; `channels` are all that there are, in their order."""
    commenting = [each for each in respondents if each.comments]
    by_kind = [Entry.counted(each.kind, "", published=each.published) for each in commenting]
    by_channel = [
        Entry.counted("other", each.channel, published=each.published) for each in commenting
    ]
    kinds = rows_by(by_kind, lambda entry: entry.kind, KINDS, options, apart=kinds_apart)
    ways = rows_by(by_channel, lambda entry: entry.region, channels, options)
    return Answered(
        responses=len(respondents),
        organisations=len({each.organisation for each in respondents} - {""}),
        people=sum(not each.organisation for each in respondents),
        late=sum(each.late for each in respondents),
        pending=sum(each.pending for each in respondents),
        questions_alone=sum(not each.comments for each in respondents),
        by_kind=tuple(Size(row.keys, row.total) for row in kinds),
        by_channel=tuple(Size(row.keys, row.total) for row in ways),
        bodies=tuple(sorted(each.reference for each in respondents if each.organisation)),
    )


def asked(question: Question, answers: int, chosen: Mapping[str, int], options: Options) -> Asked:
    """Return what one question was answered with: so many answers, so often each choice.

    A choice that nobody made stands in a row of its own. Where fewer than `minimum_row` answered,
    nothing is told but their number: who knows who they are would know what each said.
    """
    if answers < options.minimum_row:
        return Asked(question.number, question.choices, question.several, answers, ())
    entries = [
        each
        for code in question.choices
        for each in [Entry.counted("other", code, published=False)] * chosen.get(code, 0)
    ]
    made = rows_by(entries, lambda entry: entry.region, question.choices, options)
    rows = [Size(row.keys, row.total) for row in made]
    rows += [Size((code,), 0) for code in question.choices if not chosen.get(code)]
    place = question.choices.index
    rows.sort(key=lambda row: (len(row.keys) > 1, place(row.keys[0])))
    return Asked(question.number, question.choices, question.several, answers, tuple(rows))


def _sizes_in(found: Mapping[str, object], name: str) -> tuple[Size, ...]:
    return tuple(Size.from_json(record(each)) for each in list_in(found, name))
