"""The workbook for every reader: built once per change, given up where something is taken."""

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.utils import timezone

from consultations import ledger, tasks
from consultations.digests import editions
from consultations.exchange import extracts, shared, sharing, workbooks
from consultations.models import (
    Comment,
    Consultation,
    LedgerEntry,
    LedgerPayload,
    SharedWorkbook,
    SharedWorkbookPart,
)
from consultations.moderation import decide
from tests.digests.scene import fill, make_edition, make_scene
from tests.factories import (
    make_case,
    make_closed,
    make_comment,
    make_consultation,
    make_official,
    make_response,
    make_staff,
    make_user,
    make_version,
)
from tests.participation.test_redacted import post

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


def texts(consultation: Consultation) -> list[Any]:
    """Return the words of the comments in the workbook."""
    names, *rows = built(consultation).worksheets[0].iter_rows(values_only=True)
    return [row[names.index("text")] for row in rows]


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


def test_workbook_is_built_again_at_the_close_that_shows_the_official_response_once_more() -> None:
    consultation, now = make_closed(), timezone.now()
    make_official(consultation.recommendations.get(number=1))
    Consultation.objects.update(
        closes_at=now + timedelta(days=1), answers_shown=Consultation.AnswersShown.WHILE_OPEN
    )
    consultation.refresh_from_db()
    published(consultation)
    title = str(extracts.TABLES["official-response"].extract.title)

    assert sharing.refresh(now) == 1
    assert built(consultation)[title].max_row == 1
    closed = now + timedelta(days=1, seconds=1)
    assert (sharing.refresh(closed), sharing.refresh(closed + timedelta(days=1))) == (1, 0)
    assert built(consultation)[title].max_row == 2


@pytest.mark.parametrize(
    ("act", "payload", "again", "fetched"),
    [
        ("export_downloaded", {}, 0, True),
        ("comment_submitted", {"version": 1, "public": False}, 0, True),
        ("comment_submitted", {"version": 1, "public": True}, 1, True),
        ("comment_submitted", {"version": 1}, 1, False),
        ("comment_submitted", {"version": 2, "public": False}, 1, False),
        ("comment_submitted", {"version": 2, "public": True}, 1, False),
        ("comment_published", {"replaces": False}, 1, True),
        ("comment_published", {"replaces": True}, 1, False),
        ("comment_published", {}, 1, False),
        ("edition_withdrawn", {}, 1, False),
        ("comment_hidden", {}, 1, False),
        ("comment_redacted", {}, 1, False),
        ("an_act_of_tomorrow", {}, 1, False),
    ],
)
@pytest.mark.exhaustive
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


def test_act_whose_payload_was_erased_counts_as_one_that_takes() -> None:
    consultation, now = make_consultation(), timezone.now()
    for act, said in (("comment_submitted", {"version": 1}), ("comment_published", {})):
        sharing.refresh(now)
        SharedWorkbook.objects.update(lease_until=None)
        entry = noted(consultation, act, now, public=True, replaces=False, **said)
        assert shared.current(consultation) is not None

        LedgerPayload.objects.filter(entry=entry).delete()

        assert shared.current(consultation) is None


def test_edit_that_replaces_public_words_takes_the_workbook_and_a_first_publication_does_not() -> (
    None
):
    consultation, now = make_consultation(), timezone.now()
    first = consultation.recommendations.get(number=1)
    by = make_staff(consultation)
    comment = make_comment(first, make_response(consultation), text="Words that I take back.")
    case = make_case(comment)
    sharing.refresh(now)

    decide.publish(case=case, version_number=1, by=by, at=timezone.now())

    assert shared.current(consultation) is not None
    comment.refresh_from_db()
    comment.submitted_version = make_version(comment, text="Better words.")
    comment.save()
    edit = make_case(comment)
    SharedWorkbook.objects.update(lease_until=None)
    sharing.refresh(timezone.now())
    assert "Words that I take back." in str(texts(consultation))

    decide.publish(case=edit, version_number=2, by=by, at=timezone.now())

    assert shared.current(consultation) is None
    SharedWorkbook.objects.update(lease_until=None)
    sharing.refresh(timezone.now())
    assert texts(consultation) == ["Better words."]


def test_comment_that_is_public_at_once_has_the_workbook_built_again() -> None:
    consultation = make_consultation(moderation=Consultation.Moderation.AFTER)
    sharing.refresh(timezone.now())
    SharedWorkbook.objects.update(lease_until=None)

    post(make_user(), consultation.recommendations.get(number=1), text="At once.")

    assert shared.current(consultation) is not None
    assert sharing.refresh(timezone.now()) == 1
    assert texts(consultation) == ["At once."]


def test_digest_that_is_withdrawn_takes_the_workbook_that_says_it_is_published() -> None:
    scene = make_scene()
    fill(scene, each=3)
    edition, officer = make_edition(), make_staff(scene, "officer")
    sharing.refresh(timezone.now())
    before = built(scene)[str(extracts.TABLES["digests"].extract.title)]
    names, row = before.iter_rows(values_only=True)

    editions.withdraw(edition=edition, reason="Wrong.", by=officer, at=timezone.now())

    assert dict(zip(names, row, strict=True))["state"] == "released"
    assert shared.current(scene) is None


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
    assert (shared.too_long(first), shared.too_long(second)) == (True, False)


def test_text_too_long_for_a_workbook_is_tried_again_once_the_record_goes_on() -> None:
    consultation, now = make_consultation(), timezone.now()
    comment = published(consultation)
    sharing.refresh(now)
    kept = Comment.objects.filter(pk=comment.pk)
    tries = []

    for text in ("w" * (workbooks.MOST_CELL + 1), "Short."):
        kept.update(public_text=text)
        noted(consultation, "comment_redacted", timezone.now())
        for _again in range(2):
            SharedWorkbook.objects.update(lease_until=None)
            tries.append(sharing.refresh(timezone.now()))
        row = SharedWorkbook.objects.get()
        tries.append((row.lease_until is None, shared.too_long(consultation)))

    assert tries == [0, 0, (True, True), 1, 0, (True, False)]
    assert texts(consultation) == ["Short."]


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
