"""Builds the workbook of each final summary once, in a worker: it reaches xlsxwriter.

Text stays text: nothing in it becomes a formula or a link, here or where it is saved as CSV later.
"""

from datetime import datetime
from io import BytesIO

import structlog
import xlsxwriter
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from consultations.digests.render import view
from consultations.digests.sheets import Sheet, Value, sheets
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Edition, EditionWorkbook
from consultations.models.edition_standing import STANDS
from consultations.text import FORMULA

log = structlog.get_logger(__name__)
MOST_CELL = 32_767
WIDE = 24


def build_missing(at: datetime) -> int:
    """Build the workbook of each final summary that stands and has none yet; return how many.

    One that cannot be read or written is left to the log, and stops no other; of two workers who
    build the same, one keeps it.
    """
    built = 0
    bare = Edition.objects.filter(final=True, state__in=STANDS, workbook__isnull=True)
    for edition in bare.order_by("pk"):
        try:
            content = written(sheets(view(edition)))
            with transaction.atomic():
                made = EditionWorkbook(edition=edition, content=content, made_at=at)
                EditionWorkbook.objects.bulk_create([made], ignore_conflicts=True)
        except (UnfaithfulSummaryError, ValueError, DatabaseError):
            log.exception("workbook_not_built", edition=edition.pk)
            continue
        built += 1
    return built


def written(told: list[Sheet]) -> bytes:
    """Return a workbook with these sheets, and a last one that says what each column means."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    heading = book.add_format({"bold": True})
    for sheet in (*told, _columns(told)):
        page = book.add_worksheet(sheet.title[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, len(sheet.columns) - 1, WIDE)
        for place, (name, _meaning) in enumerate(sheet.columns):
            page.write_string(0, place, name, heading)
        for line, row in enumerate(sheet.rows, start=1):
            for place, value in enumerate(row):
                _cell(page, line, place, value)
    book.close()
    return target.getvalue()


def _columns(told: list[Sheet]) -> Sheet:
    names = ((_("Sheet"), ""), (_("Column"), ""), (_("What it means"), ""))
    rows = tuple((sheet.title, name, meaning) for sheet in told for name, meaning in sheet.columns)
    return Sheet(_("Columns"), names, rows)


def _cell(page: xlsxwriter.worksheet.Worksheet, line: int, place: int, value: Value) -> None:
    if isinstance(value, str):
        safe = f"'{value}" if value.startswith(FORMULA) else value
        if safe:
            page.write_string(line, place, safe[:MOST_CELL])
    elif value is not None:
        page.write_number(line, place, value)
