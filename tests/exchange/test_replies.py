"""Answers to the owner's questions in a file: by words or numbers, in one column or in several."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from consultations import ledger
from consultations.exchange.importer import ImportRefused, Report
from consultations.models import (
    AnswerSeal,
    Comment,
    Consultation,
    LedgerPayload,
    Question,
    QuestionAnswer,
    QuestionAnswerVersion,
    Response,
)
from tests.exchange.test_importer import numbers, run, scene
from tests.factories import make_question, make_staff

pytestmark = pytest.mark.django_db
MAPPING = """
channel = "post"
permission = "named"
kind = "employer"
[columns]
reference = "Ref"
[recommendations.1]
stance = "View"
[questions.1]
answer = "Export"
why = "Because"
[questions.1.values]
"Aye" = "Yes"
"Dunno" = ""
[questions.2]
answer = ["To 1", "To 2"]
[questions.3]
answer = "Rate"
[questions.4]
answer = "Words"
"""
HEAD = "Ref,View,Export,Because,To 1,To 2,Rate,Words\n"
ROWS = (
    'A1,agree,Aye,It pays.,"France; Spain, and Portugal",,4,"Two\nlines."\n'
    "A2,,2,,Not Answered,Spain and Italy,very good,\n"
    "A3,disagree,Dunno,,,,,\n"
)


def asking() -> Consultation:
    """Return a consultation that asks a choice, several choices, a scale and a text."""
    consultation = scene()
    make_question(consultation, asks_why=True)
    places = ["France", "Spain, and Portugal", "Spain and Italy"]
    make_question(consultation, kind="several", options=places)
    make_question(consultation, kind="scale", lowest="very bad", highest="very good")
    make_question(consultation, kind="long")
    return consultation


def take(consultation: Consultation, folder: Path, rows: str = ROWS, **how: Any) -> Any:
    return run(consultation, folder, HEAD + rows, mapping=how.pop("mapping", MAPPING), **how)


def said() -> list[tuple[str, int, list[int], str, str]]:
    rows = QuestionAnswerVersion.objects.order_by(
        "response__external_reference", "question__number", "pk"
    )
    fields = ("response__external_reference", "question__number", "chosen", "text", "why")
    return list(rows.values_list(*fields))


def test_answers_are_stored_with_their_responses_and_sealed(tmp_path: Path) -> None:
    consultation = asking()

    report, problems = take(consultation, tmp_path)

    assert (numbers(report), report.answers, problems) == ((True, 3, 2, 0, 0), 7, [])
    assert said() == [
        ("A1", 1, [1], "", "It pays."),
        ("A1", 2, [1, 2], "", ""),
        ("A1", 3, [4], "", ""),
        ("A1", 4, [], "Two\nlines.", ""),
        ("A2", 1, [2], "", ""),
        ("A2", 2, [3], "", ""),
        ("A2", 3, [5], "", ""),
    ]
    answers = QuestionAnswer.objects.select_related("current")
    assert {(one.state, one.current.number if one.current else 0) for one in answers} == {
        ("submitted", 1)
    }
    [payload] = LedgerPayload.objects.values_list("content", flat=True)
    assert (payload["replies"], len(payload["replies_seal"])) == (7, 64)
    assert ledger.verify(consultation.pk) == []


def test_second_import_adds_nothing_and_other_answers_are_a_conflict(tmp_path: Path) -> None:
    consultation = asking()
    take(consultation, tmp_path)
    known = Response.objects.get(external_reference="A1").reference

    again, _problems = take(consultation, tmp_path)
    other, told = take(consultation, tmp_path, ROWS.replace("Aye", "No"))
    alone = ROWS.replace("A2,,2", "A2,agree,2")
    left, _problems = take(consultation, tmp_path, alone, mapping=MAPPING.split("[questions.1]")[0])

    assert [numbers(one) for one in (again, other, left)] == [
        (False, 0, 0, 3, 0),
        (False, 0, 0, 2, 1),
        (False, 0, 0, 2, 1),
    ]
    assert told == [f"line 2: Its reference is there already, with other words: response {known}."]


def test_answer_that_was_erased_since_is_no_conflict(tmp_path: Path) -> None:
    consultation = asking()
    take(consultation, tmp_path)
    version = QuestionAnswerVersion.objects.get(text="Two\nlines.")
    QuestionAnswerVersion.objects.filter(pk=version.pk).update(text="", erased_at=timezone.now())
    AnswerSeal.objects.filter(version=version).update(salt=None)

    report, problems = take(consultation, tmp_path)

    assert (numbers(report), problems) == ((False, 0, 0, 3, 0), [])
    assert ledger.verify(consultation.pk) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("B,agree,Perhaps,,,,,", "column 3 (“Export”): “Perhaps” is none of the answers to"),
        ("B,agree,3,,,,,", "column 3 (“Export”): “3” is none of the answers to question 1."),
        ("B,agree,,Because.,,,,", "column 4 (“Because”): It gives a reason, and no answer"),
        ("B,agree,,,Mars,,,", "column 5 (“To 1”): “Mars” is none of the answers to question 2."),
        ("B,agree,,,,,6,", "column 7 (“Rate”): “6” is none of the answers to question 3."),
        ("B,agree,,,,,,\0", "column 8 (“Words”): Line 1 has a control character"),
        ("B,,,,,,,", "It says nothing on any recommendation or question."),
    ],
)
def test_bad_answer_is_told_with_its_line_and_column(
    row: str, problem: str, tmp_path: Path
) -> None:
    report, problems = take(asking(), tmp_path, row + "\n")

    assert report.bad == 1
    assert [one[: len(f"line 2, {problem}")] for one in problems] in (
        [f"line 2, {problem}"],
        [f"line 2: {problem}"[: len(f"line 2, {problem}")]],
    )
    assert not Response.objects.exists()


def test_word_that_stands_for_nothing_is_reported_once_for_each_question(tmp_path: Path) -> None:
    rows = "B1,meh,Perhaps,,,,,\nB2,agree,perhaps ,,Mars,,,\n"

    report, _problems = take(asking(), tmp_path, rows)

    assert [*report.unknown] == [("stance", "meh"), ("q1", "Perhaps"), ("q2", "Mars")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[questions.4]", "[questions.9]"), "There is no question 9 in this consultation."),
        (('answer = "Rate"', 'answer = "Rate"\nwhy = "Words"'), "Question 3 does not ask why."),
        (('answer = "Rate"', 'why = "Words"'), "Say which column answers question 3."),
    ],
)
def test_mapping_of_what_is_not_asked_is_refused(
    change: tuple[str, str], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportRefused) as refused:
        take(asking(), tmp_path, mapping=MAPPING.replace(*change))

    assert str(refused.value) == sentence


def test_row_that_answers_questions_alone_is_a_response_and_asks_no_moderator(
    tmp_path: Path,
) -> None:
    consultation = asking()

    report, _problems = take(consultation, tmp_path, "C1,,Yes,,,,,\n")

    assert (numbers(report), report.answers) == ((True, 1, 0, 0, 0), 1)
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE consultations_questionanswerversion SET chosen = '{2}' WHERE chosen = '{1}'",
        "UPDATE consultations_answerseal SET hash = repeat('0', 64)",
        "DELETE FROM consultations_answerseal",
    ],
)
def test_forged_answers_are_found(forgery: str, tmp_path: Path) -> None:
    consultation = asking()
    take(consultation, tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(forgery)
        cursor.execute("SET LOCAL session_replication_role = origin")

    assert [fault.sequence for fault in ledger.verify(consultation.pk)] == [1]


@pytest.mark.parametrize("many", [10, 100])
def test_answers_cost_the_same_statements_whatever_their_number(many: int, tmp_path: Path) -> None:
    consultation = asking()
    by, counts = make_staff(consultation, "officer"), []
    for start in (0, many):
        rows = "".join(f"R{n},agree,Yes,Why {n}.,,,3,\n" for n in range(start, start + many))
        connection.force_debug_cursor = True
        before = len(connection.queries_log)
        take(consultation, tmp_path, rows, by=by)
        counts.append(len(connection.queries_log) - before)
    connection.force_debug_cursor = False

    assert counts == [43, 43]
    assert Question.objects.count() == 4


def test_report_of_a_dry_run_names_the_columns_of_questions(tmp_path: Path) -> None:
    report: Report
    report, _problems = take(asking(), tmp_path, dry_run=True)

    assert [one for one in report.taken if "question" in one] == [
        "3 (“Export”): question 1, answer",
        "4 (“Because”): question 1, why",
        "5 (“To 1”): question 2, answer",
        "6 (“To 2”): question 2, answer",
        "7 (“Rate”): question 3, answer",
        "8 (“Words”): question 4, answer",
    ]
