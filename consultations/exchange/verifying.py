"""Asks a worker whether a consultation's ledger is whole; the worker's part is in `building`."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from consultations.models import Consultation, Job, User

# What was found is no secret of anybody's, and is compared with the next finding.
KEPT = timedelta(days=30)
UNFINISHED = (Job.State.ASKED, Job.State.RUNNING)
HASH = re.compile(r"[0-9a-f]{64}")


class VerifyError(Exception):
    """What cannot be verified so, with the sentence that says why."""


@transaction.atomic
def ask(*, consultation: Consultation, known_head: str, by: User, at: datetime) -> Job:
    """Ask for a verification, against a head noted earlier if one is given; raise VerifyError.

    Asked again while one with the same head waits, it is one job.
    """
    head = known_head.strip().lower()
    if head and not HASH.fullmatch(head):
        raise VerifyError(_("A head is 64 digits from 0 to 9 and letters from a to f."))
    Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    waiting = Job.objects.filter(
        what=Job.What.VERIFY,
        consultation=consultation,
        order={"head": head},
        state__in=UNFINISHED,
        expires_at__gt=at,
    )
    return waiting.order_by("pk").first() or Job.objects.create(
        what=Job.What.VERIFY,
        consultation=consultation,
        asked_by=by,
        order={"head": head},
        asked_at=at,
        expires_at=at + KEPT,
    )
