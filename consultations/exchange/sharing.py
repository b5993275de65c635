"""What a worker does for every reader of a consultation: keeps the `shared` workbook fresh."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from consultations import ledger
from consultations.exchange import extracts, workbooks
from consultations.exchange.shared import later, taken
from consultations.models import (
    Consultation,
    EditionAct,
    SharedWorkbook,
    SharedWorkbookPart,
    database_now,
    kept,
)

log = structlog.get_logger(__name__)
# Longer than a task may take: what a worker that died began is built by another.
LEASE = timedelta(minutes=15)


def refresh(at: datetime) -> int:
    """Build the workbook of every consultation that publishes something new; return how many.

    `at` is the database's instant. One that cannot be built is left to the log and stops no other.
    """
    give_up(at)
    built = 0
    for consultation in _changed(at):
        held = SharedWorkbook.objects.hold(consultation, at, LEASE)
        if held is None:
            continue
        try:
            _build(consultation, held, at)
        except workbooks.TooLong as error:
            log.warning("workbook_too_long", consultation=consultation.pk, error=str(error))
        except (OSError, DatabaseError):
            log.exception("workbook_not_built", consultation=consultation.pk)
        else:
            built += 1
    return built


def give_up(at: datetime) -> None:
    """Delete each workbook that holds what is no longer public, or whose answers are not shown."""
    shown = _showing(at).filter(pk=OuterRef("consultation"))
    stale = SharedWorkbook.objects.filter(Q(Exists(taken())) | ~Q(Exists(shown)), size__gt=0)
    for workbook in stale.order_by("pk"):
        with transaction.atomic():
            SharedWorkbookPart.objects.filter(workbook=workbook).delete()
            SharedWorkbook.objects.filter(pk=workbook.pk).update(size=0, entry=None)


def _showing(at: datetime) -> QuerySet[Consultation]:
    """Consultations that show their answers to their readers."""
    shown = Q(answers_shown=Consultation.AnswersShown.WHILE_OPEN) | Q(closes_at__lte=at)
    published = Consultation.objects.filter(state=Consultation.State.PUBLISHED)
    return published.filter(shown, opens_at__lte=at)


def _changed(at: datetime) -> list[Consultation]:
    """Consultations that show their answers, and whose record has gone on (one query).

    Or that have closed since: then the official response is shown, also once more.
    """
    seen = Coalesce(OuterRef("shared_workbook__entry"), -1)
    # What becomes of an edition stands beside the ledger.
    acted = EditionAct.objects.filter(
        edition__consultation=OuterRef("pk"), at__gt=OuterRef("shared_workbook__built_at")
    )
    rows = _showing(at).filter(
        Q(shared_workbook__isnull=True)
        | Q(shared_workbook__size=0, shared_workbook__entry__isnull=True)
        | Q(Exists(later(seen, "pk")))
        | Q(Exists(acted))
        | Q(closes_at__lte=at, shared_workbook__built_at__lt=F("closes_at"))
    )
    return list(rows.filter(kept.free(at, "shared_workbook__")).order_by("pk"))


def _build(consultation: Consultation, held: SharedWorkbook, at: datetime) -> None:
    """Build on disk what is public now, and keep it in pieces if it is still this worker's.

    Raises TooLong where no workbook can hold it, once that is noted: there is none until the
    record goes on.
    """
    entry, _hash = ledger.last(consultation.pk)
    now, started = max(at, database_now()), monotonic()
    with TemporaryDirectory(prefix="shared-") as name:
        file = Path(name) / "shared.xlsx"
        try:
            workbooks.write(file, sheets=_sheets(consultation, now), folder=Path(name))
        except workbooks.TooLong:
            _keep(held, entry, now, monotonic() - started, None)
            raise
        _keep(held, entry, now, monotonic() - started, file)


def _keep(
    held: SharedWorkbook, entry: int, at: datetime, seconds: float, file: Path | None
) -> None:
    """Keep a file in pieces, or that there can be none, unless the lease is another's by now."""
    with transaction.atomic():
        rows = SharedWorkbook.objects.filter(pk=held.pk, lease_until=held.lease_until)
        if not rows.update(
            entry=entry,
            built_at=at,
            seconds=seconds,
            size=file.stat().st_size if file else 0,
            lease_until=kept.rested(at, seconds),
        ):
            return
        SharedWorkbookPart.objects.filter(workbook=held).delete()
        pieces = workbooks.pieces(file) if file else ()
        for number, piece in enumerate(pieces, start=1):
            SharedWorkbookPart.objects.create(workbook=held, number=number, content=piece)


def _sheets(consultation: Consultation, at: datetime) -> list[workbooks.Sheet]:
    sheets = []
    for table in extracts.TABLES.values():
        rows = extracts.visible_to_readers(table, consultation, at)
        chunks = extracts.chunks(table.extract, extracts.read(table, rows))
        sheets.append(workbooks.Sheet(str(table.extract.title), table.extract.columns, chunks))
    return sheets
