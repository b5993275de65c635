"""Importing responses that came otherwise, thousands at once, in one transaction.

Every row is read, and compared with what is there, before any is stored. What is stored waits for
a moderator, unless an officer says that it has been published elsewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import ledger
from consultations.exchange import columns, layouts, sheets, storing, values
from consultations.exchange.columns import ANY_OTHER, CITIZEN_SPACE, Mapping, MappingError, Places
from consultations.exchange.rows import Problem, Reading
from consultations.exchange.sheets import Row, SheetError
from consultations.exchange.staging import Stage, alone
from consultations.exchange.values import ValueRefused
from consultations.models import Consultation, User
from consultations.participation.paper import PaperError, days

Tell: TypeAlias = Callable[[Problem], None]
# A long COPY is no stuck one, and a moderator's page may hold a counter for a while.
PATIENCE = """
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '30s'
"""
NEEDED = {
    "channel": gettext_lazy("Say how they came: by a column, or one way for all of them."),
    "received_on": gettext_lazy(
        "Say when they were received: by a column, or one day for all of them."
    ),
}


class ImportRefused(Exception):  # noqa: N818 - a refusal is no error
    """A file that is not imported, in a sentence."""


@dataclass(frozen=True)
class Order:
    """What is to be imported, and how; without a mapping the headings say what they mean."""

    consultation: Consultation
    file: Path
    by: User
    mapping: Mapping | None = None
    defaults: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False
    skip_bad_rows: bool = False
    published: bool = False


@dataclass(frozen=True)
class Report:
    """What became of a file; `stored` is false where nothing was to be, or could be, stored."""

    stored: bool
    responses: int
    comments: int
    known: int
    bad: int
    taken: Sequence[str]
    untaken: Sequence[str]


class _Undone(Exception):  # noqa: N818
    """Carries the report out of a transaction that leaves nothing behind."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def run(*, order: Order, tell: Tell, at: datetime) -> Report:
    """Import a file, all of it or (`skip_bad_rows`) its good rows, and `tell` of each bad one.

    The second import of a file adds nothing. Raises ImportRefused for a file or a mapping that
    cannot be used.
    """
    try:
        with transaction.atomic():
            return _run(order, tell, at)
    except _Undone as undone:
        return undone.report
    except (SheetError, MappingError, PaperError, ValueRefused) as error:
        raise ImportRefused(str(error)) from error
    except IntegrityError as error:
        raise ImportRefused(
            _("Somebody entered one of these responses at the same time: import the file again.")
        ) from error


def _run(order: Order, tell: Tell, at: datetime) -> Report:
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
    if not alone(order.consultation.pk):
        raise ImportRefused(_("Another import into this consultation runs just now."))
    stage = Stage(order.consultation.pk, _answered(order.consultation))
    given = order.mapping or Mapping()
    with sheets.opened(
        order.file, delimiter=given.delimiter, encoding=given.encoding, sheet=given.sheet
    ) as rows:
        mapping, places, body = _understood(order, rows)
        _refuse_incomplete(mapping, places, stage)
        bad = _stage(
            stage,
            Reading(mapping, places, values.known(), days(order.consultation, at)),
            body,
            tell,
        )
    stage.settle()
    for problem in stage.refused():
        bad += 1
        tell(problem)
    responses, comments = stage.counts()
    stored = not order.dry_run and (order.skip_bad_rows or not bad)
    facts = (responses, comments, stage.known, bad, _taken(places, mapping), places.untaken())
    if not stored:
        raise _Undone(Report(False, *facts))
    if responses:
        _store(order, at, Report(True, *facts))
    return Report(bool(responses), *facts)


def _answered(consultation: Consultation) -> dict[int, tuple[int, int]]:
    """Return each recommendation's key and that of its current words, by its number."""
    asked = consultation.recommendations.filter(current__isnull=False).order_by("number", "pk")
    return {
        number: (key, current)
        for number, key, current in asked.values_list("number", "pk", "current_id")
    }


def _understood(order: Order, rows: Iterator[Row]) -> tuple[Mapping, Places, Iterator[Row]]:
    """Return what the columns mean, where they stand, and the rows below the headings."""
    given = order.mapping or Mapping(layout=CITIZEN_SPACE)
    first = list(islice(rows, max(given.header, layouts.HEADER_LINES)))
    header = next((row for row in first if row.line == given.header), None)
    header = header or (None if given.header else layouts.header_of(first))
    if header is None:
        raise MappingError(_("There is no line of headings."))
    if given.layout == CITIZEN_SPACE:
        seen = layouts.recognise(header)
        given = Mapping(
            columns={**seen.columns, **given.columns},
            questions=given.questions or seen.questions,
            values={**seen.values, **given.values},
            defaults=given.defaults,
        )
    mapping = Mapping(
        columns=given.columns,
        questions=given.questions,
        values=given.values,
        defaults={**given.defaults, **order.defaults},
    )
    below = [row for row in first if row.line > header.line]
    return mapping, columns.find(mapping, header), chain(below, rows)


def _refuse_incomplete(mapping: Mapping, places: Places, stage: Stage) -> None:
    """Raise MappingError where a fact has neither a column nor a default, or no such question."""
    for fact, sentence in NEEDED.items():
        if fact not in places.facts and not mapping.defaults.get(fact):
            raise MappingError(str(sentence))
    for number in places.questions:
        if number not in stage.answered:
            raise MappingError(
                _("There is no recommendation %(number)s in this consultation.")
                % {"number": number}
            )


def _stage(stage: Stage, reading: Reading, rows: Iterator[Row], tell: Tell) -> int:
    """Read and stage every row; return how many are bad."""
    bad = 0
    for row in rows:
        if row.blank:
            continue
        entry = reading.entry(row)
        if isinstance(entry, list):
            bad += 1
            for problem in entry:
                tell(problem)
        else:
            stage.add(entry)
    return bad


def _store(order: Order, at: datetime, report: Report) -> None:
    """Store the stage, and put the whole import on the ledger as one act."""
    batch = storing.Batch(
        consultation=order.consultation,
        key=uuid4(),
        by=order.by,
        at=at,
        published=order.published,
        note=_("Imported as published elsewhere.") if order.published else "",
    )
    storing.store(batch)
    ledger.append(
        consultation_id=order.consultation.pk,
        act="responses_imported",
        at=at,
        payload={
            "file": sheets.fingerprint(order.file),
            "responses": report.responses,
            "comments": report.comments,
            "known": report.known,
            "bad": report.bad,
            "published": int(order.published),
            "by": order.by.pk,
            "batch": batch.key.hex,
            "seal": ledger.seal_of_batch(batch.key),
        },
    )


def _taken(places: Places, mapping: Mapping) -> list[str]:
    """Say what each column is taken for, and where what it says may be left out."""
    loose = {name for name, known in mapping.values.items() if known.get(ANY_OTHER) == ""}
    said = [
        f"{places.name(at)}: {fact}"
        + (_(", empty where it is none of ours") if fact in {*loose, "size_band"} else "")
        for fact, at in places.facts.items()
    ]
    for number, (stance, texts, permission) in places.questions.items():
        for what, found in (("stance", [stance]), ("text", texts), ("permission", [permission])):
            said += [
                f"{places.name(at)}: recommendation {number}, {what}"
                for at in found
                if at is not None
            ]
    return said
