"""A page opened as two readers see it, at 320 and 1280 px, and what is wrong with it.

`Eyes` collects instead of stopping at the first fault, so that one run names them all. With
PICTURES=folder in the environment it also leaves a picture of each page at both widths. axe is
asked at the phone's width, and at both with WIDE=true: it is half of these tests' time.
"""

import os
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, Response

from consultations.models import User
from tests.browser.axe import violations
from tests.factories import log_in

PHONE = {"width": 320, "height": 720}
DESK = {"width": 1280, "height": 900}
OVERFLOW = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1
        && !one.closest('.scroll') && !one.closest('.visually-hidden'))
    .map(one => one.outerHTML.slice(0, 120)).slice(0, 2).join(' … ')"""


class Eyes:
    """One browser page, and everything found wrong on the pages it was shown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.seen: list[str] = []
        self.titles: dict[str, str] = {}
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))

    def _hear(self, kind: str, text: str) -> None:
        # a page's own 4xx or 5xx is no fault of it; `go` compares the status
        if kind in {"error", "warning"} and "responded with a status of" not in text:
            self.wrong.append(f"{self.page.url} said in the console: {text}")

    def enter(self, user: User) -> None:
        """Log the person in, without the pages that do so."""
        cookie = log_in(user).cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
        )

    def go(self, path: str, status: int = 200, name: str = "") -> None:
        """Open an address, and look at what is there."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        answer = self.page.goto(path)
        assert isinstance(answer, Response)
        if answer.status != status:
            self.wrong.append(f"{path} answered {answer.status} instead of {status}")
        self.look(name or path)

    def look(self, name: str) -> None:
        """Note what is wrong with the page as it stands, at both widths."""
        self.seen.append(name)
        # a page that a click has only begun to open has no elements yet
        self.page.wait_for_load_state()
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                self.wrong.append(f"{name} is {wide} px wide: {self.page.evaluate(OVERFLOW)}")
            # the same elements at both: what a wide screen alone gets wrong is asked by WIDE=true
            if size is PHONE or os.environ.get("WIDE") == "true":
                found = violations(self.page)
                self.wrong += [f"{name} ({size['width']} px) {line}" for line in found]
            self._picture(name, size["width"])
        self._read_head(name)

    def _read_head(self, name: str) -> None:
        """Note a missing language, a title shared by two addresses, an error it does not tell."""
        title = self.page.title().strip()
        if self.page.locator("html").get_attribute("lang") != "en-gb":
            self.wrong.append(f"{name} does not say that it is in English")
        address = self.page.url.split("?")[0].split("#")[0]
        if self.titles.setdefault(title, address) != address:
            self.wrong.append(f"{name} has the title {title!r} of {self.titles[title]}")
        if not title.removesuffix("– Consultations").strip():
            self.wrong.append(f"{name} has no title of its own")
        failed = self.page.locator(".summary").count() > 0
        if title.startswith("Error:") != failed:
            self.wrong.append(f"{name} has the title {title!r}; errors on the page: {failed}")
        if failed and not self.page.evaluate("document.activeElement.matches('.summary')"):
            self.wrong.append(f"{name} does not move the focus to its error summary")

    def _picture(self, name: str, width: int) -> None:
        if "PICTURES" in os.environ:
            safe = "".join(sign if sign.isalnum() else "-" for sign in name).strip("-")
            folder = Path(os.environ["PICTURES"])
            self.page.screenshot(path=folder / f"{safe or 'home'}-{width}.png", full_page=True)

    def report(self) -> str:
        """Return everything found wrong, one a line; empty where nothing is."""
        return "\n".join(self.wrong)
