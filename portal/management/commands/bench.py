"""`manage.py bench`: what the portal costs at size, and the limits it is compared with."""

import argparse
import os
from io import StringIO
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from consultations.models import Consultation, User
from portal.bench import (
    campaigns,
    drafting,
    exports,
    fanout,
    importing,
    log,
    mail,
    pages,
    posting,
    quality,
    queue,
    reading,
    summarising,
    traceability,
    transfer,
)
from portal.bench.measure import BenchError, Line, Plan
from portal.demo.environment import add_bench_options

SUBJECTS = {
    "pages": pages.run,
    "reading": reading.run,
    "posting": posting.run,
    "drafting": drafting.run,
    "queue": queue.run,
    "log": log.run,
    "campaigns": campaigns.run,
    "mail": mail.run,
    "fanout": fanout.run,
    "import": importing.run,
    "exports": exports.run,
    "quality": quality.run,
    "summarising": summarising.run,
    "traceability": traceability.run,
    "transfer": transfer.run,
}


class Command(BaseCommand):
    """Fill a scratch database, and print one JSON object for each result."""

    help = "Measure each subject on a scratch database that ends with it."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the subjects (all, unless some are named) and the sizes."""
        parser.add_argument("subject", nargs="*", type=_subject, metavar="SUBJECT")
        parser.add_argument("--sizes", type=_sizes, default="100,10000,100000", help="comments")
        parser.add_argument("--samples", type=_positive, default=60, help="requests of each kind")
        parser.add_argument("--mails", type=_positive, default=10_000, help="readers of a digest")
        parser.add_argument("--data", type=Path, metavar="DIR", help="sets of others")
        parser.add_argument("--snapshots", type=_positive, default=10_000, help="to be verified")
        add_bench_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure each subject, and say at last on what machine and in what time."""
        began = monotonic()
        self._prepare(kept=options["keep"] is not None)
        plan = Plan(*(options[name] for name in ("sizes", "samples", "mails", "data", "snapshots")))
        for name in options["subject"] or SUBJECTS:
            try:
                SUBJECTS[name](plan, self._emit)
            except BenchError as error:
                raise CommandError(f"{name}: {error}") from error
        self._emit(Line("bench.machine", monotonic() - began, "s", os.cpu_count() or 1))

    def _prepare(self, *, kept: bool) -> None:
        """Make the tables; raise CommandError where somebody's rows are in them already.

        In a folder that the command keeps they are its own.
        """
        call_command("migrate", verbosity=0, interactive=False)
        if kept and Consultation.objects.exists():
            return
        if User.objects.exists() or Consultation.objects.exists():
            raise CommandError("bench fills an empty scratch database, and this one holds people.")
        call_command("load_reference_data", stdout=StringIO())

    def _emit(self, line: Line) -> None:
        self.stdout.write(line.as_json())
        self.stdout.flush()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(_positive(each) for each in text.split(",")))


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _subject(text: str) -> str:
    if text not in SUBJECTS:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(SUBJECTS)}")
    return text
