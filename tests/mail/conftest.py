"""The sink as a fixture, and the settings that lead to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mail.sink import Sink, running


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A running SMTP server that the settings name."""
    with running() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 10
        yield server
