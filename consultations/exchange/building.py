"""What a worker does for a page that asked: builds a workbook, or verifies a ledger."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.exchange import extracts, workbooks
from consultations.models import Job, JobPart, LedgerEntry

log = structlog.get_logger(__name__)
# Longer than a task may take: a job whose worker died is done by another.
LEASE = timedelta(minutes=15)
MINE = (Job.What.EXPORT, Job.What.VERIFY)
MOST_TOLD = 100


def run_one(at: datetime) -> Job | None:
    """Claim and do one job that waits, or whose worker died; return it, None without one.

    One that fails says so, and leaves nothing of its file.
    """
    job = _claimed(at)
    if job is None:
        return None
    try:
        if job.what == Job.What.EXPORT:
            _export(job, at)
        else:
            _end(job, {"state": Job.State.DONE, "result": _verified(job), "done_at": at})
    except workbooks.TooLong as problem:
        _end(job, {"state": Job.State.FAILED, "error": str(problem), "done_at": at})
    except Exception:
        log.exception("job_failed", job=job.pk)
        said = _("It could not be finished, and nothing of it is kept. Ask again.")
        _end(job, {"state": Job.State.FAILED, "error": said, "done_at": at})
    return job


def _claimed(at: datetime) -> Job | None:
    waiting = Q(state=Job.State.ASKED) | Q(state=Job.State.RUNNING, lease_until__lt=at)
    with transaction.atomic():
        jobs = Job.objects.filter(waiting, what__in=MINE, expires_at__gt=at)
        first = jobs.select_related("consultation").order_by("asked_at", "pk")
        job = first.select_for_update(of=("self",), skip_locked=True).first()
        if job is None:
            return None
        job.state, job.lease_until = Job.State.RUNNING, at + LEASE
        job.save(update_fields=["state", "lease_until"])
    return job


def _export(job: Job, at: datetime) -> None:
    """Build the workbook on disk, and keep it in pieces if the job is still this worker's."""
    extract = extracts.EXTRACTS[job.order["extract"]]
    with TemporaryDirectory(prefix="export-") as name:
        file = Path(name) / "export.xlsx"
        found = extracts.chunks(extract, extracts.lots(extract, job.order["keys"]))
        sheet = workbooks.Sheet(str(extract.title), extract.columns, found)
        rows = workbooks.write(file, sheets=[sheet], folder=Path(name))
        result = {"rows": rows, "bytes": file.stat().st_size}
        with transaction.atomic():
            if not _end(job, {"state": Job.State.DONE, "result": result, "done_at": at}):
                return
            for number, piece in enumerate(workbooks.pieces(file), start=1):
                JobPart.objects.create(job=job, number=number, content=piece)


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
