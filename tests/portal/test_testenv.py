"""The tests' own environment: nobody uses a database whose migrations are under way, or failed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.testenv import await_migrations, begin_migrations

SLOW = "import time; time.sleep(0.5); open('migrated', 'w').close()"


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Begin migrations that do what a `manage.py` of these words does, and return at once."""
    note = tmp_path / "note"
    monkeypatch.setenv("MIGRATED_NOTE", str(note))
    with ExitStack() as stack:

        def begin(command: str) -> None:
            (tmp_path / "manage.py").write_text(command)
            begin_migrations(stack, note, tmp_path)

        yield begin


def test_migrations_are_awaited(begin: Callable[[str], None], tmp_path: Path) -> None:
    begin(SLOW)

    await_migrations()

    assert (tmp_path / "migrated").exists()


def test_migrations_that_failed_are_told_to_every_worker(begin: Callable[[str], None]) -> None:
    begin("raise SystemExit('no such column')")

    for _worker in range(2):
        with pytest.raises(pytest.fail.Exception, match="no such column"):
            await_migrations()
