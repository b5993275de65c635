"""The site that runs by itself, and a page on which whatever is wrong is noted."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.eyes import Eyes
from tests.running import site

__all__ = ["site"]


@pytest.fixture
def eyes(context: BrowserContext) -> Eyes:
    """Open a page, and note what is wrong on whatever it is shown."""
    return Eyes(context.new_page())
