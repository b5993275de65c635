"""The page on which an officer imports responses: tried by a worker, then taken in, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from consultations import tasks
from consultations.exchange import imports
from consultations.models import (
    Comment,
    Consultation,
    Job,
    LedgerEntry,
    QuestionAnswerVersion,
    Response,
    Role,
    Upload,
)
from tests.factories import log_in, make_consultation, make_question, make_region, make_staff

pytestmark = pytest.mark.django_db
HEAD = "Response ID,Date submitted,Name,Who,View 1,Why 1\n"
FACTS = {"channel": "post", "received_on": "", "late_reason": ""}
MEANINGS = {
    **FACTS,
    "column1": "reference",
    "column2": "received_on",
    "column3": "name",
    "column4": "kind",
    "column5": "1.stance",
    "column6": "1.text",
}


def row(n: int, **fields: str) -> str:
    day = f"{timezone.now():%d/%m/%Y}"
    said = {
        "reference": f"L{n}",
        "day": day,
        "name": f"Person {n}",
        "kind": "Employer",
        "view": "Agree",
        "why": f"So we say {n}.",
    } | fields
    return ",".join(said.values()) + "\n"


def page_of(consultation: Consultation) -> str:
    return reverse("admin:consultations_consultation_import", args=[consultation.pk])


def send(client: Client, consultation: Consultation, *rows: str, **said: str) -> str:
    """Upload a file of these rows; return the address of its import."""
    make_region()
    file = SimpleUploadedFile("letters.csv", (HEAD + "".join(rows)).encode())
    answer = client.post(page_of(consultation), {"file": file, **FACTS, **said})
    assert answer.status_code == 302, answer.context["errors"]
    return str(answer["Location"])


def scene() -> tuple[Consultation, Client]:
    consultation = make_consultation(recommendations=2)
    return consultation, log_in(make_staff(consultation, "officer"))


def tried(client: Client, consultation: Consultation, *rows: str) -> str:
    """Upload a file, say what its columns mean, and let a worker try it."""
    first = send(client, consultation, *rows)
    tasks.run_imports()
    again = client.post(first, {"act": "try", **MEANINGS})
    tasks.run_imports()
    return str(again["Location"])


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def result(path: str) -> dict[str, Any]:
    found: dict[str, Any] = Job.objects.get(pk=path.rpartition("=")[2]).result
    return found


def test_file_is_read_by_a_worker_and_nothing_is_stored_before_it_is_confirmed() -> None:
    consultation, client = scene()

    path = send(client, consultation, row(1), row(2))
    before = text(client, path)
    tasks.run_imports()
    after = text(client, path)

    assert "The file is being read. Nothing is stored." in before
    assert "Nothing has been stored yet." in after
    assert Response.objects.count() == 0


def test_columns_are_said_on_the_page_and_the_import_stores_them() -> None:
    consultation, client = scene()
    path = tried(client, consultation, row(1), row(2))

    counted = {name: result(path)[name] for name in ("responses", "comments", "known", "bad")}
    done = client.post(path, {"act": "all"})["Location"]
    asked = text(client, done)
    tasks.run_imports()

    assert counted == {"responses": 2, "comments": 2, "known": 0, "bad": 0}
    assert "The responses are being imported." in asked
    assert "Imported." in text(client, done)
    rows = Response.objects.order_by("external_reference")
    assert list(rows.values_list("external_reference", "name", "channel", "kind")) == [
        ("L1", "Person 1", "post", "employer"),
        ("L2", "Person 2", "post", "employer"),
    ]
    assert set(Comment.objects.values_list("stance", "state")) == {("support", "submitted")}
    assert LedgerEntry.objects.get().act == "responses_imported"


def test_same_file_again_imports_nothing() -> None:
    consultation, client = scene()
    for _n in range(2):
        path = tried(client, consultation, row(1), row(2))
        client.post(path, {"act": "all"})
        tasks.run_imports()

    again = result(tried(client, consultation, row(1), row(2)))

    assert (again["responses"], again["known"]) == (0, 2)
    assert Response.objects.count() == 2


def test_bad_rows_are_told_and_the_good_ones_alone_are_imported_at_choice() -> None:
    consultation, client = scene()
    path = tried(client, consultation, row(1), row(2, kind="Martian"), row(3, day="31/02/2026"))

    page = text(client, path)
    whole = client.post(path, {"act": "all"})["Location"]
    tasks.run_imports()
    nothing = Response.objects.count()
    good = client.post(path, {"act": "good"})["Location"]
    tasks.run_imports()

    assert [line for line, _column, _message in result(path)["problems"]] == [4]
    assert "31/02/2026" in page
    assert "Import the good rows only" in page
    assert (nothing, "Nothing was stored, because rows are bad." in text(client, whole)) == (
        0,
        True,
    )
    assert (Response.objects.count(), result(good)["stored"]) == (2, True)


def test_file_that_says_too_little_is_refused_in_a_sentence_and_can_be_put_right() -> None:
    consultation, client = scene()
    path = send(client, consultation, row(1), channel="")
    tasks.run_imports()

    page = text(client, path)
    again = client.post(path, {"act": "try", **MEANINGS})["Location"]
    tasks.run_imports()

    assert "Say how they came: by a column, or one way for all of them." in page
    assert result(again)["responses"] == 1


def test_two_columns_of_one_fact_are_refused_beside_the_second() -> None:
    consultation, client = scene()
    path = send(client, consultation, row(1))
    tasks.run_imports()

    answer = client.post(path, {"act": "try", **MEANINGS, "column4": "name"})

    assert answer.context["errors"] == [("id_column4", "Another column means this already.")]
    assert answer.context["title"].startswith("Error:")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\0a", "This is UTF-16"),
        (b"PK\x03\x04rubbish", "damaged or locked"),
        (b"\n\n", "There is no line of headings."),
        (b'Response ID,Name\n"L1,x\n', "quotation mark opens here and never closes"),
    ],
)
def test_file_that_cannot_be_read_is_told_of(content: bytes, sentence: str) -> None:
    consultation, client = scene()
    file = SimpleUploadedFile("x.csv", content)
    path = client.post(page_of(consultation), {"file": file, **FACTS, "received_on": "2026-11-01"})

    tasks.run_imports()

    assert sentence in text(client, path["Location"])


def test_nul_in_a_heading_or_a_word_ends_the_import_with_a_report() -> None:
    consultation, client = scene()
    heading = b"Response\0 ID,Name\nL1,Ann\n"
    first = client.post(
        page_of(consultation),
        {"file": SimpleUploadedFile("x.csv", heading), **FACTS, "received_on": "2026-11-01"},
    )
    tasks.run_imports()
    word = tried(client, consultation, row(1, kind="Empl\0oyer"))

    assert "Response� ID" in text(client, first["Location"])
    assert "is being read" not in text(client, word)
    assert Job.objects.filter(state=Job.State.DONE).count() == Job.objects.count()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, ("id_file", "Choose a file.")),
        ({"received_on": "31/02/2026"}, ("id_received_on", "Give a day, like 2026-11-30.")),
        ({"late_reason": "a\0b"}, ("id_late_reason", "Line 1 has a control character")),
    ],
)
def test_mistake_is_said_beside_its_field(fields: dict[str, str], error: tuple[str, str]) -> None:
    consultation, client = scene()

    answer = client.post(page_of(consultation), {**FACTS, **fields})

    found = {target: said[: len(error[1])] for target, said in answer.context["errors"]}
    assert found[error[0]] == error[1]
    assert not Upload.objects.exists()


def test_asked_twice_it_is_one_job() -> None:
    consultation, client = scene()
    path = tried(client, consultation, row(1))

    asked = {client.post(path, {"act": "all"})["Location"] for _n in range(2)}

    assert len(asked) == 1


def test_import_whose_worker_died_is_done_by_the_next_and_once() -> None:
    consultation, client = scene()
    path = client.post(tried(client, consultation, row(1)), {"act": "all"})["Location"]
    now = timezone.now()
    Job.objects.filter(state="asked").update(state="running", lease_until=now)

    early = imports.run_one(now - timedelta(seconds=1))
    tasks.run_imports()
    Job.objects.filter(pk=path.rpartition("=")[2]).update(state="running", lease_until=now)
    tasks.run_imports()

    assert early is None
    assert (Response.objects.count(), result(path)["known"]) == (1, 1)


def test_import_of_a_colleague_or_of_another_consultation_is_here_no_longer() -> None:
    consultation, client = scene()
    path = send(client, consultation, row(1))
    colleague = log_in(make_staff(consultation, "officer"))
    other, elsewhere = scene()
    moved = path.replace(f"/{consultation.pk}/", f"/{other.pk}/")

    answers = [
        colleague.get(path),
        elsewhere.get(moved),
        *(client.get(page_of(consultation), {"job": job}) for job in ("x", "9" * 30, "")),
    ]

    assert {answer["Location"] for answer in answers} == {page_of(consultation), page_of(other)}


def test_files_and_reports_are_forgotten_within_a_day() -> None:
    consultation, client = scene()
    send(client, consultation, row(1))
    past = timezone.now() - timedelta(seconds=1)
    Upload.objects.update(expires_at=past)

    tasks.run_imports()

    assert (Upload.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.parametrize("right", Role.Right.values)
def test_only_officers_import(right: str) -> None:
    consultation = make_consultation()
    client = log_in(make_staff(consultation, right))

    answers = [client.get(page_of(consultation)), client.post(page_of(consultation))]

    expected = 200 if right == "officer" else 404
    assert [answer.status_code for answer in answers] == [expected] * 2


@pytest.mark.parametrize("many", [1, 3])
def test_report_costs_the_same_at_any_length(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    consultation, client = scene()
    path = send(client, consultation, *(row(n, kind="Martian") for n in range(many)))
    tasks.run_imports()

    with django_assert_num_queries(9):
        client.get(path)


def test_words_that_are_not_known_are_mapped_on_the_page_and_taken_in() -> None:
    consultation, client = scene()
    path = tried(client, consultation, row(1, view="Meh"), row(2, view="Yea", kind="Martian"))

    page = client.get(path)
    names = {word: name for name, (_what, word) in page.context["form"].words.items()}
    mapped = {names["Meh"]: "neither", names["Yea"]: "-"}
    again = client.post(path, {"act": "try", **MEANINGS, **mapped})["Location"]
    tasks.run_imports()
    shown = client.get(again)
    client.post(again, {"act": "all"})
    tasks.run_imports()

    assert "“Meh”, as a view, stands for" in page.content.decode()
    assert [*names] == ["Meh", "Yea"]  # a column of kinds may hold anything
    assert Job.objects.latest("pk").order["values"] == {"stance": {"Meh": "neither", "Yea": ""}}
    assert [shown.context["form"][name].value() for name in names.values()] == ["neither", "-"]
    comments = Comment.objects.order_by("response__external_reference")
    assert [comment.stance for comment in comments] == ["neither", "no_view"]


def test_columns_that_answer_questions_are_said_on_the_page() -> None:
    consultation, client = scene()
    make_question(consultation, words="Do you export?", asks_why=True)
    first = send(client, consultation, row(1, view="Ja", why="It pays."), row(2, view="No", why=""))
    tasks.run_imports()

    meanings = {**MEANINGS, "column5": "q1.answer", "column6": "q1.why"}
    page = client.post(first, {"act": "try", **meanings})["Location"]
    tasks.run_imports()
    shown = client.get(page)
    again = client.post(page, {"act": "try", **meanings, "word1": "1"})["Location"]
    tasks.run_imports()
    client.post(again, {"act": "all"})
    tasks.run_imports()

    assert "“Ja”, as an answer to question 1, stands for" in shown.content.decode()
    assert [problem[2] for problem in result(page)["problems"]] == [
        "“Ja” is none of the answers to question 1."
    ]
    answers = QuestionAnswerVersion.objects.order_by("response__external_reference")
    assert [(one.chosen, one.why) for one in answers] == [([1], "It pays."), ([2], "")]
    assert "Answers to questions in them" in text(client, again)


def test_forged_meaning_of_a_word_is_refused() -> None:
    consultation, client = scene()
    path = tried(client, consultation, row(1, view="Meh"))

    answer = client.post(path, {"act": "try", **MEANINGS, "word1": "martian"})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["word1"]
