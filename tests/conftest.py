"""What every test shares: the flush that ends a test with real transactions."""

from collections.abc import Iterator

import pytest
from django.core.management.commands import flush
from django.db import connections


@pytest.fixture(autouse=True, scope="session")
def append_only_tables_may_be_flushed() -> Iterator[None]:
    """Let Django empty the tables between tests, which their triggers refuse to everybody."""
    plain = flush.Command.handle

    def handle(self: flush.Command, **options: object) -> None:
        with connections[str(options["database"])].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                plain(self, **options)
            finally:
                cursor.execute("SET session_replication_role = origin")

    flush.Command.handle = handle
    yield
    flush.Command.handle = plain
