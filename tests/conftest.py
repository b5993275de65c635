"""What every test shares: the flush that ends a test with real transactions."""

from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management.commands import flush
from django.db import connections


@pytest.fixture(autouse=True, scope="session")
def append_only_tables_may_be_flushed() -> Iterator[None]:
    """Let Django empty the tables between tests, which their triggers refuse to everybody.

    The groups that a migration made are made again, so that the next test finds them.
    """
    plain = flush.Command.handle
    groups = import_module("consultations.migrations.0002_cache_and_groups")

    def handle(self: flush.Command, **options: object) -> None:
        connection = connections[str(options["database"])]
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                plain(self, **options)
            finally:
                cursor.execute("SET session_replication_role = origin")
        groups.create_groups(apps, SimpleNamespace(connection=connection))

    flush.Command.handle = handle
    yield
    flush.Command.handle = plain
