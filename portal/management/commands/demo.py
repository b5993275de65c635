"""`manage.py demo`: the whole site on this machine, with a sample, in one command."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.demo.database import NotOursError
from portal.demo.environment import Options, add_options
from portal.demo.people import by_part
from portal.demo.services import ServiceError
from portal.demo.supervisor import Demo, Refused, Stopped
from portal.embedded import EmbeddedError


class Command(BaseCommand):
    """Start everything, say where it is, and end without a trace."""

    help = "Run the whole site here, with PostgreSQL, Valkey and a sample, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options; `portal.demo.environment` reads them before the settings."""
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until asked to stop, or with --once until the first digest has arrived."""
        names = Options.__dataclass_fields__
        chosen = Options(**{name: options[name] for name in names})
        demo = Demo(chosen, self._say)
        try:
            with demo.running():
                self._introduce(chosen)
                if chosen.once:
                    demo.await_digest()
                    self._say("The first digest has been delivered.")
                else:
                    demo.watch()
        except Stopped:
            self._say("Stopped.")
        except (Refused, NotOursError, EmbeddedError, ServiceError) as error:
            raise CommandError(str(error)) from error

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

    def _introduce(self, options: Options) -> None:
        """Say that the site is there, and the four steps to follow."""
        site = f"http://127.0.0.1:{options.port}/"
        self._say(f"Ready: {site}")
        for line in steps(site):
            self._say(line)


def steps(site: str) -> list[str]:
    """Return the four steps as lines of text."""
    employer, moderator, officer = (by_part(p) for p in ("employer", "moderator", "officer"))
    return [
        f"  1. Comment as {employer.name}: log in as {employer.email} "
        f"(password {employer.password}).",
        f"  2. Publish as {moderator.name}: {moderator.email} "
        f"(password {moderator.password}), at {site}admin/.",
        f"  3. E-mail yourself the preview as {officer.name}: {officer.email} "
        f"(password {officer.password}), at {site}admin/.",
        f"  4. Read it in the outbox: {site}outbox/",
    ]
