"""The summary of anybody's comments, so that others can check on data of their own how it is made.

Needs no database, no broker and no environment: `portal.demo.environment` composes one.
"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultations.analysis.lines import FIELDS, BadLine, read, written
from consultations.analysis.summary import Entry, Options, Snapshot, summarise
from consultations.analysis.verify import verify

_ONLY = 1  # the recommendation's number: a file holds the comments of one


class Command(BaseCommand):
    """`manage.py summarise FILE.jsonl [--quotes N]`; status 1, and no summary, for bad lines."""

    help = (
        f"Print the summary of a file of comments as JSON: a line is an object with {FIELDS}, "
        "all of one recommendation. FILE may be - for standard input."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file and the number of quotes."""
        parser.add_argument("file", metavar="FILE", help="JSON Lines in UTF-8")
        parser.add_argument(
            "--quotes", type=_positive, default=Options().quotes, metavar="N", help="at most (8)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the summary once it is verified; raise CommandError where a line is bad."""
        snapshot = Snapshot(_ONLY, self._entries(options["file"]))
        chosen = Options(quotes=options["quotes"])
        summary = summarise(snapshot, options=chosen)
        if violations := verify(summary, snapshot):
            raise CommandError(f"The summary is not true to the file: {violations[0]}")
        self.stdout.write(json.dumps(written(summary), indent=1))

    def _entries(self, file: str) -> tuple[Entry, ...]:
        """Return the file's comments; name each bad line and each field that nothing reads."""
        unread: set[str] = set()
        entries: list[Entry] = []
        bad: set[int] = set()
        try:
            with ExitStack() as stack:
                for found in read(_lines(file, stack), unread):
                    if isinstance(found, BadLine):
                        self.stderr.write(str(found))
                        bad.add(found.number)
                    else:
                        entries.append(found)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        if unread:
            self.stderr.write(f"not read: {', '.join(sorted(unread))}")
        if bad:
            raise CommandError(f"{len(bad)} bad lines, so there is no summary.", returncode=1)
        return tuple(entries)


def _lines(file: str, stack: ExitStack) -> Iterable[bytes]:
    return sys.stdin.buffer if file == "-" else stack.enter_context(Path(file).open("rb"))


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1000")
    return int(text)
