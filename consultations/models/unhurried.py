"""A transaction that may take its time, also where a page must be answered within seconds."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SECONDS = 60


@contextmanager
def unhurried() -> Iterator[None]:
    """Open a transaction whose statements, its commit too, may take a minute each.

    On a web request the server stops a statement, and the connection gives up on a silent server,
    within seconds (ANSWER_SECONDS): too soon for what is written for every reader at once.
    """
    connection.ensure_connection()
    asked = connection.connection
    patience = getattr(asked, "patience", None)  # None: it waits for ever
    asked.patience = SECONDS if patience else None
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
            yield
    finally:
        asked.patience = patience
