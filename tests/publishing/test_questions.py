"""The owner's questions: built and ordered until the opening, sealed, read from a report file."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from consultations import ledger
from consultations.models import Consultation, LedgerEntry, Question
from consultations.publishing import (
    Asked,
    PublishingError,
    ReportError,
    parse,
    publish,
    remove_question,
    save,
    write_question,
)
from tests.factories import make_consultation, make_question
from tests.publishing.test_report import GOOD
from tests.test_ledger import faulty, forge

pytestmark = pytest.mark.django_db
YES = Asked(kind="single", words="Yes?", options=("Yes", "No"))
TABLE = """
[[questions]]
kind = "scale"
question = "How sure are you?"
lowest = "not at all"
highest = "quite sure"
recommendation = 2
required = true
why = true

[[questions]]
kind = "several"
question = "Which of these?"
choices = ["Cost", "Skills"]
+++

What"""


def unopened(**fields: Any) -> Consultation:
    """Make a consultation that is public and opens tomorrow."""
    return make_consultation(opens_at=timezone.now() + timedelta(days=1), **fields)


def write(consultation: Consultation, asked: Asked = YES, **fields: Any) -> Question:
    """Store a question as the admin does."""
    said = {"question": None, "place": 99, "by": None, "at": timezone.now()}
    return write_question(consultation=consultation, asked=asked, **(said | fields))


def words(consultation: Consultation) -> list[tuple[int, str]]:
    """Return the questions in their order."""
    return [*consultation.questions.order_by("number").values_list("number", "words")]


def with_questions(table: str = TABLE) -> str:
    """Return a report file that asks questions."""
    return GOOD.replace("+++\n\nWhat", table.lstrip())


def test_questions_are_numbered_in_their_order_and_change_places() -> None:
    consultation = unopened()
    for sentence in ("One?", "Two?", "Three?"):
        write(consultation, Asked(kind="long", words=sentence))

    third = consultation.questions.get(number=3)
    write(consultation, Asked(kind="long", words="Three!"), question=third, place=1)

    assert words(consultation) == [(1, "Three!"), (2, "One?"), (3, "Two?")]


def test_removed_question_lets_the_others_move_up() -> None:
    consultation = unopened()
    for sentence in ("One?", "Two?", "Three?"):
        write(consultation, Asked(kind="long", words=sentence))

    remove_question(question=consultation.questions.get(number=1), by=None, at=timezone.now())

    assert words(consultation) == [(1, "Two?"), (2, "Three?")]
    assert ledger.verify(consultation.pk) == []


def test_questions_of_a_removed_recommendation_go_with_it() -> None:
    consultation = unopened()
    write(consultation, Asked(kind="long", words="On one?", about=1))
    write(consultation, Asked(kind="long", words="On two?", about=2))

    save(
        consultation=consultation,
        fields={},
        words=[],
        reason="",
        by=None,
        at=timezone.now(),
        removed=[1],
    )

    assert words(consultation) == [(1, "On two?")]
    assert consultation.questions.get().recommendation.number == 1
    assert ledger.verify(consultation.pk) == []


def test_nothing_is_written_or_removed_once_the_consultation_has_opened() -> None:
    consultation = make_consultation()
    question = make_question(consultation)

    with pytest.raises(PublishingError, match="has opened"):
        write(consultation)
    with pytest.raises(PublishingError, match="has opened"):
        write(consultation, question=question)
    with pytest.raises(PublishingError, match="has opened"):
        remove_question(question=question, by=None, at=timezone.now())

    assert words(consultation) == [(1, "Ask 1?")]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consultations_question SET words = 'Otherwise?'",
        "UPDATE consultations_question SET options = '{Yes,Perhaps}'",
        "UPDATE consultations_question SET kind = 'several'",
        "UPDATE consultations_question SET required = true",
        "DELETE FROM consultations_question",
        "TRUNCATE consultations_question CASCADE",
    ],
)
def test_database_refuses_to_change_a_question_that_may_have_been_answered(sql: str) -> None:
    make_question()
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="may have been answered"), transaction.atomic():
        connection.cursor().execute(sql)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"options": ("Yes",)}, "options"),
        ({"options": ("Yes", "yes")}, "options"),
        ({"options": tuple(map(str, range(21)))}, "options"),
        ({"options": ("Yes", "x" * 201)}, "options"),
        ({"kind": "long"}, "options"),
        ({"lowest": "never"}, "lowest"),
        ({"kind": "short", "options": (), "asks_why": True}, "asks_why"),
    ],
)
def test_question_whose_parts_do_not_fit_is_refused(fields: dict[str, Any], name: str) -> None:
    asked = Asked(**({"kind": "single", "words": "Yes?", "options": ("Yes", "No")} | fields))

    assert [*asked.problems()] == [name]
    with pytest.raises(PublishingError):
        write(unopened(), asked)


def test_database_refuses_choices_that_do_not_fit_the_kind() -> None:
    for fields in ({"options": ["Yes"]}, {"kind": "long", "options": ["a", "b"]}):
        with pytest.raises(DatabaseError, match="question_choices"), transaction.atomic():
            make_question(**fields)


def test_publishing_seals_the_questions_and_forged_ones_are_found() -> None:
    consultation = unopened(state="draft", published_at=None)
    write(consultation)
    publish(consultation=consultation, by=None, at=timezone.now())
    write(consultation, Asked(kind="long", words="And why?"))

    assert LedgerEntry.objects.count() == 2
    assert ledger.verify(consultation.pk) == []
    forge("UPDATE consultations_question SET words = 'Forged?' WHERE number = 2")
    assert [sequence for sequence, _why in faulty(consultation)] == [2]


def test_parse_reads_the_questions_of_a_file() -> None:
    report = parse(with_questions())

    assert report.questions == (
        Asked(
            kind="scale",
            words="How sure are you?",
            lowest="not at all",
            highest="quite sure",
            required=True,
            asks_why=True,
            about=2,
        ),
        Asked(kind="several", words="Which of these?", options=("Cost", "Skills")),
    )
    assert parse(GOOD).questions is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "scale"', 'kind = "guess"'),
        ('question = "How sure are you?"', 'question = ""'),
        ("required = true", 'required = "yes"'),
        ("recommendation = 2", "recommendation = 3"),
        ("recommendation = 2", "recommendation = true"),
        ("why = true", "whence = true"),
        ('lowest = "not at all"', "lowest = 1"),
        ('lowest = "not at all"', 'choices = ["a", "b"]'),
    ],
)
def test_parse_names_the_line_of_the_question_at_fault(old: str, new: str) -> None:
    source = with_questions(TABLE.replace(old, new))

    with pytest.raises(ReportError, match=r"^line 8: ") as refused:
        parse(source)

    assert refused.value.line == 8


@pytest.mark.parametrize("entry", ['questions = "some"', "questions = [{kind = 'long'}]"])
def test_parse_refuses_questions_that_are_no_tables(entry: str) -> None:
    source = GOOD.replace('slug = "a-report"', f'slug = "a-report"\n{entry}')

    with pytest.raises(ReportError, match=r"\[\[questions\]\]"):
        parse(source)


def test_import_writes_the_questions_and_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text(with_questions())
    call_command("import_consultation", file)
    consultation = Consultation.objects.get()
    first = list(consultation.questions.values_list("pk", flat=True))
    call_command("import_consultation", file)

    assert list(consultation.questions.values_list("pk", flat=True)) == first
    assert words(consultation) == [(1, "How sure are you?"), (2, "Which of these?")]
    file.write_text(GOOD)
    call_command("import_consultation", file)
    assert consultation.questions.count() == 2


def test_import_of_other_questions_after_the_opening_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text(with_questions())
    call_command("import_consultation", file)
    now = timezone.now()
    Consultation.objects.update(
        state="published", opens_at=now - timedelta(days=1), published_at=now
    )
    file.write_text(with_questions().replace("How sure", "How very sure"))

    with pytest.raises(CommandError, match="has opened: its questions stay"):
        call_command("import_consultation", file, correction="A better word.")

    assert words(Consultation.objects.get())[0] == (1, "How sure are you?")
