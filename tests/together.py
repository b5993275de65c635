"""Two connections at once: something done on another, and waiting until it is held up."""

import time
from collections.abc import Callable
from threading import Thread

from django.db import connection

# Of this database alone: other workers' databases have locks of their own. The view shows what it
# showed first until the transaction ends or its snapshot is cleared.
WAITS = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND wait_event_type = 'Lock')
"""


def started(do: Callable[[], object]) -> Thread:
    """Do something on a connection of its own, at the same time."""

    def run() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def wait_for_a_lock(*, of: Thread | None = None) -> None:
    """Wait until another connection to this database waits for a lock.

    Ends too where the thread that would wait has ended without.
    """
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITS)
            if cursor.fetchone()[0]:
                return
        if of and not of.is_alive():
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
