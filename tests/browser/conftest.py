"""One Chromium for each file of tests, and a context of its own for each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.chrome import started
from tests.browser.eyes import Eyes
from tests.running import site

__all__ = ["site"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with started() as opened:
        yield opened


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
