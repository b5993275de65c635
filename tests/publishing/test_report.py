"""Reading a report file: what it says, and the line of each mistake."""

import pytest

from consultations.publishing import ReportError, parse
from consultations.publishing.legal import FILE

GOOD = """+++
title = "A report"
slug = "a-report"
owner = "The Commission"
owner_kind = "private"
contact_email = "us@example.org"
closes_at = 2026-11-30T23:59:00
+++

What this is about.

## 1. First

Do **this**.

### What has changed since publication

Nothing yet.

## 2. Second

Do that.
"""


def test_parse_good_file_gives_fields_and_recommendations() -> None:
    report = parse(GOOD)

    assert report.fields["introduction"] == "What this is about."
    assert report.fields["closes_at"].isoformat() == "2026-11-30T23:59:00+00:00"
    assert [(row.number, row.title) for row in report.recommendations] == [
        (1, "First"),
        (2, "Second"),
    ]
    assert report.recommendations[0].text == "Do **this**."
    assert report.recommendations[0].what_changed == "Nothing yet."
    assert report.recommendations[1].what_changed == ""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("+++\ntitle", "title", 1),
        ('slug = "a-report"', 'slug = "A Report"', 3),
        ('owner_kind = "private"', 'owner_kind = "firm"', 5),
        ('owner_kind = "private"', "owner_kind = private", 5),
        ("closes_at = 2026-11-30T23:59:00", 'closes_at = "soon"', 7),
        ("closes_at = 2026-11-30T23:59:00", "closing = 3", 7),
        ("closes_at = 2026-11-30T23:59:00", "closes_at = 9999-11-30T23:59:00", 7),
        ("closes_at = 2026-11-30T23:59:00", "closes_at = 1999-11-30T23:59:00", 7),
        ("## 2. Second", "## 3. Third", 20),
        ("## 2. Second", "## Second", 20),
        ("Do that.\n", "", 20),
        ('title = "A report"', 'title = ""', 1),
    ],
)
def test_parse_mistake_names_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(ReportError) as mistake:
        parse(GOOD.replace(old, new, 1))

    assert mistake.value.line == line


def test_parse_report_of_the_project_has_five_recommendations() -> None:
    source = (FILE.parent / "levelling-up-manufacturing.md").read_text(encoding="utf-8")

    report = parse(source)

    assert report.fields["slug"] == "levelling-up-manufacturing"
    assert [row.number for row in report.recommendations] == [1, 2, 3, 4, 5]
    assert all(row.text and row.what_changed for row in report.recommendations)
