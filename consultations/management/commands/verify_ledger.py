"""Prove that the hash-chained record is whole, or say what is wrong with it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultations import ledger
from consultations.models import Consultation, LedgerEntry


class Command(BaseCommand):
    """`manage.py verify_ledger [SLUG] [--head HASH]`; status 1 where anything is wrong."""

    help = "Verify the ledger of one consultation, or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the consultation and a head that was noted earlier."""
        parser.add_argument("slug", nargs="?", default="")
        parser.add_argument(
            "--head", default="", metavar="HASH", help="a hash noted earlier, to find a cut end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify each chain and print the outcome."""
        consultations = Consultation.objects.order_by("slug", "pk")
        if options["slug"]:
            consultations = consultations.filter(slug=options["slug"])
            if not consultations.exists():
                raise CommandError(f"There is no consultation {options['slug']!r}.")
        elif options["head"]:
            raise CommandError("Name the consultation whose head this is.")
        wrong = sum(self._verify(one, options["head"]) for one in consultations)
        if wrong:
            raise CommandError(f"{wrong} faults found.", returncode=1)

    def _verify(self, consultation: Consultation, known_head: str) -> int:
        """Print the state of one chain; return how many faults it has."""
        faults = ledger.verify(consultation.pk, known_head=known_head)
        for fault in faults:
            self.stderr.write(f"{consultation.slug}: entry {fault.sequence}: {fault.sentence}")
        if not faults:
            entries = LedgerEntry.objects.filter(consultation=consultation).count()
            head = ledger.head(consultation.pk)[:16] or "none"
            self.stdout.write(f"{consultation.slug}: {entries} entries, chain whole, head {head}")
        return len(faults)
