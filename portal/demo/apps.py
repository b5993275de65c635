"""The demonstration as a Django app: installed only where settings.DEMO is on."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from portal.demo.checks import no_demonstration


class DemoConfig(AppConfig):
    """Brings the check that makes `check --deploy` fail."""

    name = "portal.demo"
    label = "demo"

    def ready(self) -> None:
        """Register the check."""
        register(no_demonstration, Tags.security, deploy=True)
