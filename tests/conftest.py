"""What every test shares: how the tables are emptied after a test with real transactions."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import connections
from hypothesis import settings as examples
from whitenoise.middleware import WhiteNoiseMiddleware

from consultations.limits import asking

# No test asserts a time: these machines are shared.
examples.register_profile("portal", deadline=None)
examples.load_profile("portal")

# By the address under which they stand: see `static_files_are_sought_once`.
STATIC: dict[str, dict[str, Any]] = {}

# What migrations made, and Django makes of the models: the next test finds it as it was.
KEPT = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Make each worker's database a copy of the one that `portal.testenv` migrated."""
    if migrated := os.environ.get("MIGRATED_DATABASE"):
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = migrated


@pytest.fixture(autouse=True, scope="session")
def tables_are_emptied_row_by_row() -> Iterator[None]:
    """Delete the rows that a test left instead of emptying all tables anew.

    Some refuse to be emptied, and to empty fifty and make what migrations made again takes half a
    second, where a test leaves rows in ten.
    """
    plain = flush.Command.handle

    def handle(self: flush.Command, **options: object) -> None:
        connection = connections[str(options["database"])]
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        tables = [connection.ops.quote_name(name) for name in names if name not in KEPT]
        asked = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})"  # noqa: S608  names of tables
            for table in tables
        )
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                cursor.execute(asked)
                for (table,) in cursor.fetchall():
                    cursor.execute(f"DELETE FROM {table}")  # noqa: S608  names of tables
            finally:
                cursor.execute("SET session_replication_role = origin")

    flush.Command.handle = handle
    yield
    flush.Command.handle = plain


@pytest.fixture(autouse=True)
def nobody_has_asked_too_often() -> None:
    """Forget how often files and the API were asked for."""
    for what in ("api", "files"):
        asking.forget(what, "127.0.0.1")


@pytest.fixture(autouse=True, scope="session")
def static_files_are_sought_once() -> Iterator[None]:
    """Let the first browser of a run look at each static file, and the others know them.

    Each test client loads the middleware anew, which opens a hundred and forty files.
    """
    plain = WhiteNoiseMiddleware.add_files_from_finders

    def seek(self: WhiteNoiseMiddleware) -> None:
        if self.static_prefix not in STATIC:
            plain(self)
            STATIC[self.static_prefix] = dict(self.files)
        self.files.update(STATIC[self.static_prefix])

    WhiteNoiseMiddleware.add_files_from_finders = seek
    yield
    WhiteNoiseMiddleware.add_files_from_finders = plain
