"""Questions are counted by all processes of a host together, each range of addresses apart."""

import os
import random
import tempfile
from pathlib import Path

import pytest

from consultations.limits import asking
from consultations.limits.asking import counted

pytestmark = pytest.mark.django_db
# the file outlives a run
WINDOW = random.randrange(1 << 31)  # noqa: S311


def test_processes_count_together() -> None:
    asker = "192.0.2.0/24 of this test"
    before = counted(asker, WINDOW)

    child = os.fork()
    if not child:
        for _question in range(50):
            counted(asker, WINDOW)
        os._exit(0)
    for _question in range(50):
        counted(asker, WINDOW)
    _child, ended = os.waitpid(child, 0)

    assert (ended, counted(asker, WINDOW)) == (0, before + 101)


def test_another_window_and_another_range_begin_anew() -> None:
    for _question in range(3):
        counted("198.51.100.0/24", WINDOW)

    assert counted("198.51.100.0/24", WINDOW + 1) == 1
    assert counted("203.0.113.0/24", WINDOW) == 1


def test_file_has_its_room_on_disk_before_it_is_written_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A hole in it would be filled by the first write, which kills the process on a full disk."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = tmp_path / f"portal-requests-{os.getuid()}"
    file.touch()
    os.truncate(file, asking.SLOTS * 8)  # as an earlier release left it

    held, descriptor = asking._table.__wrapped__()

    said = os.fstat(descriptor)
    held.close()
    os.close(descriptor)
    assert said.st_blocks * 512 >= said.st_size == asking.SLOTS * 8
