"""A small process that outlives the demonstration by a moment, to leave nothing behind.

The kernel tells a child of its parent's death, but not the grandchildren: a Celery pool or a beat
would live on after kill -9. The demonstration holds this process's standard input open and writes
down the process groups it starts; when that pipe closes, whatever is still listed is ended.

It is run by its path (`python -I guardian.py`), so that it starts at once and imports nothing.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Read lines until the demonstration has gone, then end what it left."""
    groups: set[int] = set()
    folders: set[str] = set()
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "watch":
            groups.add(int(rest))
        elif word == "forget":
            groups.discard(int(rest))
        elif word == "folder":
            folders.add(rest)
        elif word == "done":
            return
    # The folders first, and at once: a next start on the same data may soon make them anew.
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    for group in groups:
        _end(group)


def _end(group: int) -> None:
    """End a process group: SIGQUIT lets PostgreSQL end its own children, the rest is killed."""
    with suppress(ProcessLookupError, PermissionError):
        if _is_postgres(group):
            os.kill(group, signal.SIGQUIT)
            for _ in range(100):
                time.sleep(0.05)
                os.kill(group, 0)
        os.killpg(group, signal.SIGKILL)


def _is_postgres(pid: int) -> bool:
    """Return whether the process is a PostgreSQL server that still runs."""
    with suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        return "(postgres)" in stat and ") Z" not in stat
    return False


if __name__ == "__main__":
    main()
