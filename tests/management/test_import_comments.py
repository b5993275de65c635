"""`import_comments` at the terminal: who may, what is said, and no traceback for any file."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consultations.models import Consultation, Response
from tests.factories import make_consultation, make_region, make_staff

pytestmark = pytest.mark.django_db
CONTENT = b"Ref,Why\nA1,It helps.\nA2,It hurts.\n"
MAPPING = '[columns]\nreference = "Ref"\n[recommendations.1]\ntext = "Why"\n'


def scene() -> Consultation:
    consultation = make_consultation("steel")
    make_region()
    make_staff(consultation, "officer", "officer@example.org")
    make_staff(consultation, "moderator", "moderator@example.org")
    return consultation


def imported(folder: Path, *how: str, content: bytes = CONTENT, mapping: str = MAPPING) -> str:
    """Import a file at the terminal; return all that is said, errors last."""
    file, map_file = folder / "file.csv", folder / "mapping.toml"
    file.write_bytes(content)
    map_file.write_text(mapping, encoding="utf-8")
    day = timezone.localdate().isoformat()
    common = ["--mapping", str(map_file), "--received", day, "--channel", "post"]
    by = [] if "--by" in how else ["--by", "officer@example.org"]
    said = StringIO()
    try:
        call_command(
            "import_comments", "steel", str(file), *common, *by, *how, stdout=said, stderr=said
        )
    except CommandError as error:
        said.write(str(error))
    return said.getvalue().replace(str(folder), "")


def test_import_says_how_many(tmp_path: Path) -> None:
    scene()
    assert imported(tmp_path) == (
        "2 responses with 2 comments imported, 0 there already, 0 bad rows.\n"
    )
    assert imported(tmp_path) == "Nothing new: 2 responses are there already.\n"


def test_dry_run_says_what_each_column_is_taken_for(tmp_path: Path) -> None:
    scene()
    content = CONTENT.replace(b"Ref,Why", b"Ref,Why,Colour")
    assert imported(tmp_path, "--dry-run", content=content).splitlines() == [
        "column 1 (“Ref”): reference",
        "column 2 (“Why”): recommendation 1, text",
        "column 3 (“Colour”): not taken",
        "2 responses with 2 comments would be imported, 0 there already, 0 bad rows.",
    ]
    assert not Response.objects.exists()


def test_bad_rows_are_told_and_nothing_is_stored(tmp_path: Path) -> None:
    scene()
    said = imported(tmp_path, content=CONTENT + b"A3,a\0b\n")
    assert said.splitlines() == [
        "line 4, column 2 (“Why”): Line 1 has a control character that cannot be shown (U+0000). "
        "Take it out, or type that part again.",
        "2 responses with 2 comments not stored, 0 there already, 1 bad rows.",
        "1 rows are bad. Nothing was stored.",
    ]
    assert not Response.objects.exists()


@pytest.mark.parametrize("email", ["moderator@example.org", "nobody@example.org", ""])
def test_only_an_officer_of_the_consultation_imports(email: str, tmp_path: Path) -> None:
    scene()
    assert "is no officer of steel" in imported(tmp_path, "--by", email)
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5_000,
        b"\xff\xfe\0\0",
        bytes(range(256)) * 50,
        b"PK\x03\x04" + bytes(range(256)) * 9,
        b"Ref\n",
        b"Ref,Why\nA1,caf\xe9\n",
        b"Ref,Why\nA1,\xed\xa0\x80\n",
        b'Ref,Why\nA1,"open\n',
        b"Ref,Why\nA1," + b"x" * 5_000_000 + b"\n",
        b"Ref,Why\nA1,one,two\n",
        b"Ref,Why\n" + b"," * 100_000 + b"x\n",
    ],
)
@pytest.mark.exhaustive
def test_no_file_makes_a_traceback(content: bytes, tmp_path: Path) -> None:
    scene()
    said = imported(tmp_path, content=content)
    assert said
    assert "Traceback" not in said
    assert not Response.objects.exists()


@pytest.mark.parametrize("mapping", ["[columns", "columns = 1", "\0", 'colour = "red"'])
def test_no_mapping_makes_a_traceback(mapping: str, tmp_path: Path) -> None:
    scene()
    assert imported(tmp_path, mapping=mapping).startswith("/mapping.toml: ")


def test_folder_missing_file_and_long_reason_are_refused(tmp_path: Path) -> None:
    scene()
    for how in (
        ["--mapping", str(tmp_path)],
        ["--mapping", "/nothing.toml"],
        ["--late", "x" * 501],
    ):
        assert imported(tmp_path, *how)
        assert not Response.objects.exists()
    with pytest.raises(CommandError, match="Is a directory"):
        call_command("import_comments", "steel", str(tmp_path), "--by", "officer@example.org")
    with pytest.raises(CommandError, match="no consultation 'iron'"):
        call_command("import_comments", "iron", str(tmp_path), "--by", "officer@example.org")
