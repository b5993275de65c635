"""One Chromium for each file of tests, and a context of its own for each test.

Not one for the whole run: while Playwright runs, so does its event loop, which the tests of other
folders would then meet.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from portal.testenv import chromium
from tests.browser.eyes import Eyes
from tests.running import site

__all__ = ["site"]
QUIET = [
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]


def forget_connections() -> None:
    """Close what an earlier browser left open: a test of faults may have ended it in between.

    In Playwright's loop Django has connections of its own, which outlive the loop.
    """
    connections.close_all()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop makes Django think that these tests are asynchronous
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        forget_connections()
        opened = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """Open a browser without cookies at the server's address."""
    with browser.new_context(base_url=live_server.url, locale="en-GB") as opened:
        opened.set_default_timeout(10_000)
        yield opened


@pytest.fixture
def eyes(context: BrowserContext) -> Eyes:
    """Open a page, and note what is wrong on whatever it is shown."""
    return Eyes(context.new_page())
