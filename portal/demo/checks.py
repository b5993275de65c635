"""The system check that keeps the demonstration out of production."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error


def no_demonstration(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Fail: this check exists only where the demonstration is installed."""
    return [
        Error(
            "The demonstration is on: anybody may log in as a sample person and read every mail.",
            hint="Unset DEMO.",
            id="portal.E001",
        )
    ]
