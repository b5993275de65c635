"""Read what came back by e-mail: delivery reports and complaints, from files or from a pipe."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultations.mail import bounces
from consultations.models import database_now


class Command(BaseCommand):
    """`manage.py take_bounces [FILE…]`; without a file the mail is read from standard input."""

    help = "Take delivery reports (RFC 3464) and complaints (RFC 5965), such as from a relay's pipe"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the files."""
        parser.add_argument("files", nargs="*", metavar="FILE", help="one mail in each")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take each mail by itself, and say what it was; other mail is named and left alone."""
        for name, raw in _mails(options["files"]):
            try:
                reports = bounces.read(raw)
            except bounces.ReportError as error:
                self.stdout.write(f"{name}: {error}")
                continue
            for report in reports:
                ours = bounces.take(report, at=database_now())
                about = report.kind.value if ours else "about no mail of ours"
                self.stdout.write(f"{name}: {about}")


def _mails(names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield each mail with the name by which it is told; raises CommandError for no such file."""
    if not names:
        yield "standard input", sys.stdin.buffer.read(bounces.LARGEST + 1)
    for name in names:
        try:
            yield name, Path(name).read_bytes()
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from error
