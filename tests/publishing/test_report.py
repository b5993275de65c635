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
        ('title = "A report"', 'title = ""', 2),
        ('title = "A report"', "", 1),
        ('title = "A report"', 'titel = "A report"', 2),
        ('title = "A report"', f'title = "{"x" * 201}"', 2),
        ('title = "A report"', 'title = "A \u202ereport"', 2),
        ('title = "A report"', 'title = "A \\u202ereport"', 2),
        ('title = "A report"', '"title" = """A\nreport"""', 2),
        ('title = "A report"', 'title = "–"', 2),
        ('slug = "a-report"', f'slug = "{"x" * 81}"', 3),
        ('contact_email = "us@example.org"', 'contact_email = "us"', 6),
        ("closes_at = 2026-11-30T23:59:00", 'target_days = "three"', 7),
        ("closes_at = 2026-11-30T23:59:00", "target_days = -1", 7),
        ("closes_at = 2026-11-30T23:59:00", "target_days = 40_000", 7),
        ("closes_at = 2026-11-30T23:59:00", "target_days = true", 7),
        ("closes_at = 2026-11-30T23:59:00", "privacy_version = 2", 7),
        ("closes_at = 2026-11-30T23:59:00", 'cadence = ["weekly"]', 7),
        ("closes_at = 2026-11-30T23:59:00", "[cadence]\nweekly = 1", 7),
        ("closes_at = 2026-11-30T23:59:00", f"target_days = {'9' * 5000}", 1),
        ("closes_at = 2026-11-30T23:59:00", f"target_days = {'[' * 5000}", 1),
        ("closes_at = 2026-11-30T23:59:00", 'other_ways = """never ends', 7),
        ("closes_at = 2026-11-30T23:59:00", "closes_at = 2026-02-30T00:00:00", 7),
        ("+++\n\n", "opens_at = 2026-12-01T00:00:00\n+++\n\n", 7),
        ("What this is about.", "What\n\nthis \u202eis.", 12),
        ("What this is about.", "***", 10),
        ("Do **this**.", "Do\n**th\u200bis**.", 15),
        ("Do **this**.", "x" * 50_001, 14),
        ("Nothing yet.", "Nothing\n\nyet\x1f.", 20),
        ("## 1. First", f"## 1. {'x' * 201}", 12),
        ("## 1. First", f"## {'9' * 5000}. First", 12),
        ("## 1. First", "## 1. –", 12),
    ],
)
def test_parse_mistake_names_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(ReportError) as mistake:
        parse(GOOD.replace(old, new, 1))

    assert mistake.value.line == line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "closes_at = 2026-11-30T23:59:00",
            "privacy_version = 2",
            "line 7: “privacy_version” must be text, in quotation marks",
        ),
        (
            "Do that.",
            "Do\u202e that.",
            "line 22: a hidden character that changes the direction of the text (U+202E). "
            "Take it out, or type that part again.",
        ),
        ("closes_at = 2026", "closes_at = = 2026", "line 7: front matter: Invalid value"),
    ],
)
def test_parse_mistake_is_told_in_one_sentence_with_one_line(old: str, new: str, said: str) -> None:
    with pytest.raises(ReportError) as mistake:
        parse(GOOD.replace(old, new, 1))

    assert str(mistake.value) == said


def test_parse_counts_lines_as_an_editor_does() -> None:
    with pytest.raises(ReportError) as mistake:
        parse(GOOD.replace("\n", "\r\n").replace("Do that.", "Do\x0cthat."))

    assert mistake.value.line == 22


def test_parse_report_of_the_project_has_five_recommendations() -> None:
    source = (FILE.parent / "levelling-up-manufacturing.md").read_text(encoding="utf-8")

    report = parse(source)

    assert report.fields["slug"] == "levelling-up-manufacturing"
    assert [row.number for row in report.recommendations] == [1, 2, 3, 4, 5]
    assert all(row.text and row.what_changed for row in report.recommendations)
