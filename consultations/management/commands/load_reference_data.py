"""Load the dated reference data; running it again changes only what changed.

Reasons for rejecting are only begun here: administrators keep them afterwards, and their words
stay.
"""

import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from consultations.models import Industry, OrganisationKind, Reason, Region, SizeBand

FOLDER = Path(__file__).resolve().parents[2] / "data"
LISTS = {
    "regions": Region,
    "organisation_kinds": OrganisationKind,
    "size_bands": SizeBand,
    "industries": Industry,
}
KEPT_BY_ADMINISTRATORS = ("name", "text", "rule", "remedy", "still_counts", "order")
COLUMNS = {"name", "order", "starts", "ends", "stakeholder_kind", "is_representative"}


class Command(BaseCommand):
    """`manage.py load_reference_data`."""

    help = (
        "Load regions, kinds of organisation, size bands and industries, and add the reasons for "
        "rejecting that are missing: those that administrators keep are never overwritten."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the folder, for lists of one's own."""
        parser.add_argument("--folder", type=Path, default=FOLDER)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Add or update every row by its code and edition; add the reasons that are missing."""
        folder: Path = options["folder"]
        lists = tomllib.loads((folder / "reference.toml").read_text(encoding="utf-8"))
        reasons = tomllib.loads((folder / "reasons.toml").read_text(encoding="utf-8"))["reasons"]
        for name, model in LISTS.items():
            for order, row in enumerate(lists[name], start=1):
                values = {key: value for key, value in row.items() if key in COLUMNS}
                model._default_manager.update_or_create(
                    code=row["code"],
                    edition=row.get("edition", ""),
                    defaults={"order": order, **values},
                )
        for row in reasons:
            values = {key: row[key] for key in KEPT_BY_ADMINISTRATORS}
            Reason.objects.get_or_create(code=row["code"], defaults=values)
        self.stdout.write(", ".join(f"{len(lists[name])} {name}" for name in LISTS))
