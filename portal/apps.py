"""The wiring as a Django app: its commands, and the check that staff prove a second factor."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


class PortalConfig(AppConfig):
    """Brings the check to `check --deploy`."""

    name = "portal"

    def ready(self) -> None:
        """Register the check."""
        register(second_factor, Tags.security, deploy=True)


def second_factor(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Fail where staff may open the admin with one factor: the demonstration alone allows it."""
    if settings.STAFF_SECOND_FACTOR:
        return []
    hint = "Unset STAFF_SECOND_FACTOR."
    return [Error("Staff may open the admin without a second factor.", hint=hint, id="portal.E002")]
