"""Import responses that came by e-mail, by post, at a meeting or elsewhere, from a CSV or XLSX."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from consultations import policy, text
from consultations.exchange import columns, importer
from consultations.exchange.columns import Mapping, MappingError
from consultations.exchange.importer import ImportRefused, Order, Report
from consultations.models import Consultation, Role, User, database_now

DEFAULTS = {"channel": 12, "received": 40, "late": 500}
NAMES = {"channel": "channel", "received": "received_on", "late": "late_reason"}


class Command(BaseCommand):
    """`manage.py import_comments SLUG FILE --by EMAIL`; status 1 where rows are bad."""

    help = "Import responses from a CSV or XLSX file; importing it again adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the consultation, the file, who imports it, and how."""
        parser.add_argument("slug")
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the officer who imports")
        parser.add_argument("--mapping", type=Path, metavar="TOML", help="what the columns mean")
        parser.add_argument("--channel", default="", help="email, post, meeting or elsewhere")
        parser.add_argument("--received", default="", metavar="DAY", help="where no column says it")
        parser.add_argument("--late", default="", metavar="WHY", help="why late ones are accepted")
        parser.add_argument("--dry-run", action="store_true", help="store nothing, tell everything")
        parser.add_argument("--skip-bad-rows", action="store_true", help="store the good rows")
        parser.add_argument(
            "--published", action="store_true", help="it was published elsewhere: no moderation"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file, and say what became of it."""
        consultation = Consultation.objects.filter(slug=options["slug"]).first()
        if consultation is None:
            raise CommandError(f"There is no consultation {options['slug']!r}.")
        order = Order(
            consultation=consultation,
            file=options["file"],
            by=self._officer(options["by"], consultation),
            mapping=self._mapping(options["mapping"]),
            defaults=self._defaults(options),
            dry_run=options["dry_run"],
            skip_bad_rows=options["skip_bad_rows"],
            published=options["published"],
        )
        try:
            report = importer.run(
                order=order,
                tell=lambda problem: self.stderr.write(str(problem)),
                at=database_now(),
            )
        except ImportRefused as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self._say(report, order)

    def _officer(self, email: str, consultation: Consultation) -> User:
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None or Role.Right.OFFICER not in policy.rights(user, consultation.pk):
            raise CommandError(f"{email!r} is no officer of {consultation.slug}.")
        return user

    def _mapping(self, file: Path | None) -> Mapping | None:
        if file is None:
            return None
        try:
            return columns.read(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: not UTF-8 (byte {error.start})") from error
        except MappingError as error:
            raise CommandError(f"{file}: {error}") from error

    def _defaults(self, options: dict[str, Any]) -> dict[str, str]:
        """Return what holds for all rows, made tidy."""
        found = {}
        for name, limit in DEFAULTS.items():
            try:
                found[NAMES[name]] = text.tidy(options[name], limit=limit, lines=False)
            except text.TextError as error:
                raise CommandError(f"--{name}: {error.told(gettext)}") from error
        return {name: said for name, said in found.items() if said}

    def _say(self, report: Report, order: Order) -> None:
        """Print what was understood and what became of it; end with status 1 for bad rows."""
        if order.dry_run:
            for said in report.taken:
                self.stdout.write(f"column {said}")
        for name in report.untaken:
            self.stdout.write(f"column {name}: not taken")
        self.stdout.write(_sentence(report, order))
        if report.bad and not order.skip_bad_rows:
            end = "" if order.dry_run else " Nothing was stored."
            raise CommandError(f"{report.bad} rows are bad.{end}", returncode=1)


def _sentence(report: Report, order: Order) -> str:
    """Say in one line what became of the file."""
    if not report.responses and not report.bad:
        return f"Nothing new: {report.known} responses are there already."
    verb = "imported" if report.stored else "would be imported" if order.dry_run else "not stored"
    answers = f" and {report.answers} answers to questions" if report.answers else ""
    return (
        f"{report.responses} responses with {report.comments} comments{answers} {verb}, "
        f"{report.known} there already, {report.bad} bad rows."
    )
