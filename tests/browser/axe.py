"""axe, asked for WCAG 2.0 to 2.2 A and AA and its best practices, on a page as it stands."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

SCRIPT = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# target-size runs only where its tag, wcag22aa, is asked for
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    # preloading, axe would fetch style sheets and write inline styles of its own
    "preload": False,
}
RUN = "options => axe.run(document, options).then(found => found.violations)"


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, a line for each rule that is broken."""
    # a page that a click has only begun to open has no elements yet
    page.wait_for_load_state()
    # a script tag would be blocked by the content policy; evaluate is not
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT)
    return [
        f"{page.url} {found['id']}: {found['nodes'][0]['html'][:160]}"
        for found in page.evaluate(RUN, OPTIONS)
    ]
