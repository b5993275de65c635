"""Read a consultation from a file that `dump_consultation` wrote."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from consultations.digests.sound import sound_quotes
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.exchange import transfer
from consultations.models import Consultation, Edition, LedgerEntry, Role, database_now


class Command(BaseCommand):
    """`manage.py load_consultation FILE`."""

    help = (
        "Read a consultation from a file of dump_consultation: all of it, or nothing. People and"
        " organisations that are here already stay as they are. Load no file that you do not trust:"
        " it gives rights in its consultation. Whoever holds one cannot open the admin here before"
        " create_officer or an officer has let them in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file, verify the record and each digest, and say what came."""
        try:
            with transaction.atomic():
                made = transfer.load(path=options["file"], at=database_now())
                for edition in Edition.objects.filter(consultation=made).order_by("pk"):
                    sound_quotes(edition)
        except (transfer.TransferError, UnfaithfulSummaryError) as error:
            raise CommandError(f"{options['file']}: {error} Nothing was stored.") from error
        self._say(made)

    def _say(self, made: Consultation) -> None:
        entries = LedgerEntry.objects.filter(consultation=made).count()
        self.stdout.write(f"{made.slug}: loaded; {entries:,} entries, chain whole.")
        roles = Role.objects.filter(consultation=made, ends_at=None).select_related("user")
        for role in roles.order_by("right", "pk"):
            shut = "" if role.user.is_staff else " (cannot open the admin yet)"
            self.stdout.write(f"{role.get_right_display()}: {role.user.email}{shut}")
