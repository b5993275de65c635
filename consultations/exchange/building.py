"""What a worker does for a page that asked: builds a file, or verifies a ledger."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.exchange import extracts, workbooks
from consultations.models import Job, JobPart, LedgerEntry

log = structlog.get_logger(__name__)
# Writes a job's file at a path, as of an instant, and returns what is told of it.
Writer: TypeAlias = Callable[[Job, Path, datetime], dict[str, Any]]
# Longer than a task may take: a job whose worker died is done by another.
LEASE = timedelta(minutes=15)
MOST_TOLD = 100


def run_one(at: datetime, write_pack: Writer | None = None) -> Job | None:
    """Claim and do one job that waits, or whose worker died; return it, None without one.

    `write_pack` writes evidence packs: they are made of more than is known here. One that fails
    says so, and leaves nothing of its file.
    """
    writers: dict[str, Writer] = {Job.What.EXPORT: _workbook}
    if write_pack is not None:
        writers[Job.What.PACK] = write_pack
    job = _claimed(at, [Job.What.VERIFY, *writers])
    if job is None:
        return None
    try:
        if job.what in writers:
            _build(job, writers[job.what], at)
        else:
            _end(job, {"state": Job.State.DONE, "result": _verified(job), "done_at": at})
    except workbooks.TooLong as problem:
        _end(job, {"state": Job.State.FAILED, "error": str(problem), "done_at": at})
    except Exception:
        log.exception("job_failed", job=job.pk)
        said = _("It could not be finished, and nothing of it is kept. Ask again.")
        _end(job, {"state": Job.State.FAILED, "error": said, "done_at": at})
    return job


def _claimed(at: datetime, kinds: list[str]) -> Job | None:
    waiting = Q(state=Job.State.ASKED) | Q(state=Job.State.RUNNING, lease_until__lt=at)
    with transaction.atomic():
        jobs = Job.objects.filter(waiting, what__in=kinds, expires_at__gt=at)
        first = jobs.select_related("consultation").order_by("asked_at", "pk")
        job = first.select_for_update(of=("self",), skip_locked=True).first()
        if job is None:
            return None
        job.state, job.lease_until = Job.State.RUNNING, at + LEASE
        job.save(update_fields=["state", "lease_until"])
    return job


def _build(job: Job, write: Writer, at: datetime) -> None:
    """Build the file on disk, and keep it in pieces if the job is still this worker's."""
    with TemporaryDirectory(prefix="export-") as name:
        file = Path(name) / "built"
        told = write(job, file, at)
        result = {**told, "bytes": file.stat().st_size}
        with transaction.atomic():
            if not _end(job, {"state": Job.State.DONE, "result": result, "done_at": at}):
                return
            for number, piece in enumerate(workbooks.pieces(file), start=1):
                JobPart.objects.create(job=job, number=number, content=piece)


def _workbook(job: Job, file: Path, _at: datetime) -> dict[str, Any]:
    extract = extracts.EXTRACTS[job.order["extract"]]
    found = extracts.chunks(extract, extracts.lots(extract, job.order["keys"]))
    sheet = workbooks.Sheet(str(extract.title), extract.columns, found)
    return {"rows": workbooks.write(file, sheets=[sheet], folder=file.parent)}


def _verified(job: Job) -> dict[str, Any]:
    """Verify the consultation's chain; return what was found, and the head it then had."""
    pk = job.consultation_id
    last = LedgerEntry.objects.filter(consultation=pk).order_by("-sequence", "pk").first()
    faults = ledger.verify(pk, known_head=job.order.get("head", ""))
    return {
        "entries": last.sequence if last else 0,
        "head": last.hash if last else "",
        "wrong": len(faults),
        "faults": [[fault.sequence, fault.sentence] for fault in faults[:MOST_TOLD]],
    }


def _end(job: Job, said: dict[str, Any]) -> bool:
    """Store how the job ended, if it is still this worker's; return whether it was."""
    held = Job.objects.filter(pk=job.pk, lease_until=job.lease_until)
    return bool(held.update(lease_until=None, **said))
