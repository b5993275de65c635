"""Importing responses that came otherwise, thousands at once, in one transaction.

Every row is read, and compared with what is there, before any is stored. What is stored waits for
a moderator, unless an officer says that it has been published elsewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.exchange import meaning, sheets, storing, values
from consultations.exchange.columns import Mapping, MappingError
from consultations.exchange.problems import Problem
from consultations.exchange.rows import Reading
from consultations.exchange.sheets import Row, SheetError
from consultations.exchange.staging import Stage, alone
from consultations.exchange.values import ValueRefused
from consultations.models import Consultation, Question, User
from consultations.models.telling import hold_off_editions
from consultations.participation.paper import PaperError, days

Tell: TypeAlias = Callable[[Problem], None]
# A long COPY is no stuck one, and a moderator's page may hold a counter for a while.
PATIENCE = """
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '30s'
"""


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
    answers: int = 0
    # Words that stand for nothing, each with what its column says.
    unknown: Sequence[tuple[str, str]] = ()


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
    if order.published and not order.dry_run:
        hold_off_editions(order.consultation.pk)
    given = order.mapping or Mapping()
    with sheets.opened(
        order.file, delimiter=given.delimiter, encoding=given.encoding, sheet=given.sheet
    ) as rows:
        mapping, found, body = meaning.understood(order.mapping, order.defaults, rows)
        asked = _asked(order.consultation) if mapping.asked else []
        days_ = days(order.consultation, at)
        reading = Reading(mapping, found, values.known(), days_, asked)
        stage = Stage(
            order.consultation.pk,
            _answered(order.consultation),
            {one.number: one.pk for one in asked if one.number in mapping.asked},
        )
        meaning.refuse_incomplete(mapping, found, stage.answered)
        bad = _stage(stage, reading, body, tell)
    stage.settle()
    for problem in stage.refused():
        bad += 1
        tell(problem)
    responses, comments, answers = stage.counts()
    stored = not order.dry_run and (order.skip_bad_rows or not bad)
    report = Report(
        *(stored, responses, comments, stage.known, bad),
        taken=meaning.taken(found, mapping),
        untaken=found.untaken(),
        answers=answers,
        unknown=reading.unknown.all(),
    )
    if not stored:
        raise _Undone(report)
    if responses:
        _store(order, at, report)
    return replace(report, stored=bool(responses))


def _asked(consultation: Consultation) -> list[Question]:
    """Return the owner's questions, in order."""
    return list(Question.objects.filter(consultation=consultation).order_by("number", "pk"))


def _answered(consultation: Consultation) -> dict[int, tuple[int, int]]:
    """Return each recommendation's key and that of its current words, by its number."""
    asked = consultation.recommendations.filter(current__isnull=False).order_by("number", "pk")
    return {
        number: (key, current)
        for number, key, current in asked.values_list("number", "pk", "current_id")
    }


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
        asks=report.answers > 0,
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
            "decided": ledger.seal_decisions(batch.key, at) if order.published else [],
            **_sealed_answers(report, batch),
        },
    )


def _sealed_answers(report: Report, batch: storing.Batch) -> dict[str, ledger.JSON]:
    """Return what the entry says of the answers to questions; nothing where there are none."""
    if not report.answers:
        return {}
    seal = ledger.seal_of_answers(batch.key)
    return {"replies": report.answers, "replies_seal": seal}
