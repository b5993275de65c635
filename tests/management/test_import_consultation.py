"""Importing a report: whatever a file says is stored, or refused in a sentence with its line."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from consultations.models import Consultation
from consultations.publishing.front_matter import OPTIONAL, REQUIRED
from tests.factories import make_consultation
from tests.publishing.test_report import GOOD

pytestmark = pytest.mark.django_db
# One of each type that TOML knows, and those at the edges of the fields.
VALUES = [
    *('"x"', '""', '"""a\nb"""', "'c'", '"\\u0000"', '"\\U0010FFFF"', '"us@example.org"', '"open"'),
    *("2", "-1", "0", "0x7FFF", "99999999999999999999", "1.5", "inf", "nan", "true", "false"),
    *("2026-11-01T00:00:00", "2026-11-01T00:00:00-12:00", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59Z", "2026-12-01", "07:30:00", "[]", '["weekly"]', "{}", "{a = 1}"),
]


def imported(folder: Path, source: str, **options: str) -> str:
    """Import what a file says; return what is said of it, "" where it is stored."""
    file = folder / "report.md"
    file.write_text(source, encoding="utf-8")
    try:
        call_command("import_consultation", file, **options)
    except CommandError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", [*REQUIRED, *OPTIONAL, "nonsense"])
@pytest.mark.exhaustive
def test_import_takes_any_value_in_any_entry_without_a_traceback(name: str, tmp_path: Path) -> None:
    kept = [line for line in GOOD.splitlines() if not line.startswith(f"{name} =")]
    for value in VALUES:
        source = "\n".join([kept[0], f"{name} = {value}", *kept[1:]])
        with transaction.atomic():
            said = imported(tmp_path, source)
            transaction.set_rollback(True)
        assert said == "" or "report.md, line 2: " in said, (value, said)


def test_import_of_a_close_before_the_opening_that_stands_is_refused(tmp_path: Path) -> None:
    late = timezone.now().replace(year=2090)
    make_consultation("a-report", opens_at=late, closes_at=late + timedelta(days=9))

    assert imported(tmp_path, GOOD).endswith("report.md: It must close after it opens.")


def test_import_of_a_file_that_begins_with_a_mark_of_its_bytes_is_taken(tmp_path: Path) -> None:
    assert imported(tmp_path, f"\ufeff{GOOD}") == ""
    assert Consultation.objects.count() == 1


@pytest.mark.parametrize("reason", ["x" * 501, "a\u202eb", "two\nlines"])
def test_import_with_a_reason_that_cannot_be_shown_is_refused(reason: str, tmp_path: Path) -> None:
    assert imported(tmp_path, GOOD, correction=reason).startswith("--correction: ")
