"""What Celery runs: thin, short, and harmless to run twice. What is due lives in the database."""

from datetime import datetime, timedelta
from time import monotonic

from celery import shared_task

from consultations import accounts, limits, participation, screening
from consultations.digests import build, jobs, official, plan, quoting, readers
from consultations.exchange import building, imports, uploads
from consultations.mail import delivery, outbox
from consultations.models import Message, database_now
from consultations.moderation import reminders
from consultations.publishing import deadline

# One run ends soon, so that the other tasks have their turn; the next tick goes on. A run is
# longer than a tick, so that a long queue of digests occupies more than one worker.
MAILS_A_RUN = 10_000
SECONDS_A_RUN = 25
JOBS_A_RUN = 5


@shared_task(ignore_result=True)
def make_editions() -> None:
    """Make the editions that are due."""
    build.make_due(database_now())


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
    """Build the first file that was asked for, or verify the first ledger."""
    building.run_one(database_now())


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
def drain_outbox() -> None:
    """Send what waits, codes before receipts before digests; stop where the relay is away.

    Any number of workers share the outbox: each claims batches of its own.
    """
    began, started = database_now(), monotonic()

    def clock() -> datetime:
        return began + timedelta(seconds=monotonic() - started)

    delivery.drain(
        streams=list(Message.Stream),
        limit=MAILS_A_RUN,
        at_clock=clock,
        render=readers.render,
        stopped=lambda: monotonic() - started > SECONDS_A_RUN,
    )


@shared_task(ignore_result=True)
def sweep_outbox() -> None:
    """Take back mails from workers that died, and date the quotes that lost their words."""
    at = database_now()
    outbox.sweep(at)
    quoting.note_removed(at)
