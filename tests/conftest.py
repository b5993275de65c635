"""What every test shares: which files begin, and how the tables are emptied after real commits."""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import connections
from hypothesis import settings as examples
from playwright.sync_api import Browser, BrowserContext
from whitenoise.middleware import WhiteNoiseMiddleware

from consultations.limits import asking
from portal.testenv import await_migrations
from tests.browser.chrome import PATIENCE, started
from tests.trying import tried

# No test asserts a time: these machines are shared.
# CI tries the same examples each time: what others find is found before, by who works on it.
examples.register_profile(
    "portal",
    deadline=None,
    max_examples=tried(100),
    derandomize=os.environ.get("CI") == "true",
)
examples.load_profile("portal")

# By the address under which they stand: see `static_files_are_sought_once`.
STATIC: dict[str, dict[str, Any]] = {}

# What begins first.
LONG = ("faults", "exhaustive", "browser")

# What migrations made, and Django makes of the models: the next test finds it as it was.
KEPT = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let several workers begin with the files that wait or take long, and end with small ones.

    Begun last, a test of minutes would keep one worker busy long after the others have ended.
    """
    if not hasattr(config, "workerinput"):
        return
    many = Counter(item.path for item in items)
    long = {item.path for item in items if _takes_long(item)}
    items.sort(key=lambda item: (item.path not in long, -many[item.path], str(item.path)))


def _takes_long(item: pytest.Item) -> bool:
    """Whether a test is one of the long ones, or runs the whole site."""
    return any(map(item.get_closest_marker, LONG)) or "site" in getattr(item, "fixturenames", ())


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what is loaded once."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Make each worker's database a copy of the one that `portal.testenv` migrates meanwhile."""
    if migrated := os.environ.get("MIGRATED_DATABASE"):
        await_migrations()
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium, for each file of tests."""
    with started() as opened:
        yield opened


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """Open a browser without cookies at the server's address."""
    with browser.new_context(base_url=live_server.url, locale="en-GB") as opened:
        opened.set_default_timeout(PATIENCE)
        yield opened
