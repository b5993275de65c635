"""The demo's sample, whole, moved by the two commands."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from consultations.management.commands.load_sample import FILE, SLUG
from consultations.models import Consultation
from tests.exchange.transfer.scene import rows, second_database

REPORT = FILE.with_name("levelling-up-manufacturing.md")


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_sample_is_equal_where_the_commands_have_brought_it(tmp_path: Path) -> None:
    file, said = tmp_path / "sample.jsonl.gz", StringIO()
    with second_database() as enter:
        call_command("load_reference_data", stdout=StringIO())
        call_command("import_consultation", str(REPORT), stdout=StringIO())
        call_command("load_sample", stdout=StringIO())
        call_command("dump_consultation", SLUG, str(file), stdout=said)
        before = rows(Consultation.objects.get(slug=SLUG))
        enter()
        call_command("load_reference_data", stdout=StringIO())
        call_command("load_consultation", str(file), stdout=said)

        assert rows(Consultation.objects.get(slug=SLUG)) == before
    written, loaded, *rights = said.getvalue().splitlines()
    assert "159 comments, and the personal data of " in written
    assert loaded.startswith(f"{SLUG}: loaded; ")
    assert "officer: officer@sample.example (cannot open the admin yet)" in rights
