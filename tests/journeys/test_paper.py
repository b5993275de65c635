"""300 paper responses, 7 of them bad, imported twice, put right, moderated, and told of."""

import csv
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from consultations import ledger
from consultations.models import Case, Comment, Consultation, Kind, LedgerEntry, Message, Response
from consultations.models.clock import LONDON
from consultations.moderation import decide
from tests.factories import make_consultation, make_organisation_kind, make_region, make_staff

pytestmark = pytest.mark.django_db
HEAD = ["Letter", "Received", "Name", "Organisation", "Kind", "Region", "May we publish?"]
ASKED = ["View on 1", "Reasons on 1", "View on 2", "Reasons on 2"]
MAPPING = """
channel = "post"
late_reason = "The strike held up the post."
[columns]
reference = "Letter"
received_on = "Received"
name = "Name"
organisation = "Organisation"
kind = "Kind"
region = "Region"
permission = "May we publish?"
[recommendations.1]
stance = "View on 1"
text = "Reasons on 1"
[recommendations.2]
stance = "View on 2"
text = "Reasons on 2"
"""
# Which letter is bad, in which column, how, and what is said of it.
BAD = {
    17: ("Received", "31/02/2026", "“31/02/2026” is no day"),
    40: ("Region", "Atlantis", "“Atlantis” is unknown"),
    99: ("Kind", "Martian", "“Martian” is unknown"),
    100: ("Letter", "", "Its reference is missing."),
    151: ("Reasons on 1", "two\0words", "Line 1 has a control character"),
    222: ("View on 2", "so-so", "“so-so” is unknown"),
    300: ("Reasons on 1", "x" * 20_001, "Shorten this to 20,000 characters"),
}


def letters(today: date, *, good: bool) -> list[list[str]]:
    """Return 300 letters, every third from an organisation, every tenth late."""
    found = []
    for n in range(1, 301):
        day = today if n % 10 == 0 else today - timedelta(days=5)
        row = {
            "Letter": f"L{n:03}",
            "Received": f"{day:%d/%m/%Y}",
            "Name": f"Person {n}",
            "Organisation": f"Works {n}" if n % 3 == 0 else "",
            "Kind": "Employer",
            "Region": "North East",
            "May we publish?": ("Yes, with my name", "Yes", "No")[n % 3],
            "View on 1": ("Agree", "Strongly disagree")[n % 2],
            "Reasons on 1": f"So we say, {n}.",
            "View on 2": "Agree" if n % 2 else "",
            "Reasons on 2": "",
        }
        if not good and n in BAD:
            row[BAD[n][0]] = BAD[n][1]
        found.append([row[name] for name in (*HEAD, *ASKED)])
    return found


def written(folder: Path, rows: list[list[str]]) -> Path:
    file = folder / "letters.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target, delimiter=";").writerows([[*HEAD, *ASKED], *rows])
    (folder / "letters.toml").write_text(MAPPING, encoding="utf-8")
    return file


def imported(file: Path, *how: str) -> list[str]:
    said = StringIO()
    mapping = str(file.with_suffix(".toml"))
    common = ("--by", "officer@example.org", "--mapping", mapping)
    try:
        call_command("import_comments", "steel", str(file), *common, *how, stdout=said, stderr=said)
    except CommandError as error:
        said.write(str(error))
    return said.getvalue().splitlines()


def scene() -> tuple[Consultation, date]:
    """Return a consultation that closed two days ago, and today in London."""
    consultation = make_consultation("steel", closes_at=timezone.now() - timedelta(days=2))
    make_region()
    make_organisation_kind()
    make_staff(consultation, "officer", "officer@example.org")
    return consultation, timezone.now().astimezone(LONDON).date()


def test_three_hundred_letters_with_seven_bad_rows_are_imported_twice(tmp_path: Path) -> None:
    consultation, today = scene()
    file = written(tmp_path, letters(today, good=False))

    *told, _summary, end = imported(file, "--dry-run")
    places = [*HEAD, *ASKED]
    expected = [
        f"line {n + 1}, column {places.index(column) + 1} (“{column}”): {sentence}"
        for n, (column, _value, sentence) in BAD.items()
    ]
    bad = [one for one in told if one.startswith("line")]
    assert [one[: len(want)] for one, want in zip(bad, expected, strict=True)] == expected
    assert end == "7 rows are bad."
    assert not Response.objects.exists()

    assert imported(file)[-1] == "7 rows are bad. Nothing was stored."
    assert not Response.objects.exists()

    summary = imported(file, "--skip-bad-rows")[-1]
    assert summary.startswith("293 responses with")
    assert summary.endswith("imported, 0 there already, 7 bad rows.")
    assert imported(file, "--skip-bad-rows")[-1] == (
        "0 responses with 0 comments not stored, 293 there already, 7 bad rows."
    )
    assert Response.objects.count() == 293

    repaired = written(tmp_path, letters(today, good=True))
    assert imported(repaired)[-1].startswith("7 responses with")
    assert imported(repaired) == ["Nothing new: 300 responses are there already."]
    assert Response.objects.count() == 300
    assert Comment.objects.count() == 450
    assert Case.objects.waiting().count() == 450
    assert not Message.objects.exists()
    acts = LedgerEntry.objects.filter(consultation=consultation).values_list("act", flat=True)
    assert list(acts) == ["responses_imported"] * 2
    assert ledger.verify(consultation.pk) == []


def test_same_letters_as_a_spreadsheet_add_nothing(tmp_path: Path) -> None:
    _consultation, today = scene()
    rows = letters(today, good=True)
    assert imported(written(tmp_path, rows))[-1].startswith("300 responses")
    book = Workbook()
    for row in [[*HEAD, *ASKED], *rows]:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "letters.xlsx")
    assert imported(tmp_path / "letters.xlsx") == ["Nothing new: 300 responses are there already."]


def test_imported_letters_are_moderated_counted_and_shown(tmp_path: Path) -> None:
    consultation, today = scene()
    imported(written(tmp_path, letters(today, good=True)))
    moderator = make_staff(consultation, "moderator")
    cases = Case.objects.filter(comment__response__external_reference__in=["L003", "L010", "L011"])
    for case in cases.filter(comment__recommendation__number=1).order_by("pk"):
        decide.publish(case=case, version_number=1, by=moderator, at=timezone.now())
    assert not Message.objects.exists()
    page = Client().get("/consultations/steel/recommendations/1/").content.decode()
    assert "So we say, 3." in page
    assert "Works 3" in page
    assert "So we say, 10." in page
    assert "Person 10" not in page  # published without the name
    assert "So we say, 11." not in page  # counted, and not published
    assert f"Received late, on {today:%-d %B %Y}, and accepted" in page
    assert f"Received on {today - timedelta(days=5):%-d %B %Y}" in page
    counted = Comment.objects.counted().values_list("kind", "listed").order_by("pk")
    assert sorted(counted) == [(Kind.EMPLOYER, False), (Kind.EMPLOYER, True), (Kind.EMPLOYER, True)]
