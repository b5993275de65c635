"""Starting Chromium: in one way, for whoever looks at pages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect, sync_playwright

from portal.testenv import chromium

QUIET = [
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]


# Milliseconds that a browser waits for a page: a deadline for one that hangs, and no claim.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium, and end it.

    Not one for the whole run: while Playwright runs, so does its event loop, which the tests of
    other folders would then meet.
    """
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop makes Django think that these tests are asynchronous
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # In that loop Django has connections of its own, which outlive it: a test of faults may
        # have ended what an earlier browser left open.
        connections.close_all()
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield browser
        browser.close()
