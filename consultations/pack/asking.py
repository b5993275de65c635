"""The way to an evidence pack: asked for, listed while it may be fetched, fetched on the record."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Consultation, Job, User

# It holds people's words: it goes within the hour, as an erasure must reach everything.
KEPT = timedelta(minutes=50)
UNFINISHED = (Job.State.ASKED, Job.State.RUNNING)
MOST_SHOWN = 10


class PackError(Exception):
    """A pack that cannot be made, with the sentence that says why."""


@transaction.atomic
def ask(*, consultation: Consultation, by: User, at: datetime) -> Job:
    """Ask a worker for the pack; asked again while it waits, it is one job.

    Raises PackError before the consultation has opened: nothing is there to show.
    """
    stored = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    if not stored.has_opened(at):
        raise PackError(_("The consultation has not opened: there is nothing to show yet."))
    asked: Any = {"what": Job.What.PACK, "consultation": stored, "asked_by": by}
    same = Job.objects.filter(**asked, state__in=UNFINISHED, expires_at__gt=at)
    return same.order_by("pk").first() or Job.objects.create(
        **asked, asked_at=at, expires_at=at + KEPT
    )


def asked_for(*, consultation: Consultation, by: User, at: datetime) -> list[Job]:
    """Return the packs that a person asked for last and may still fetch, newest first."""
    mine = Job.objects.filter(
        what=Job.What.PACK, consultation=consultation, asked_by=by, expires_at__gt=at
    )
    return list(mine.order_by("-asked_at", "-pk")[:MOST_SHOWN])


@transaction.atomic
def note(*, job: Job, by: User, at: datetime) -> None:
    """Write a fetched pack on the ledger, with its hash: whoever holds it can prove it later."""
    built: dict[str, Any] = job.result or {}
    ledger.append(
        consultation_id=job.consultation_id,
        act="evidence_pack_downloaded",
        at=at,
        payload={"sha256": built["sha256"], "bytes": built["bytes"], "by": by.pk},
    )


def file_name(job: Job) -> str:
    """Return the name under which a browser keeps the file."""
    return f"evidence-{job.consultation.slug}-{job.asked_at:%Y-%m-%d-%H%M}.zip"
