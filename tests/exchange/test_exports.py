"""Files that staff take away: what stands in them, that nothing calculates, and how they end."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import DataError, transaction
from django.db.models import F, Value
from django.utils import timezone

from consultations import ledger, tasks
from consultations.digests import jobs
from consultations.exchange import building, exports, extracts, streams
from consultations.exchange.extracts import Extract
from consultations.models import (
    Comment,
    Consultation,
    Decision,
    Job,
    JobPart,
    LedgerEntry,
    Membership,
)
from consultations.moderation import appeals, claims, decide, documents, undo
from consultations.records import Column
from tests.factories import (
    make_appeal,
    make_case,
    make_comment,
    make_consultation,
    make_evidence,
    make_membership,
    make_organisation,
    make_reason,
    make_rejection,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
RISKY = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]


def lines(extract: Extract, keys: Sequence[int]) -> list[dict[str, str]]:
    """Return the rows of a CSV by the names of its columns."""
    said = b"".join(streams.stream(streams.CSV, extract, extracts.lots(extract, keys)))
    return list(csv.DictReader(io.StringIO(said.decode("utf-8-sig"), newline="")))


def objects(extract: Extract, keys: Sequence[int]) -> list[dict[str, Any]]:
    """Return the lines of JSON Lines."""
    said = b"".join(streams.stream(streams.LINES, extract, extracts.lots(extract, keys)))
    return [json.loads(line) for line in said.decode().split("\n")[:-1]]


def keys_of(consultation: Consultation) -> Any:
    return extracts.chosen(Comment.objects.filter(recommendation__consultation=consultation))


def asked(consultation: Consultation, **more: Any) -> Job:
    """Ask for a workbook of everything."""
    said = {
        "extract": extracts.COMMENTS_WHOLE,
        "consultation": consultation,
        "keys": keys_of(consultation),
        "chosen_by": {},
        "by": make_staff(consultation, "officer"),
        "at": timezone.now(),
    }
    return exports.ask(**(said | more))


def file_of(job: Job) -> Any:
    return openpyxl.load_workbook(io.BytesIO(b"".join(exports.parts(job))))


@pytest.mark.parametrize("text", RISKY)
def test_text_that_a_spreadsheet_would_calculate_is_a_text(text: str) -> None:
    comment = make_comment(text=f"{text} and words")
    consultation = comment.recommendation.consultation

    (row,) = lines(extracts.COMMENTS_WHOLE, [comment.pk])
    job = asked(consultation)
    building.run_one(timezone.now())

    assert row["text"] == f"'{text} and words"
    names, cells = list(file_of(job).worksheets[0].iter_rows(values_only=True))
    assert dict(zip(names, cells, strict=True))["text"].startswith("'")


def test_harmless_text_is_left_as_it_is() -> None:
    said = 'Two lines,\none "quoted"; 5 - 3 = 2 and naïve ＝'
    comment = make_comment(text=said)

    (row,) = lines(extracts.COMMENTS_WHOLE, [comment.pk])

    assert (row["text"], row["consultation"]) == (said, comment.recommendation.consultation.slug)
    assert (row["state"], row["listed"], row["late_reason"]) == ("submitted", "no", "")


@pytest.mark.parametrize("permission", ["named", "unnamed", "unpublished"])
@pytest.mark.parametrize("whose", ["person", "official", "claimed"])
def test_publishable_file_names_whom_the_page_names(permission: str, whose: str) -> None:
    consultation = make_consultation()
    fields: dict[str, Any] = {}
    if whose != "person":
        fields["membership"] = make_membership(
            make_user(), make_organisation("Forge"), Membership.Claim.CONFIRMED
        )
    if whose == "official":
        fields["organisation"] = fields["membership"].organisation
    response = make_response(consultation, make_user(name="Ann"), **fields)
    comment = make_comment(
        None, response, state=Comment.State.PUBLISHED, permission=permission, text="Words."
    )

    (row,) = lines(extracts.COMMENTS, [comment.pk])

    region = comment.shown_region
    assert row["name"] == comment.signature()
    assert row["text"] == comment.public_text
    assert row["region_code"] == (region.code if region else "")
    assert row["organisation_kind"] == str(comment.shown_organisation_kind or "")


def test_rows_are_read_by_so_many_and_none_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracts, "CHUNK", 2)
    monkeypatch.setattr(extracts, "FIRST_CHUNK", 1)
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    made = [make_comment(first, make_response(consultation)) for _n in range(5)]

    found = extracts.lots(extracts.COMMENTS_WHOLE, keys_of(consultation))
    pieces = list(streams.stream(streams.CSV, extracts.COMMENTS_WHOLE, found))

    assert len(pieces) == 4
    found = [row["comment"] for row in lines(extracts.COMMENTS_WHOLE, keys_of(consultation))]
    assert found == [comment.reference for comment in made]


def broken() -> Extract:
    """Return an extract that fails in the database at the first row with an odd key."""
    fails = Column("a", "a", Value(1) / (F("pk") % Value(2)), made=True)
    return Extract("broken", "Broken", Comment, [fails])


@pytest.mark.parametrize("form", streams.FORMS.values(), ids=streams.FORMS)
def test_stream_that_fails_says_so_in_a_last_line_that_no_reader_takes(
    form: streams.Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    for _n in range(2):
        make_comment(first, make_response(consultation))
    monkeypatch.setattr(extracts, "FIRST_CHUNK", 1)
    odd_last = sorted(keys_of(consultation), key=lambda pk: pk % 2, reverse=False)
    pieces: list[bytes] = []

    with pytest.raises(DataError), transaction.atomic():
        pieces.extend(streams.stream(form, broken(), extracts.lots(broken(), odd_last)))

    said = b"".join(pieces).decode("utf-8-sig")
    last = said.splitlines()[-1]
    assert last.strip('"').startswith("INCOMPLETE")
    with pytest.raises((csv.Error, json.JSONDecodeError)):
        read_strictly(form, said)


def read_strictly(form: streams.Form, said: str) -> None:
    """Read a file as a careful program does."""
    if form is streams.CSV:
        list(csv.reader(io.StringIO(said, newline=""), strict=True))
    for line in said.splitlines() if form is streams.LINES else ():
        json.loads(line)


@pytest.mark.parametrize("text", [*RISKY, 'a "quote"', "back\\slash \\N", "two\nlines", "\u2028"])
@pytest.mark.exhaustive
def test_line_of_json_holds_the_text_as_it_is(text: str) -> None:
    comment = make_comment(text=f"{text} and words")

    (row,) = objects(extracts.COMMENTS_WHOLE, [comment.pk])

    assert row["text"] == f"{text} and words"
    assert list(row) == [column.name for column in extracts.COMMENTS_WHOLE.columns]
    assert (row["recommendation"], row["public_version"]) == (1, None)


def test_workbook_holds_the_rows_and_what_each_column_means() -> None:
    comment = make_comment(state=Comment.State.PUBLISHED, text="Words.")
    job = asked(comment.recommendation.consultation)

    building.run_one(timezone.now())

    job.refresh_from_db()
    rows, meanings = (list(sheet.iter_rows(values_only=True)) for sheet in file_of(job).worksheets)
    row = dict(zip(*rows, strict=True))
    assert (job.state, job.result["rows"]) == (Job.State.DONE, 1)
    assert (row["text"], row["recommendation"], row["version"]) == ("Words.", 1, 1)
    assert [line[0] for line in meanings[1:]] == list(rows[0])
    assert all(line[1] for line in meanings)


def test_workbook_of_nothing_has_its_headings() -> None:
    consultation = make_consultation()
    job = asked(consultation)

    building.run_one(timezone.now())

    job.refresh_from_db()
    (names,) = file_of(job).worksheets[0].iter_rows(values_only=True)
    assert list(names) == [column.name for column in extracts.COMMENTS_WHOLE.columns]


def test_workbook_that_fails_says_so_and_leaves_nothing() -> None:
    comment = make_comment(text="w" * 40_000)
    job = asked(comment.recommendation.consultation)

    building.run_one(timezone.now())

    job.refresh_from_db()
    assert (job.state, JobPart.objects.count()) == (Job.State.FAILED, 0)
    assert "take CSV" in job.error


def test_workbook_of_a_worker_that_died_is_built_by_another() -> None:
    job, now = asked(make_comment().recommendation.consultation), timezone.now()
    Job.objects.update(state=Job.State.RUNNING, lease_until=now + timedelta(minutes=1))

    assert building.run_one(now) is None
    building.run_one(now + timedelta(minutes=2))

    job.refresh_from_db()
    assert (job.state, JobPart.objects.count()) == (Job.State.DONE, 1)


def test_lease_outlasts_the_worker_and_the_worker_the_brokers_patience(settings: Any) -> None:
    patience = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    limit = tasks.run_builds.time_limit

    assert limit < patience <= building.LEASE.total_seconds()


def test_workbook_asked_for_twice_while_it_waits_is_one() -> None:
    consultation = make_comment().recommendation.consultation
    by, at = make_staff(consultation, "officer"), timezone.now()

    first, second = asked(consultation, by=by, at=at), asked(consultation, by=by, at=at)

    assert first == second


def test_workbook_is_gone_within_the_hour() -> None:
    asked(make_comment().recommendation.consultation)
    building.run_one(timezone.now())

    jobs.forget(timezone.now() + timedelta(hours=1))

    assert (Job.objects.count(), JobPart.objects.count()) == (0, 0)


def test_download_is_on_the_ledger_without_the_words_searched() -> None:
    consultation = make_consultation()
    officer = make_staff(consultation, "officer")

    exports.note(
        extract=extracts.COMMENTS,
        file="csv",
        consultation=consultation,
        rows=3,
        chosen_by={"q": "Ann Hollin", "state__exact": "published"},
        by=officer,
        at=timezone.now(),
    )

    entry = LedgerEntry.objects.get(consultation=consultation)
    assert (entry.act, entry.payload.content) == (
        "export_downloaded",
        {
            "extract": "comments",
            "file": "csv",
            "filter": {"q": "words, not kept here", "state__exact": "published"},
            "rows": 3,
            "by": officer.pk,
        },
    )
    assert ledger.verify(consultation.pk) == []


def test_decisions_say_who_when_why_and_on_which_words() -> None:
    case = make_case(make_comment(text="The words decided on."))
    moderator, at = make_staff(case.consultation), timezone.now()
    decide.reject(
        case=case,
        version_number=1,
        reason=make_reason("abusive"),
        note="Twice.",
        by=moderator,
        at=at,
    )
    (key,) = case.decisions.values_list("pk", flat=True)

    (row,) = lines(extracts.DECISIONS, [key])
    (whole,) = lines(extracts.DECISIONS_WHOLE, [key])

    said = [row[name] for name in ("decided", "reason", "note", "subject", "version")]
    assert said == ["reject", "abusive", "Twice.", "comment", "1"]
    assert row["decided_by_email"] == moderator.email
    assert row["decided_at"] == f"{at:%Y-%m-%dT%H:%M:%SZ}"
    assert row["response"] == case.comment.response.reference
    assert "version_text" not in row
    assert (whole["version_text"], whole["public_text"]) == ("The words decided on.", "")


def test_decisions_on_claims_name_the_organisation() -> None:
    membership = make_membership(None, make_organisation("=Forge"))
    case = make_case(membership=membership, consultation=make_consultation())
    claims.refuse(
        case=case, note="Nobody there.", by=make_staff(case.consultation), at=timezone.now()
    )

    (row,) = lines(extracts.DECISIONS, [case.decisions.get().pk])

    assert (row["subject"], row["organisation"]) == ("claim", "'=Forge")


def refused_document() -> Decision:
    case = make_case(document=make_evidence(state="submitted"))
    by, at = make_staff(case.consultation), timezone.now()
    return documents.reject(case=case, reason=make_reason(), note="", by=by, at=at)


@pytest.mark.parametrize("what", ["comment", "document"])
def test_decisions_on_appeals_say_what_was_decided_before(what: str) -> None:
    case = make_appeal() if what == "comment" else make_appeal(refused_document())
    before = case.appeal.decision
    ruling = appeals.Ruling(False, "It does.", make_staff(case.consultation), timezone.now())
    appeals.rule(case=case, ruling=ruling)

    (row,) = lines(extracts.DECISIONS, [case.decisions.get().pk])

    names = ("decided", "subject", "appealed", "recommendation", "response", "comment", "document")
    comment, document = before.case.comment, before.case.document
    assert [row[name] for name in names] == [
        "let_stand",
        "appeal",
        str(before.pk),
        "1" if comment else "",
        (comment or document).response.reference,
        comment.reference if comment else "",
        document.reference if document else "",
    ]


def test_decision_that_took_another_back_names_it() -> None:
    rejection = make_rejection()
    undone = undo.undo(decision=rejection, by=rejection.decided_by, at=rejection.decided_at)

    rows = lines(extracts.DECISIONS, [rejection.pk, undone.pk])

    assert [row["undoes"] for row in rows] == ["", str(rejection.pk)]
