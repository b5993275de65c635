"""`manage.py demo --once`: from nothing to the first digest in a mailbox, and to an exit status."""

import re
from collections import Counter
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from portal.embedded import Postgres
from tests.faults.demonstration import Run, starting

pytestmark = pytest.mark.faults
HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A scratch folder that the first test fills and the second one finds."""
    with TemporaryDirectory(prefix="once-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "var"


def test_once_ends_well_after_the_first_digest(data: Path) -> None:
    port, said, status = once(data)

    assert (status, said[-1]) == (0, "The first digest has been delivered.")
    steps = said[said.index(f"Ready: http://127.0.0.1:{port}/") + 1 : -1]
    assert [line.strip()[:2] for line in steps] == ["1.", "2.", "3.", "4."]
    digests = digests_in(data)
    assert digests
    for mail in digests:
        assert [bool(mail[name]) for name in HEADERS] == [True, True, True]
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in mail.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
    readers = Counter((mail["To"], edition_of(mail)) for mail in digests)
    assert set(readers.values()) == {1}


def test_second_once_ends_well_with_the_same_data(data: Path) -> None:
    before, filed = comments_in(data), len(digests_in(data))

    _port, said, status = once(data)

    assert (status, said[-1]) == (0, "The first digest has been delivered.")
    assert not any(line.startswith(("Loading", "Preparing")) for line in said)
    assert comments_in(data) == before > 100
    readers = Counter((mail["To"], edition_of(mail)) for mail in digests_in(data))
    assert len(digests_in(data)) >= filed
    assert set(readers.values()) == {1}


def test_once_with_nothing_to_deliver_ends_badly_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_ONCE_SECONDS", "2")

    _port, said, status = once(tmp_path / "var", "--empty")

    assert (status, said[-1]) == (
        1,
        "CommandError: No digest was delivered within 2 s: editions made: 0; mails: 2 suppressed "
        f"(see {tmp_path / 'var'}/logs).",
    )
    assert comments_in(tmp_path / "var") == 0


def once(data: Path, *options: str) -> tuple[int, list[str], int]:
    """Run it to its end; return its port, its lines and its status."""
    with starting(data) as start:
        run: Run = start("--once", *options)
        said, _ = run.process.communicate(timeout=1500)
        assert run.await_end() == []
    return run.port, said.splitlines(), run.process.returncode


def digests_in(data: Path) -> list[EmailMessage]:
    """Return the digests that were filed."""
    parser = BytesParser(policy=policy.default)
    found = [parser.parsebytes(path.read_bytes()) for path in (data / "outbox").glob("*.eml")]
    return [mail for mail in found if mail["List-Id"]]  # type: ignore[misc]


def edition_of(mail: EmailMessage) -> str:
    """Return the address of the edition that a digest carries."""
    text = mail.get_body(("plain",))
    assert text
    found = re.search(r"/consultations/[^/]+/digests/[0-9]+/", text.get_content())
    assert found
    return found[0]


def comments_in(data: Path) -> int:
    """Count the comments that a stopped demonstration holds."""
    server = Postgres(data, durable=True)
    try:
        with psycopg.connect(server.start()) as connection:
            row = connection.execute("SELECT count(*) FROM consultations_comment").fetchone()
            assert row
            return int(row[0])
    finally:
        server.stop()
