"""Files for every reader: what the pages show stands in them, and reading writes nothing."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import jsonschema_rs
import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.exchange import extracts, sharing, workbooks
from consultations.models import Comment, Consultation, Permission, SharedWorkbook
from consultations.moderation import decide
from consultations.views import downloads
from tests.factories import (
    log_in,
    make_comment,
    make_consultation,
    make_reason,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
FILES = ("comments.csv", "comments.jsonl", "everything.xlsx", "themefinder.zip")
State = Comment.State
READS = {"SELECT", "COPY", "SET", "DECLARE", "SAVEPOINT", "RELEASE"}


def address(consultation: Consultation, name: str = "") -> str:
    return reverse("downloads.index", args=[consultation.slug]) + name


def fetched(client: Client, consultation: Consultation, name: str) -> bytes:
    answer = client.get(address(consultation, name))
    assert answer.status_code == 200, name
    return b"".join(answer.streaming_content)


def rows(said: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(said.decode("utf-8-sig"), newline="")))


def lines(said: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.decode().split("\n")[:-1]]


def sheet(said: bytes) -> list[dict[str, Any]]:
    names, *found = (
        openpyxl.load_workbook(io.BytesIO(said)).worksheets[0].iter_rows(values_only=True)
    )
    return [dict(zip(names, row, strict=True)) for row in found]


def texts(name: str, said: bytes) -> list[str]:
    """Return the words of the comments in a file, sorted."""
    if name.endswith(".zip"):
        parts = zipfile.ZipFile(io.BytesIO(said))
        names = [each for each in parts.namelist() if each.endswith("responses.jsonl")]
        return sorted(one["response"] for each in names for one in lines(parts.read(each)))
    read: Any = {"csv": rows, "jsonl": lines, "xlsx": sheet}[name.rpartition(".")[2]]
    return sorted(one["text"] for one in read(said))


def test_each_file_holds_what_its_authors_allow_and_no_more() -> None:
    """The publication-choice matrix: every permission and state, across every file."""
    consultation = make_consultation()
    recommendation = consultation.recommendations.get(number=2)
    for permission in Permission.values:
        for state in State.values:
            person = make_user(name=f"Ann {permission} {state}")
            response = make_response(consultation, person, permission=permission)
            make_comment(recommendation, response, state=state, text=f"{permission} {state}")
    sharing.refresh(timezone.now())
    shown = Comment.objects.visible_to(None, timezone.now())
    names = {comment.public_text: comment.signature() for comment in shown}

    found = {name: fetched(Client(), consultation, name) for name in FILES}

    assert sorted(names) == ["named published", "unnamed published"]
    assert {name: texts(name, said) for name, said in found.items()} == dict.fromkeys(
        FILES, sorted(names)
    )
    for name, read in (("csv", rows), ("jsonl", lines), ("xlsx", sheet)):
        said = found["everything.xlsx" if name == "xlsx" else f"comments.{name}"]
        assert {one["text"]: one["name"] or "" for one in read(said)} == names
    everything = b"".join(found.values())
    unzipped = [zipfile.ZipFile(io.BytesIO(found[name])) for name in FILES[2:]]
    everything += b"".join(one.read(each) for one in unzipped for each in one.namelist())
    assert set(re.findall(rb"Ann \w+ \w+", everything)) == {b"Ann named published"}


def test_answers_before_their_time_are_for_staff_alone() -> None:
    consultation = make_consultation(answers_shown=Consultation.AnswersShown.AFTER_CLOSE)
    comment = make_comment(
        consultation.recommendations.get(number=1),
        make_response(consultation),
        state=State.PUBLISHED,
    )
    sharing.refresh(timezone.now())
    officer = log_in(make_staff(consultation, "officer"))
    paths = [address(consultation, name) for name in ("", *FILES, "comments.csv-metadata.json")]

    found = {client.get(path).status_code for path in paths for client in [Client()]}

    assert found == {404}
    assert texts("x.csv", fetched(officer, consultation, "comments.csv")) == [comment.public_text]
    page = officer.get(address(consultation)).content.decode()
    assert "It is built once the answers are shown to the public." in page
    assert SharedWorkbook.objects.count() == 0


def test_reading_writes_nothing_and_costs_the_same_at_any_number() -> None:
    consultation = make_consultation()
    names = ("", "comments.csv", "comments.jsonl", "themefinder.zip", "everything.xlsx")
    costs = []

    for _n in range(2):
        for _comment in range(2 * len(costs) + 1):
            response = make_response(consultation)
            first = consultation.recommendations.get(number=1)
            make_comment(first, response, state=State.PUBLISHED)
        SharedWorkbook.objects.all().delete()
        sharing.refresh(timezone.now())
        costs.append({name: _statements(consultation, name) for name in names})

    assert {name: len(said) for name, said in costs[0].items()} == {
        name: len(said) for name, said in costs[1].items()
    }
    assert {statement.split()[0] for said in costs[1].values() for statement in said} <= READS
    assert len(costs[1]["comments.csv"]) <= 10


def _statements(consultation: Consultation, name: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = Client().get(address(consultation, name))
        if answer.streaming:
            b"".join(answer.streaming_content)
    return [query["sql"] for query in captured.captured_queries]


def test_line_is_what_the_api_gives() -> None:
    comment = make_comment(state=State.PUBLISHED, text="=1+1")
    consultation = comment.recommendation.consultation

    (line,) = lines(fetched(Client(), consultation, "comments.jsonl"))
    (row,) = rows(fetched(Client(), consultation, "comments.csv"))

    path = reverse("api.comment", args=[consultation.slug, 1, comment.reference])
    assert line == Client().get(path).json()
    assert (line["text"], row["text"]) == ("=1+1", "'=1+1")


@pytest.mark.parametrize("table", extracts.TABLES)
def test_every_column_of_every_table_is_described_for_programs(table: str) -> None:
    comment = make_comment(state=State.PUBLISHED)
    consultation, client = comment.recommendation.consultation, Client()

    streamed = client.get(address(consultation, f"{table}.csv"))
    described = client.get(address(consultation, f"{table}.csv-metadata.json"))
    schema = client.get(address(consultation, f"{table}.schema.json"))

    names = b"".join(streamed.streaming_content).decode("utf-8-sig").splitlines()[0].split(",")
    columns = described.json()["tableSchema"]["columns"]
    assert [one["name"] for one in columns] == names
    assert all(one["dc:description"] for one in columns)
    assert described.json()["url"] == f"{table}.csv"
    assert described["Content-Type"] == "application/csvm+json"
    assert described.request["PATH_INFO"] in streamed["Link"]
    assert list(schema.json()["properties"]) == names == schema.json()["required"]


def test_lines_keep_to_their_schema() -> None:
    comment = make_comment(state=State.PUBLISHED)
    consultation = comment.recommendation.consultation
    for table in extracts.TABLES:
        schema = Client().get(address(consultation, f"{table}.schema.json")).json()
        for line in lines(fetched(Client(), consultation, f"{table}.jsonl")):
            jsonschema_rs.validate(schema, line)


@pytest.mark.parametrize(
    "name", ["people.csv", "people.jsonl", "people.schema.json", "comments.exe"]
)
def test_file_that_there_is_not_is_not_found(name: str) -> None:
    consultation = make_consultation()

    assert Client().get(address(consultation, name)).status_code == 404


def test_who_asks_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST", 2)
    monkeypatch.setattr(downloads, "WINDOW", 10**9)
    consultation = make_consultation()

    found = [Client().get(address(consultation, "comments.csv")) for _n in range(3)]

    assert [answer.status_code for answer in found] == [200, 200, 429]
    assert 0 < int(found[2]["Retry-After"]) <= downloads.WINDOW
    assert Client().get(address(consultation)).status_code == 200


def test_what_was_hidden_is_in_no_file_from_the_next_request_on() -> None:
    consultation = make_consultation()
    first = consultation.recommendations.get(number=1)
    kept, hidden = (
        make_comment(first, make_response(consultation), state=State.PUBLISHED, text=f"Words {n}")
        for n in range(2)
    )
    sharing.refresh(timezone.now())
    page, client = address(consultation), Client()
    before = client.get(page).content.decode()

    by = make_staff(consultation)
    decide.hide(comment=hidden, reason=make_reason(), note="", by=by, at=timezone.now())

    assert "everything.xlsx" in before
    answer = client.get(address(consultation, "everything.xlsx"))
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "It is being built." in client.get(page).content.decode()
    SharedWorkbook.objects.update(lease_until=None)
    sharing.refresh(timezone.now() + timedelta(minutes=1))
    for name in FILES:
        assert texts(name, fetched(client, consultation, name)) == [kept.public_text]


def test_pages_lead_to_the_files_and_say_what_is_in_them() -> None:
    comment = make_comment(state=State.PUBLISHED)
    consultation = comment.recommendation.consultation
    shown = Client().get(reverse("consultations.show", args=[consultation.slug]))
    page = Client().get(address(consultation)).content.decode()

    assert f'href="{address(consultation)}"' in shown.content.decode()
    for table in ("comments", "recommendations"):
        assert f'href="{address(consultation, f"{table}.csv")}"' in page
        assert f'href="/data/columns/#{table}"' in page
    assert page.count("Nothing yet.") == 2


def test_page_says_that_a_text_is_too_long_for_a_workbook() -> None:
    consultation = make_consultation()
    make_comment(
        consultation.recommendations.get(number=1),
        make_response(consultation),
        state=State.PUBLISHED,
        text="w" * (workbooks.MOST_CELL + 1),
    )
    before = Client().get(address(consultation)).content.decode()

    sharing.refresh(timezone.now())

    page = Client().get(address(consultation)).content.decode()
    told = "a text is longer than a cell of a workbook can hold"
    assert [said in page for said in (told, "It is being built.")] == [True, False]
    assert [said in before for said in (told, "It is being built.")] == [False, True]


def test_page_counts_no_comments_and_says_how_many_there_are() -> None:
    consultation = make_consultation()
    for recommendation in consultation.recommendations.all():
        for state in (State.PUBLISHED, State.SUBMITTED):
            make_comment(recommendation, make_response(consultation), state=state)

    asked = _statements(consultation, "")

    page = Client().get(address(consultation)).content.decode()
    first, second = re.findall(r"(\d+) rows?: ", page)[:2]
    assert (first, second) == ("2", "2")
    assert not [one for one in asked if re.search(r'COUNT.* FROM "consultations_comment"', one)]
