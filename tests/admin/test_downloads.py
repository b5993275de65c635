"""A list downloads its current filter: who may take what, as CSV at once and as XLSX later."""

import csv
import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import roles
from consultations.exchange import building
from consultations.models import Comment, Consultation, Job, LedgerEntry, Role
from consultations.moderation import decide
from tests.admin.scene import listed
from tests.factories import (
    give_role,
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_reason,
    make_response,
    make_staff,
)

pytestmark = pytest.mark.django_db
PAGE = "/admin/consultations/comment/download/"
LOG = "/admin/consultations/decision/download/"
WHOLE = {"extract": "comments_whole", "file": "csv"}
PUBLISHABLE = {"extract": "comments", "file": "csv"}


def rows(answer: Any) -> list[dict[str, str]]:
    said = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(said, newline="")))


def filled() -> Consultation:
    """Make a consultation with one comment of each sort."""
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    published = Comment.State.PUBLISHED
    make_comment(first, make_response(consultation), text="It waits.")
    make_comment(first, make_response(consultation), state=published, text="It is public.")
    quiet = make_response(consultation, permission="unpublished")
    make_comment(first, quiet, state=published, text="It is counted alone.")
    return consultation


def test_list_leads_to_its_downloads_with_its_filter() -> None:
    client = log_in(make_staff(filled(), "officer"))

    page = client.get(f"{listed('comment')}?state__exact=published&o=1&p=1").content.decode()

    assert f'href="{PAGE}?state__exact=published"' in page


def test_officer_takes_everything_and_the_ledger_says_so() -> None:
    consultation = filled()
    officer = make_staff(consultation, "officer")

    answer = log_in(officer).post(PAGE, WHOLE)

    texts = [row["text"] for row in rows(answer)]
    assert texts == ["It waits.", "It is public.", "It is counted alone."]
    entry = LedgerEntry.objects.get(consultation=consultation)
    assert (entry.act, entry.payload.content["rows"]) == ("export_downloaded", 3)
    assert entry.payload.content["by"] == officer.pk
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{consultation.slug}-')
    assert answer["Link"] == '</data/columns/>; rel="describedby"'


def test_columns_leave_at_once_and_the_ledger_is_written_before_a_row() -> None:
    answer = log_in(make_staff(filled(), "officer")).post(PAGE, WHOLE)
    pieces = iter(answer.streaming_content)

    first, early = next(pieces).decode("utf-8-sig"), LedgerEntry.objects.count()
    row, noted = next(pieces).decode(), LedgerEntry.objects.count()

    assert (first[:13], early) == ("consultation,", 0)
    assert ("It waits." in row, noted) == (True, 1)


def test_publishable_file_holds_what_the_public_reads_and_no_more() -> None:
    answer = log_in(make_staff(filled(), "analyst")).post(PAGE, PUBLISHABLE)

    assert [row["text"] for row in rows(answer)] == ["It is public."]


def test_file_holds_the_lists_current_filter() -> None:
    client = log_in(make_staff(filled(), "officer"))

    waiting = client.post(f"{PAGE}?state__exact=submitted", WHOLE)
    searched = client.post(f"{PAGE}?q=alone", WHOLE)

    assert [row["text"] for row in rows(waiting)] == ["It waits."]
    assert [row["text"] for row in rows(searched)] == ["It is counted alone."]


@pytest.mark.parametrize("right", ["moderator", "analyst"])
def test_everything_is_for_officers(right: str) -> None:
    client = log_in(make_staff(filled(), right))

    page = client.get(PAGE).content.decode()
    answer = client.post(PAGE, WHOLE)

    assert ("comments_whole" in page, answer.streaming) == (False, False)
    assert LedgerEntry.objects.count() == 0


def test_officer_elsewhere_takes_only_what_is_public_here() -> None:
    here, there = filled(), filled()
    user = make_staff(here, "moderator")
    give_role(user, there, "officer")
    client = log_in(user)

    answer = client.post(f"{PAGE}?consultation={here.pk}", WHOLE)

    assert answer.streaming is False
    assert len(rows(client.post(f"{PAGE}?consultation={there.pk}", WHOLE))) == 3


def test_file_holds_one_consultation_which_is_asked_for() -> None:
    here, there = filled(), filled()
    user = make_staff(here, "officer")
    give_role(user, there, "officer")
    client = log_in(user)

    page = client.get(f"{PAGE}?q=public").content.decode()

    assert f"?q=public&amp;consultation={there.pk}" in page
    answer = client.post(f"{PAGE}?q=public&consultation={there.pk}", WHOLE)
    assert [row["consultation"] for row in rows(answer)] == [there.slug]


@pytest.mark.parametrize("said", [{}, {"extract": "comments"}, {"file": "csv"}, {"file": "exe"}])
def test_nonsense_is_asked_again(said: dict[str, str]) -> None:
    answer = log_in(make_staff(filled(), "officer")).post(PAGE, said)

    assert (answer.status_code, answer.streaming) == (200, False)


@pytest.mark.parametrize("address", [f"{PAGE}?p=%00", f"{PAGE}?recommendation=%00"])
def test_address_that_makes_no_sense_leads_to_the_list(address: str) -> None:
    answer = log_in(make_staff(filled(), "officer")).get(address)

    assert answer.status_code == 302


def test_workbook_is_built_and_fetched_by_who_asked_alone() -> None:
    consultation = filled()
    officer, other = (make_staff(consultation, "officer") for _n in range(2))
    client = log_in(officer)

    asked = client.post(f"{PAGE}?state__exact=published", WHOLE | {"file": "xlsx"}, follow=True)
    building.run_one(timezone.now())
    page = client.get(PAGE).content.decode()

    fetch = reverse("admin:consultations_comment_fetch", args=[Job.objects.get().pk])
    assert ("It is being built" in asked.content.decode(), fetch in page) == (True, True)
    assert LedgerEntry.objects.count() == 0
    assert log_in(other).post(fetch).status_code == 404
    assert client.get(fetch).status_code == 404
    answer = client.post(fetch)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(list(book.worksheets[0].iter_rows())) == 3
    said = LedgerEntry.objects.get().payload.content
    assert (said["file"], said["rows"], said["filter"]) == (
        "xlsx",
        2,
        {"state__exact": "published"},
    )


def test_workbook_is_not_fetched_once_the_right_has_ended() -> None:
    consultation = filled()
    officer, second = (make_staff(consultation, "officer") for _n in range(2))
    client = log_in(officer)
    client.post(PAGE, WHOLE | {"file": "xlsx"})
    building.run_one(timezone.now())
    give_role(officer, consultation, "moderator")
    held = Role.objects.get(user=officer, right="officer")
    roles.end(role=held, by=second, at=timezone.now())

    fetch = reverse("admin:consultations_comment_fetch", args=[Job.objects.get().pk])

    assert client.post(fetch).status_code == 404


def test_workbook_of_what_may_be_published_is_given_up_once_words_are_taken() -> None:
    consultation = filled()
    officer = make_staff(consultation, "officer")
    client = log_in(officer)
    for extract in ("comments", "comments_whole"):
        client.post(PAGE, {"extract": extract, "file": "xlsx"})
        building.run_one(timezone.now())
    comment = Comment.objects.filter(state="published").order_by("pk")[0]
    decide.hide(comment=comment, reason=make_reason(), note="", by=officer, at=timezone.now())

    fetched = [
        client.post(reverse("admin:consultations_comment_fetch", args=[job.pk]), follow=True)
        for job in Job.objects.order_by("pk")
    ]

    assert [answer.streaming for answer in fetched] == [False, True]
    assert "Ask again." in fetched[0].content.decode()


def test_failed_workbook_is_told() -> None:
    consultation = make_comment(text="w" * 40_000).recommendation.consultation
    client = log_in(make_staff(consultation, "officer"))
    client.post(PAGE, WHOLE | {"file": "xlsx"})
    building.run_one(timezone.now())

    page = client.get(PAGE).content.decode()

    assert "It failed: A text is longer than the 32767 characters" in page


def test_officer_takes_json_lines_and_the_ledger_says_so() -> None:
    consultation = filled()
    client = log_in(make_staff(consultation, "officer"))

    answer = client.post(f"{PAGE}?state__exact=submitted", WHOLE | {"file": "jsonl"})

    said = b"".join(answer.streaming_content).decode().splitlines()
    assert [json.loads(line)["text"] for line in said] == ["It waits."]
    noted = LedgerEntry.objects.get().payload.content
    assert (noted["file"], noted["rows"]) == ("jsonl", 1)


@pytest.mark.parametrize(
    ("right", "extract", "texts"),
    [
        ("officer", "comments_whole", ["It is counted alone.", "It is public.", "It waits."]),
        ("officer", "comments", ["It is public."]),
        ("analyst", "comments", ["It is public."]),
    ],
)
def test_staff_take_the_comments_in_themefinders_layout(
    right: str, extract: str, texts: list[str]
) -> None:
    client = log_in(make_staff(filled(), right))

    answer = client.post(PAGE, {"extract": extract, "file": "zip"})

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    said = archive.read("inputs/question_part_1/responses.jsonl").decode().splitlines()
    assert sorted(json.loads(line)["response"] for line in said) == texts
    noted = LedgerEntry.objects.get().payload.content
    assert (noted["extract"], noted["file"], noted["rows"]) == (extract, "zip", len(texts))


def test_decisions_are_in_no_layout_of_themefinders() -> None:
    client = log_in(make_staff(filled(), "auditor"))

    answer = client.post(LOG, {"extract": "decisions", "file": "zip"})

    assert (answer.status_code, answer.streaming) == (200, False)
    assert "ThemeFinder" not in client.get(LOG).content.decode()


def test_auditor_takes_the_decisions_without_words() -> None:
    case = make_case(make_comment(text="The words."))
    by = make_staff(case.consultation)
    decide.reject(
        case=case, version_number=1, reason=make_reason(), note="", by=by, at=timezone.now()
    )
    client = log_in(make_staff(case.consultation, "auditor"))

    answer = client.post(LOG, {"extract": "decisions", "file": "csv"})
    words = client.post(LOG, {"extract": "decisions_whole", "file": "csv"})
    own = log_in(by).post(LOG, {"extract": "decisions_whole", "file": "csv"})

    assert [row["decided"] for row in rows(answer)] == ["reject"]
    assert words.streaming is False
    assert [row["version_text"] for row in rows(own)] == ["The words."]


@pytest.mark.parametrize(("right", "page"), [("auditor", PAGE), ("analyst", LOG)])
def test_page_without_a_right_does_not_exist(right: str, page: str) -> None:
    client = log_in(make_staff(filled(), right))

    assert [client.get(page).status_code, client.post(page, WHOLE).status_code] == [404, 404]


def test_page_costs_the_same_at_any_number() -> None:
    consultation = filled()
    client = log_in(make_staff(consultation, "officer"))
    costs = [_queries(client, PAGE)]
    for _n in range(2):
        make_comment(consultation.recommendations.get(number=1), make_response(consultation))
    costs.append(_queries(client, PAGE))

    assert costs[0] == costs[1]


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
