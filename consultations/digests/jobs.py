"""Builds what an officer asked for: the next edition as it would be now, as a page or a mail."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from consultations.digests import composing, mailing
from consultations.digests.due import next_edition_at, told_until
from consultations.digests.render import as_plain, assemble
from consultations.digests.shapes import View
from consultations.mail import outbox
from consultations.mail.letter import Ready
from consultations.models import Comment, Consultation, Job, Message
from consultations.models.clock import moment

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=5)
PREVIEWS = (Job.What.PREVIEW, Job.What.MAIL_PREVIEW)


def run_one(at: datetime) -> Job | None:
    """Claim and do one job that waits, or whose worker died; return it, None without one."""
    job = _claimed(at)
    if job is None:
        return None
    try:
        seen = _preview(job.consultation, at, job.order)
        with transaction.atomic():
            _finish(job, seen, at)
    except OperationalError:
        raise  # the database is away, or too slow just now: it is tried again
    except Exception as error:
        log.exception("preview_not_made", job=job.pk)
        held = Job.objects.filter(pk=job.pk, lease_until=job.lease_until)
        said = str(error)[:500] if isinstance(error, ValueError) else _("It could not be made.")
        held.update(state=Job.State.FAILED, error=said, done_at=at, lease_until=None)
    return job


def forget(at: datetime) -> int:
    """Delete the jobs whose time is over, results and all; return how many."""
    expired = Job.objects.filter(expires_at__lte=at)
    return expired.delete()[0]


def _claimed(at: datetime) -> Job | None:
    waiting = Q(state=Job.State.ASKED) | Q(state=Job.State.RUNNING, lease_until__lt=at)
    with transaction.atomic():
        jobs = Job.objects.filter(waiting, what__in=PREVIEWS, expires_at__gt=at)
        first = jobs.order_by("asked_at", "pk")
        job = first.select_for_update(of=("self",), skip_locked=True).first()
        if job is None:
            return None
        job.state, job.lease_until = Job.State.RUNNING, at + LEASE
        job.save(update_fields=["state", "lease_until"])
    return job


def _preview(consultation: Consultation, at: datetime, order: Mapping[str, Any]) -> View:
    """The edition on what was published since the last; no slot is used and no number taken.

    Or the final summary, where that was ordered.
    """
    if order.get("final"):
        draft = composing.compose_final(consultation, end=at, at=at)
    else:
        slot = order.get("slot")
        start, end = _period(consultation, at, datetime.fromisoformat(slot) if slot else at)
        draft = composing.compose(consultation, start=start, end=end, at=at)
    prefetch_related_objects(
        draft.quotes, "version__comment__response", "version__comment__shown_region"
    )
    return assemble(draft.facts, draft.quotes, notice=_notice(draft, at))


def _period(consultation: Consultation, at: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The period of the edition that would be made at `end`, if those before it are made.

    An edition is made at an earlier slot only where something is new by then.
    """
    start = min(told_until(consultation) or at, at)
    news = Comment.objects.news(start, at).filter(recommendation__consultation=consultation)
    if end > at and news.exists():
        earlier = next_edition_at(consultation, at)
        if earlier is not None and earlier < end:
            return earlier, end
    return start, end


def _notice(draft: composing.Draft, at: datetime) -> str:
    """Say that it is a preview, and what is not known yet."""
    said = [_("This is a preview: nothing has been published or sent.")]
    if draft.final:
        return said[0]
    unseen = draft.consultation.editions.unseen().first()
    if unseen:
        begins = _(
            "It begins where digest %(n)s ends, which is not published yet: nothing is compared "
            "with that one."
        )
        said.append(begins % {"n": unseen.number})
    if draft.end > at:
        coming = _(
            "It is the digest of %(moment)s, on what is published by now; what is published until "
            "then is not known."
        )
        said.append(coming % {"moment": moment(draft.end)})
        if not draft.news:
            said.append(_("Nothing is new for it yet, so as things stand none would be made."))
    elif not draft.news:
        said.append(_("Nothing is new since the last digest, so none would be made now."))
    return " ".join(said)


def _finish(job: Job, seen: View, at: datetime) -> None:
    """Keep the result, or queue the mail, if the job is still this worker's."""
    held = Job.objects.filter(pk=job.pk, lease_until=job.lease_until)
    mail = mailing.fitted(seen)
    both = mailing.parts(mail)  # without a reader's own parts: the mail needs no filling
    result = {"view": as_plain(seen), "subject": mail.subject, "text": both.text}
    done = {"state": Job.State.DONE, "done_at": at, "lease_until": None}
    by_mail = job.what == Job.What.MAIL_PREVIEW
    if not held.update(result=None if by_mail else result, **done) or not by_mail:
        return
    outbox.queue(
        stream=Message.Stream.TRANSACTION,
        key=f"preview:{job.pk}",
        to=job.asked_by.email,
        letter=Ready(mail.subject, both.text, both.html),
        at=at,
        user=job.asked_by,
        consultation=job.consultation,
    )
