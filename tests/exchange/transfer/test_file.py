"""A file that is cut, changed or another's loads nothing; one that is not whole has no name."""

import gzip
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from consultations.exchange import transfer
from consultations.exchange.transfer import TransferError
from consultations.exchange.transfer.file import writing
from consultations.models import (
    Document,
    LedgerEntry,
    Organisation,
    User,
    database_now,
)
from tests.accounts.scene import rows
from tests.exchange.transfer.scene import second_database
from tests.factories import (
    confirm_address,
    make_comment,
    make_consultation,
    make_document,
    make_membership,
    make_organisation,
    make_response,
    make_user,
)
from tests.together import started, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


def spoilt(file: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    """Write the file's lines anew, changed."""
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    other = file.with_name("spoilt.jsonl.gz")
    other.write_bytes(gzip.compress(b"".join(change(lines))))
    return other


def bytes_of(file: Path, change: Callable[[bytes], bytes]) -> Path:
    other = file.with_name("spoilt.jsonl.gz")
    other.write_bytes(change(file.read_bytes()))
    return other


def header(file: Path, **said: object) -> Path:
    def change(lines: list[bytes]) -> list[bytes]:
        told = json.loads(lines[0]) | said
        return [json.dumps(told).encode() + b"\n", *lines[1:]]

    return spoilt(file, change)


def refused(file: Path) -> str:
    """Return the sentence with which a file is refused; nothing of it is stored."""
    before = rows()
    with pytest.raises(TransferError) as caught:
        transfer.load(path=file, at=database_now())
    assert rows() == before
    return str(caught.value)


@pytest.mark.exhaustive
def test_file_is_refused_with_its_reason_and_stores_nothing(tmp_path: Path) -> None:
    file, changed = tmp_path / "reform.jsonl.gz", "The file was changed after it was written."
    foreign = "This is no file of dump_consultation."
    with second_database() as enter:
        there = make_consultation("reform")
        make_comment(there.recommendations.first(), make_response(there))
        transfer.dump(consultation=there, path=file, at=database_now())
        enter()

        assert refused(bytes_of(file, halved)).startswith("The file is cut")
        assert refused(bytes_of(file, flipped)).startswith(("The file is damaged", changed))
        assert refused(spoilt(file, lambda lines: lines[:-1])).startswith("The file is cut")
        assert refused(spoilt(file, lambda lines: [*lines[:-2], lines[-1]])) == changed
        assert refused(spoilt(file, lambda lines: [*lines, lines[1]])) == changed
        assert refused(spoilt(file, reworded)) == changed
        assert refused(spoilt(file, lambda lines: lines[1:])) == foreign
        assert refused(bytes_of(file, lambda _held: b"id,name\n1,Ann\n")) == foreign
        version = "The file is of version 2, and only version 1 is read here."
        assert refused(header(file, version=2)) == version
        assert "by another release" in refused(header(file, migrations=["account.0001_initial"]))
        assert "cannot be read" in refused(tmp_path / "nothing")
        assert transfer.load(path=file, at=database_now()).slug == "reform"
        assert refused(file) == "The consultation “reform” is here already."


def halved(held: bytes) -> bytes:
    return held[: len(held) // 2]


def flipped(held: bytes) -> bytes:
    place = len(held) * 3 // 4
    return held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :]


def reworded(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"would help", b"would hurt") for line in lines]


def test_person_and_organisation_that_are_here_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "reform.jsonl.gz"
    with second_database() as enter:
        there, body = (
            make_consultation("reform"),
            make_organisation("Castings", reference="ABCD2345"),
        )
        ann = make_user("ann@example.org", name="Ann")
        make_membership(ann, body, "confirmed")
        make_comment(there.recommendations.first(), make_response(there, ann, organisation=body))
        bo = make_user("bo@example.org", password="secret", is_staff=True, is_superuser=True)
        make_response(there, bo)
        transfer.dump(consultation=there, path=file, at=database_now())
        enter()
        known = make_user("other@example.org", name="Ann of here")
        confirm_address(known, "Ann@Example.org")
        make_organisation("Castings and Sons", reference="ABCD2345")
        here = transfer.load(path=file, at=database_now())

        response = here.responses.get(organisation__isnull=False)
        assert (response.respondent, known.name) == (known, "Ann of here")
        assert not User.objects.filter(email="ann@example.org").exists()
        assert Organisation.objects.get().name == "Castings and Sons"
        made = User.objects.get(email="bo@example.org")
        assert (made.is_staff, made.is_superuser, made.has_usable_password()) == (False,) * 3
        assert b"password" not in gzip.decompress(file.read_bytes())


@pytest.mark.exhaustive
def test_document_of_many_pieces_comes_whole(tmp_path: Path) -> None:
    file, content = tmp_path / "reform.jsonl.gz", b"town,jobs\n" + b"Dudley,38\n" * 130_000
    with second_database() as enter:
        there = make_consultation("reform")
        make_document(there, content=content, name="jobs.csv")
        counts = transfer.dump(consultation=there, path=file, at=database_now())
        enter()
        transfer.load(path=file, at=database_now())

        assert counts["consultations.DocumentContent"] == 3
        assert bytes(Document.objects.get().bytes.content) == content


def test_file_has_its_name_and_its_readers_once_it_is_whole(tmp_path: Path) -> None:
    there, file = make_consultation("reform"), tmp_path / "reform.jsonl.gz"
    with pytest.raises(TypeError), writing(file, {}) as writer:
        writer.row("consultations.Consultation", {} + "no JSON")
    assert list(tmp_path.iterdir()) == []

    transfer.dump(consultation=there, path=file, at=database_now())

    assert [one.name for one in tmp_path.iterdir()] == ["reform.jsonl.gz"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        assert json.loads(next(lines))["warning"].startswith("PERSONAL DATA: ")
    assert LedgerEntry.objects.get().act == "consultation_dumped"
    with pytest.raises(TransferError, match="is there already"):
        transfer.dump(consultation=there, path=file, at=database_now())
    assert LedgerEntry.objects.count() == 1
    with pytest.raises(TransferError, match="cannot be written: No such file"):
        transfer.dump(consultation=there, path=tmp_path / "no" / "file", at=database_now())


def test_file_holds_one_instant_whatever_is_written_meanwhile(tmp_path: Path) -> None:
    there, file = make_consultation("reform"), tmp_path / "reform.jsonl.gz"
    how: Any = connection.get_connection_params()
    with psycopg.connect(**{**how, "cursor_factory": None, "context": None}) as other:
        other.execute("LOCK TABLE consultations_message")
        dumping = started(lambda: transfer.dump(consultation=there, path=file, at=database_now()))
        wait_for_a_lock()
        other.execute(
            "INSERT INTO consultations_recommendation (consultation_id, number) VALUES (%s, 3)",
            [there.pk],
        )
        other.commit()
        dumping.join()

    assert there.recommendations.count() == 3
    lines = gzip.decompress(file.read_bytes()).splitlines()
    assert sum(line.startswith(b'{"consultations.Recommendation"') for line in lines) == 2
