"""The workbook for every reader: built once per change, given up where something is taken."""

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.utils import timezone

from consultations import ledger, tasks
from consultations.exchange import extracts, shared, sharing, workbooks
from consultations.models import (
    Comment,
    Consultation,
    LedgerEntry,
    SharedWorkbook,
    SharedWorkbookPart,
)
from tests.factories import make_comment, make_consultation, make_response

pytestmark = pytest.mark.django_db


def published(consultation: Consultation, **more: Any) -> Comment:
    first = consultation.recommendations.get(number=1)
    return make_comment(first, make_response(consultation), state=Comment.State.PUBLISHED, **more)


def noted(consultation: Consultation, act: str, at: datetime, **payload: Any) -> LedgerEntry:
    with transaction.atomic():
        return ledger.append(consultation_id=consultation.pk, act=act, at=at, payload=payload)


def built(consultation: Consultation) -> Any:
    workbook = shared.current(consultation)
    assert workbook is not None
    return openpyxl.load_workbook(io.BytesIO(b"".join(shared.parts(workbook))))


def test_workbook_has_a_sheet_for_each_table_and_one_that_explains_them() -> None:
    consultation = make_consultation()
    comment = published(consultation, text="=1+1")

    assert sharing.refresh(timezone.now()) == 1

    book = built(consultation)
    titles = [str(table.extract.title) for table in extracts.TABLES.values()]
    assert book.sheetnames == [*titles, "Columns"]
    names, row = book.worksheets[0].iter_rows(values_only=True)
    assert dict(zip(names, row, strict=True))["comment"] == comment.reference
    assert dict(zip(names, row, strict=True))["text"] == "'=1+1"
    explained = {(line[3], line[0]) for line in book["Columns"].iter_rows(values_only=True)}
    assert {
        (sheet.title, cell.value) for sheet in book.worksheets[:-1] for cell in sheet[1]
    } <= explained


@pytest.mark.parametrize(
    ("act", "payload", "again", "fetched"),
    [
        ("export_downloaded", {}, 0, True),
        ("comment_submitted", {"version": 1}, 0, True),
        ("comment_submitted", {"version": 2}, 1, False),
        ("comment_published", {}, 1, True),
        ("comment_hidden", {}, 1, False),
        ("comment_redacted", {}, 1, False),
        ("an_act_of_tomorrow", {}, 1, False),
    ],
)
def test_act_has_it_built_again_or_given_up_or_neither(
    act: str, payload: dict[str, Any], again: int, fetched: bool
) -> None:
    consultation, now = make_consultation(), timezone.now()
    published(consultation)
    sharing.refresh(now)
    SharedWorkbook.objects.update(lease_until=None)

    noted(consultation, act, now, **payload)

    assert (shared.current(consultation) is not None) == fetched
    assert sharing.refresh(now + timedelta(minutes=1)) == again
    assert shared.current(consultation) is not None


def test_workbook_that_waits_for_its_turn_keeps_nothing_that_was_taken() -> None:
    consultation, now = make_consultation(), timezone.now()
    published(consultation)
    sharing.refresh(now)
    SharedWorkbook.objects.update(lease_until=now + timedelta(hours=1))

    noted(consultation, "comment_hidden", now)
    sharing.refresh(now + timedelta(seconds=1))

    assert (SharedWorkbookPart.objects.count(), shared.current(consultation)) == (0, None)


def test_workbook_is_built_by_one_worker_and_by_another_where_that_one_died() -> None:
    consultation, now = make_consultation(), timezone.now()
    SharedWorkbook.objects.create(consultation=consultation, lease_until=now + sharing.LEASE)

    assert sharing.refresh(now) == 0
    assert sharing.refresh(now + sharing.LEASE * 2) == 1


def test_workbook_that_cannot_be_built_stops_no_other() -> None:
    first, second = make_consultation(), make_consultation()
    published(first, text="w" * (workbooks.MOST_CELL + 1))
    published(second)

    assert sharing.refresh(timezone.now()) == 1

    assert (shared.current(first), SharedWorkbookPart.objects.count()) == (None, 1)


def test_answers_that_are_shown_no_longer_are_given_up() -> None:
    consultation, now = make_consultation(), timezone.now()
    published(consultation)
    sharing.refresh(now)

    Consultation.objects.update(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    sharing.refresh(now)

    assert SharedWorkbookPart.objects.count() == 0


def test_lease_outlasts_the_worker_and_the_worker_the_brokers_patience(settings: Any) -> None:
    patience = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]

    limit = tasks.build_shared_workbooks.time_limit

    assert limit < patience <= sharing.LEASE.total_seconds()
