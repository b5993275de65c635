"""What a summary is made of: frozen values that round-trip through JSON.

The thresholds stand in `options`; what compares groups and editions in `comparisons`. What
earlier methods did not tell is empty where their summaries are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from consultations.analysis.comparisons import Changes, Ground
from consultations.analysis.options import Options
from consultations.analysis.plain import (
    counts_in,
    given_list_in,
    list_in,
    number_in,
    record,
    sha256,
    text_in,
    texts_in,
    truth_in,
)
from consultations.analysis.snapshot import STANCES

METHOD = "declared facts and covering quotes, version 4"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a one-way table: the codes it stands for (several if merged), and counts.

    `movement` is the change in each stance since the previous edition, or None where fewer than
    `minimum_new` are new or the previous table had no such row. `stances` is None where only the
    size may be told.
    """

    keys: tuple[str, ...]
    total: int
    new: int
    stances: dict[str, int] | None
    movement: dict[str, int] | None = None

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the row in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            keys=texts_in(found, "keys"),
            total=number_in(found, "total"),
            new=number_in(found, "new"),
            stances=_told_stances(found),
            movement=_movement(found),
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts in full of what people declared; every dict has all stances, in one fixed order.

    Of fewer than `minimum_row` comments, some of them unpublished, only sizes are told: `stances`
    is None, `distinct` 0, and there is no table.
    `by_body` parts the rows of `by_kind` by kind of organisation: its keys are "kind:body", and
    "kind:" for those who answered for none. It is empty where nobody answered for an organisation.
    `people` answered for no organisation; `distinct` are the texts that are left when
    near-identical ones count once.
    """

    total: int
    new: int
    unpublished: int
    organisations: int
    stances: dict[str, int] | None
    movement: dict[str, int] | None
    by_kind: tuple[Row, ...]
    by_region: tuple[Row, ...]
    by_body: tuple[Row, ...] = ()
    people: int = 0
    distinct: int = 0

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the facts in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            total=number_in(found, "total"),
            new=number_in(found, "new"),
            unpublished=number_in(found, "unpublished"),
            organisations=number_in(found, "organisations"),
            stances=_told_stances(found),
            movement=_movement(found),
            by_kind=tuple(Row.from_json(record(row)) for row in list_in(found, "by_kind")),
            by_region=tuple(Row.from_json(record(row)) for row in list_in(found, "by_region")),
            by_body=tuple(Row.from_json(record(row)) for row in given_list_in(found, "by_body")),
            people=number_in(found, "people") if "people" in found else 0,
            distinct=number_in(found, "distinct") if "distinct" in found else 0,
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim span of one comment (code points), the block it speaks in, and why it stands.

    `why` is a code: "block" (someone of this block is heard), "kind:<kind>" or "region:<region>"
    (so is someone of this kind or region), "ground:<kind>" (one side of common ground or of a
    division is heard), "kept" (it stood in the edition before and still says much of what is
    unsaid) or "coverage" (it says most of what is unsaid). `new` is false for an earlier comment;
    `cut` is true where the span ends before its sentence does; `kept` is true where the previous
    edition quoted the same words. `related` are published comments of the same block with similar
    wording, the most alike first, as found by computer.
    """

    comment: str
    start: int
    end: int
    text: str
    block: str
    why: str
    new: bool
    cut: bool
    related: tuple[str, ...] = ()
    kept: bool = False

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the quote in a plain dict; raises ValueError where a field is wrong."""
        return cls(
            comment=text_in(found, "comment"),
            start=number_in(found, "start"),
            end=number_in(found, "end"),
            text=text_in(found, "text"),
            block=text_in(found, "block"),
            why=text_in(found, "why"),
            new=truth_in(found, "new"),
            cut=truth_in(found, "cut"),
            related=texts_in(found, "related") if "related" in found else (),
            kept=truth_in(found, "kept") if "kept" in found else False,
        )


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two or more comments with near-identical texts, or that a moderator put into one campaign.

    `ids` are the comments, sorted; they are not stored with an edition, since they may name
    unpublished ones. `key` names no comment and lasts from edition to edition. `distinct` counts
    the texts that differ once case, width and look-alike letters are the same. `stances` and
    `kinds` are the make-up, rows merged as in the tables: None and empty where the group is small
    and holds unpublished comments. `known` is true where the previous edition held it. `campaign`
    is true where it is large enough, and its text long enough, to be one letter sent by many.
    """

    key: str
    ids: tuple[str, ...]
    size: int
    new: int
    distinct: int
    stances: dict[str, int] | None
    kinds: tuple[Row, ...]
    known: bool
    campaign: bool

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the group in a plain dict; raises ValueError where a field is wrong."""
        untold = found.get("stances") is None
        return cls(
            key=text_in(found, "key"),
            ids=texts_in(found, "ids") if "ids" in found else (),
            size=number_in(found, "size"),
            new=number_in(found, "new"),
            distinct=number_in(found, "distinct"),
            stances=None if untold else counts_in(found, "stances", STANCES),
            kinds=tuple(Row.from_json(record(row)) for row in list_in(found, "kinds")),
            known=truth_in(found, "known"),
            campaign=truth_in(found, "campaign"),
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, and its sources: the named facts behind its numbers, in the order of these.

    After them may stand quotes ("quote:<place>"), which show what it says and hold no number.
    """

    text: str
    sources: tuple[str, ...]

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the statement in a plain dict; raises ValueError where a field is wrong."""
        return cls(text_in(found, "text"), texts_in(found, "sources"))


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary of one recommendation: same snapshot, previous and options, same bytes.

    `snapshot` and `previous` are digests ("" where there was no previous summary); `quotes`
    stand in the order of their choice: the first `options.mail_quotes` are the mail's.
    `duplicates` stand by size, largest first. `changes` is None where there was no previous one.
    `whole` is true of one that covers the whole time: nothing in it is new.
    """

    recommendation: int
    method: str
    snapshot: str
    facts: Facts
    quotes: tuple[Quote, ...]
    statements: tuple[Statement, ...]
    options: Options
    previous: str
    duplicates: tuple[Duplicate, ...] = ()
    ground: tuple[Ground, ...] = ()
    changes: Changes | None = None
    whole: bool = False

    def bare(self) -> Self:
        """Return it as an edition stores it: nobody's words, and no name of an unpublished one."""
        return replace(
            self,
            quotes=tuple(replace(each, text="") for each in self.quotes),
            duplicates=tuple(replace(each, ids=()) for each in self.duplicates),
        )

    def digest(self) -> str:
        """Return the sha256 (hex) of what an edition stores, so of a stored one the same."""
        return sha256(self.bare())

    def to_json(self) -> dict[str, object]:
        """Return a plain dict for JSON."""
        return record(self)

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Self:
        """Return the summary that `to_json` wrote; raises ValueError where a field is wrong."""
        changes = found.get("changes")
        return cls(
            recommendation=number_in(found, "recommendation"),
            method=text_in(found, "method"),
            snapshot=text_in(found, "snapshot"),
            facts=Facts.from_json(record(found.get("facts"))),
            quotes=tuple(Quote.from_json(record(each)) for each in list_in(found, "quotes")),
            statements=tuple(
                Statement.from_json(record(each)) for each in list_in(found, "statements")
            ),
            options=Options.from_json(record(found.get("options"))),
            previous=text_in(found, "previous"),
            duplicates=tuple(
                Duplicate.from_json(record(each)) for each in given_list_in(found, "duplicates")
            ),
            ground=tuple(Ground.from_json(record(each)) for each in given_list_in(found, "ground")),
            changes=None if changes is None else Changes.from_json(record(changes)),
            whole=truth_in(found, "whole") if "whole" in found else False,
        )


def _told_stances(found: Mapping[str, object]) -> dict[str, int] | None:
    """Return the stances, None where only the size is told; ValueError where they are wrong."""
    if "stances" not in found:
        raise ValueError("stances: expected counts, or null")
    return None if found["stances"] is None else counts_in(found, "stances", STANCES)


def _movement(found: Mapping[str, object]) -> dict[str, int] | None:
    return None if found.get("movement") is None else counts_in(found, "movement", STANCES)
