"""Files that staff take away: asked of a worker, fetched, and each on the ledger.

What stands in them is in `extracts`; `streams` writes them as they are read, and a worker in
`building`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.exchange.extracts import Extract
from consultations.models import Consultation, Job, User

# They name people: they go within the hour, as an erasure must reach everything.
KEPT = timedelta(minutes=50)
UNFINISHED = (Job.State.ASKED, Job.State.RUNNING)
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A workbook that somebody asked for, without its rows."""

    pk: int
    asked_at: datetime
    state: str
    error: str
    extract: str
    rows: int


@transaction.atomic
def ask(
    *,
    extract: Extract,
    consultation: Consultation,
    keys: Sequence[int],
    chosen_by: Mapping[str, str],
    by: User,
    at: datetime,
) -> Job:
    """Ask a worker for these rows as a workbook; asked again while it waits, it is one job."""
    Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    asked: Any = {"what": Job.What.EXPORT, "consultation": consultation, "asked_by": by}
    order = {
        "extract": extract.name,
        "filter": dict(chosen_by),
        "rows": len(keys),
        "keys": list(keys),
    }
    same = Job.objects.filter(**asked, order=order, state__in=UNFINISHED, expires_at__gt=at)
    return same.order_by("pk").first() or Job.objects.create(
        **asked, order=order, asked_at=at, expires_at=at + KEPT
    )


def asked_for(
    *, extracts: Sequence[str], consultation: Consultation, by: User, at: datetime
) -> list[Asked]:
    """Return the workbooks that a person asked for last and may still fetch, newest first."""
    mine = Job.objects.filter(
        what=Job.What.EXPORT,
        order__extract__in=extracts,
        consultation=consultation,
        asked_by=by,
        expires_at__gt=at,
    )
    told = ("pk", "asked_at", "state", "error", "order__extract", "order__rows")
    return [
        Asked(*row) for row in mine.order_by("-asked_at", "-pk").values_list(*told)[:MOST_SHOWN]
    ]


@transaction.atomic
def note(
    *,
    extract: Extract,
    file: str,
    consultation: Consultation,
    rows: int,
    chosen_by: Mapping[str, str],
    by: User,
    at: datetime,
) -> None:
    """Write a download on the ledger: who, what, by which filter, how many; no words searched."""
    ledger.append(
        consultation_id=consultation.pk,
        act="export_downloaded",
        at=at,
        payload={
            "extract": extract.name,
            "file": file,
            "filter": {
                name: _("words, not kept here") if name == "q" else value
                for name, value in chosen_by.items()
            },
            "rows": rows,
            "by": by.pk,
        },
    )


def parts(job: Job) -> Iterator[bytes]:
    """Yield the file that a worker built, piece by piece."""
    numbers = list(job.parts.order_by("number", "pk").values_list("pk", flat=True))
    for pk in numbers:
        yield bytes(job.parts.values_list("content", flat=True).get(pk=pk))


def file_name(extract: Extract, consultation: Consultation, ending: str, at: datetime) -> str:
    """Return the name under which a browser keeps the file."""
    return f"{consultation.slug}-{extract.name.replace('_', '-')}-{at:%Y-%m-%d-%H%M}.{ending}"
