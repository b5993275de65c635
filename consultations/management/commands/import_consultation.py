"""Load a consultation from a report file; running it again updates and never duplicates.

What a later file leaves out is removed, before opening; afterwards such a file is refused.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from consultations import text
from consultations.models import Consultation, Correction, database_now
from consultations.publishing import (
    PublishingError,
    Report,
    ReportError,
    Words,
    legal_texts,
    parse,
    save,
)

LONGEST_REASON = Correction._meta.get_field("reason").max_length or 0


class Command(BaseCommand):
    """`manage.py import_consultation FILE [--correction REASON]`."""

    help = "Load a consultation from a Markdown file with front matter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file and the reason."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--correction", default="", metavar="REASON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file and store what it says."""
        report = self._read(options["file"])
        slug = str(report.fields["slug"])
        consultation = Consultation.objects.filter(slug=slug).first() or Consultation()
        words = [
            Words(row.number, row.title, row.text, row.what_changed)
            for row in report.recommendations
        ]
        removed = self._left_out(report, consultation)
        try:
            correction = save(
                consultation=consultation,
                fields=self._fields(report, consultation),
                words=words,
                reason=self._reason(options["correction"]),
                by=None,
                at=database_now(),
                removed=removed,
                questions=report.questions,
            )
        except (PublishingError, ValidationError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        number = f", correction {correction.number}" if correction else ""
        gone = f", {len(removed)} removed" if removed else ""
        asked = f", {len(report.questions)} questions" if report.questions else ""
        self.stdout.write(f"{slug}: {len(words)} recommendations{asked}{gone}{number}")

    def _read(self, file: Path) -> Report:
        try:
            return parse(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: not UTF-8 (byte {error.start})") from error
        except ReportError as error:
            raise CommandError(f"{file}, {error}") from error

    def _left_out(self, report: Report, consultation: Consultation) -> list[int]:
        """Return the numbers of the recommendations that stand, and that the file leaves out."""
        if consultation.pk is None:
            return []
        there = consultation.recommendations.values_list("number", flat=True)
        return sorted({*there} - {row.number for row in report.recommendations})

    def _reason(self, said: str) -> str:
        try:
            return text.tidy(said, limit=LONGEST_REASON, lines=False)
        except text.TextError as error:
            raise CommandError(f"--correction: {error.told(gettext)}") from error

    def _fields(self, report: Report, consultation: Consultation) -> dict[str, object]:
        fields = dict(report.fields)
        if consultation.pk is None:
            owner_kind, owner = str(fields["owner_kind"]), str(fields["owner"])
            fields = {**legal_texts(owner_kind, owner), **fields}
        return fields
