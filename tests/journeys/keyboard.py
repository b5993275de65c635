"""Chromium on the whole site, and somebody who works in it by keyboard alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from consultations.models import User
from tests.browser.chrome import PATIENCE, started
from tests.factories import confirm_address
from tests.running import Site

PASSWORD = "a-long-enough-password"
DEAF = 450  # milliseconds in which a fresh page hears no key


class Hand:
    """Somebody at the keyboard, who touches no mouse; every key is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, key: str) -> None:
        """Strike a key that stays on the page."""
        self.page.keyboard.press(key)
        self.keys += 1

    def go(self, key: str) -> None:
        """Strike a key that leads to another page, once the page hears it."""
        self.page.wait_for_timeout(DEAF)
        with self.page.expect_navigation():
            self.press(key)

    def type(self, words: str) -> None:
        """Write into what has the focus."""
        self.page.keyboard.type(words)
        self.keys += len(words)

    def tab_to(self, selector: str) -> None:
        """Go on with the Tab key until this has the focus."""
        for _n in range(60):
            self.press("Tab")
            if self.page.evaluate("css => document.activeElement.matches(css)", selector):
                return
        pytest.fail(f"no Tab leads to {selector} on {self.page.url}")

    def follow(self, selector: str) -> None:
        """Tab to a link or a button, and press Enter."""
        self.tab_to(selector)
        self.go("Enter")


@pytest.fixture
def chrome() -> Iterator[Browser]:
    """Start Chromium."""
    with started() as opened:
        yield opened


def keyed(user: User) -> User:
    """Give somebody a password to log in with."""
    user.set_password(PASSWORD)
    user.save()
    return confirm_address(user)


@contextmanager
def logged_in(chrome: Browser, site: Site, email: str, path: str = "/admin/") -> Iterator[Page]:
    """Open an address in a browser of its own, through the page that asks who it is."""
    with chrome.new_context(base_url=site.url, locale="en-GB") as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(path)
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: path in url and "login" not in url)
        yield page
        assert wrong == []
