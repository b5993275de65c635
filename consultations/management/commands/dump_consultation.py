"""Write a consultation whole to a file, to be read back by `load_consultation`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultations.exchange import transfer
from consultations.models import Consultation, database_now


class Command(BaseCommand):
    """`manage.py dump_consultation SLUG FILE`."""

    help = (
        "Write a consultation whole to a file (gzipped JSON Lines). THE FILE HOLDS PERSONAL DATA:"
        " names, e-mail addresses and unpublished words of everybody who took part. Only you may"
        " read it; keep it as safe as the database, and delete it when it has been loaded. That it"
        " was taken stands on the consultation's ledger. Passwords and second factors stay here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the consultation and the file."""
        parser.add_argument("slug")
        parser.add_argument("file", type=Path, help="a new file, such as reform.jsonl.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, and say what is in it."""
        consultation = Consultation.objects.filter(slug=options["slug"]).first()
        if consultation is None:
            raise CommandError(f"There is no consultation {options['slug']!r}.")
        try:
            counts = transfer.dump(
                consultation=consultation, path=options["file"], at=database_now()
            )
        except transfer.TransferError as error:
            raise CommandError(str(error)) from error
        people, comments = counts["consultations.User"], counts["consultations.Comment"]
        self.stdout.write(
            f"{options['file']}: {sum(counts.values()):,} rows, {comments:,} comments, and the"
            f" personal data of {people:,} people: keep it safe."
        )
