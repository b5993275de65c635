"""What Celery runs: thin, short, and harmless to run twice. What is due lives in the database."""

from datetime import datetime, timedelta
from time import monotonic

from celery import shared_task
from django.conf import settings

from consultations import accounts, limits, participation, screening
from consultations.digests import (
    build,
    editions,
    jobs,
    official,
    plan,
    quoting,
    readers,
    workbook,
)
from consultations.exchange import building, imports, sharing, uploads
from consultations.mail import delivery, outbox
from consultations.models import Message, database_now
from consultations.moderation import reminders
from consultations.pack import write as pack
from consultations.publishing import deadline
from consultations.results import keep

# A batch is so large that the broker's part of it is nothing, and so small that any number of
# workers have one each, and that the other tasks soon have their turn.
MAILS_A_BATCH = 500
BATCHES_A_TICK = 200
LEAST_LIFE = 5  # seconds; ticks are short in tests
SECONDS_A_RUN = 25
JOBS_A_RUN = 5


@shared_task(ignore_result=True)
def make_editions() -> None:
    """Make the editions that are due, and release those whose quiet time is over."""
    at = database_now()
    build.make_due(at)
    editions.release_due(at)


@shared_task(ignore_result=True, soft_time_limit=540, time_limit=600)
def count_results() -> None:
    """Count the results of each consultation whose record has grown."""
    keep.refresh(database_now())


@shared_task(ignore_result=True)
def plan_milestones() -> None:
    """Write to those who chose it that a consultation closes soon, or has closed."""
    plan.plan_milestones(database_now())


@shared_task(ignore_result=True)
def tell_official_responses() -> None:
    """Write to readers and respondents that a consultation is answered, once."""
    official.tell(database_now())


@shared_task(ignore_result=True)
def remind_officers() -> None:
    """Write to officers whose official response is due, or late."""
    deadline.remind(database_now())


@shared_task(ignore_result=True)
def remind_of_drafts() -> None:
    """Write to those who have not sent what they wrote, before it is too late."""
    participation.remind(database_now())


@shared_task(ignore_result=True)
def remind_moderators() -> None:
    """Write to those who decide where something waits longer than it should, once a day."""
    reminders.remind(database_now())


@shared_task(ignore_result=True)
def run_jobs() -> None:
    """Build the previews that were asked for, and forget those whose time is over."""
    at = database_now()
    for _n in range(JOBS_A_RUN):
        if jobs.run_one(database_now()) is None:
            break
    jobs.forget(at)


# A workbook of very many rows takes minutes; past the broker's patience it would be run twice.
@shared_task(ignore_result=True, soft_time_limit=780, time_limit=840)
def run_builds() -> None:
    """Build the workbooks of final summaries, and the first file that was asked for.

    Or verify the first ledger.
    """
    workbook.build_missing(database_now())
    building.run_one(database_now(), pack.write)


@shared_task(ignore_result=True, soft_time_limit=780, time_limit=840)
def build_shared_workbooks() -> None:
    """Build the workbook of each consultation that publishes something new."""
    sharing.refresh(database_now())


@shared_task(ignore_result=True)
def keep_accounts() -> None:
    """Build the copies that people asked for of their data, and end the erasures that began."""
    for _n in range(JOBS_A_RUN):
        if accounts.build_one(database_now()) is None:
            break
    accounts.forget(database_now())
    accounts.finish(database_now())


@shared_task(ignore_result=True)
def screen_arrivals() -> None:
    """Look at what came in bulk; forget counters and fingerprints whose time is over."""
    started = monotonic()
    while monotonic() - started < SECONDS_A_RUN and screening.catch_up(database_now()):
        pass
    screening.forget_earlier()
    limits.forget(database_now())


@shared_task(ignore_result=True)
def run_imports() -> None:
    """Import the file that was asked for first; forget the files whose time is over."""
    imports.run_one(database_now())
    uploads.forget(database_now())


@shared_task(ignore_result=True)
def share_outbox() -> None:
    """Ask for as many batches as wait to be sent: any number of workers, on any hosts, take them.

    What is asked for names no mail, and is worth nothing once the next tick asks again: the row
    is the message, and whoever claims it sends it.
    """
    waiting = outbox.due(database_now(), at_most=MAILS_A_BATCH * BATCHES_A_TICK)
    for _batch in range(-(-waiting // MAILS_A_BATCH)):
        drain_outbox.apply_async(expires=max(settings.TICK_SECONDS, LEAST_LIFE))


@shared_task(ignore_result=True)
def drain_outbox() -> None:
    """Send a batch of what waits, codes before receipts before digests.

    It stops where the relay is away. Nobody's words stay in the process.
    """
    began, started = database_now(), monotonic()

    def clock() -> datetime:
        return began + timedelta(seconds=monotonic() - started)

    try:
        delivery.drain(
            streams=list(Message.Stream),
            limit=MAILS_A_BATCH,
            at_clock=clock,
            render=readers.render,
            stopped=lambda: monotonic() - started > SECONDS_A_RUN,
        )
    finally:
        readers.forget()


@shared_task(ignore_result=True)
def sweep_outbox() -> None:
    """Take back mails from workers that died, and date the quotes that lost their words."""
    at = database_now()
    outbox.sweep(at)
    quoting.note_changes(at)
