"""Makes editions, once each: compose, check what is new, insert. Nothing here renders or sends.

It reaches numpy by `composing`: web pages and the admin must not import it.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max

from consultations import ledger
from consultations.analysis.summary import METHOD
from consultations.digests import editions, final
from consultations.digests.composing import Draft, compose, compose_final
from consultations.digests.due import Due, due_editions
from consultations.digests.preview import DigestError
from consultations.digests.quoting import content_hash
from consultations.models import Comment, Consultation, Edition, Quote
from consultations.models.telling import only_teller

log = structlog.get_logger(__name__)
# The first half of the advisory lock's key; the second is the consultation.
LOCK_CLASS = 0xED1710
ONE_A_SLOT = {
    *("edition_number", "edition_slot", "edition_periods_never_overlap"),
    *("edition_final_slot", "edition_one_final"),
}


class _OvertakenError(Exception):
    """What the edition rests on was changed while it was being made: a comment, or a choice."""


def make_due(at: datetime) -> list[Edition]:
    """Make every edition that is due at the database's instant `at`; return those made here.

    Final summaries come last, as they wait for the others. One that fails its check, or cannot be
    written, is left to the log and stops no other.
    """
    return [*_made(due_editions(at), at), *_made(final.due_finals(at), at)]


def _made(waiting: Sequence[Due], at: datetime) -> list[Edition]:
    made = []
    for due in waiting:
        try:
            edition = make(due, at=at)
        # a summary that fails its check, an earlier one that cannot be read, or a fault in a row
        except (ValueError, OverflowError, DatabaseError):
            log.exception("edition_not_made", consultation=due.consultation_id)
            continue
        if edition is not None:
            log.info("edition_made", consultation=due.consultation_id, number=edition.number)
            made.append(edition)
    return made


def make(due: Due, *, at: datetime) -> Edition | None:
    """Make one edition with its ledger entry, and its messages where it goes out at once.

    All in one transaction.

    Returns None where another builder is at it, or was faster, where nothing new is left, or where
    a comment told as new is taken back meanwhile, or the edition it compares with: then the next
    tick reads again, so that who hides a comment never waits for the reading.
    Raises UnfaithfulSummaryError for a failed check.
    """
    try:
        with transaction.atomic():
            return _make(due, at) if _locked(due.consultation_id) else None
    except (_OvertakenError, DigestError):
        log.info("edition_put_off", consultation=due.consultation_id)
        return None
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", None) in ONE_A_SLOT:
            return None
        raise


def _locked(consultation_id: int) -> bool:
    """Whether this transaction is the consultation's only builder; it may think for minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s),"
            " set_config('idle_in_transaction_session_timeout', '300s', true)",
            [LOCK_CLASS, consultation_id],
        )
        return bool(cursor.fetchone()[0])


def _make(due: Due, at: datetime) -> Edition | None:
    """Ask again, now that the lock is held; then make what is still due."""
    # first: what an officer chooses from here on is found to be another choice when it is saved
    consultation = Consultation.objects.get(pk=due.consultation_id)
    if due not in (final.due_finals if due.final else due_editions)(at):
        return None
    if due.final:
        return _save(compose_final(consultation, end=due.slot, at=at), at)
    draft = compose(consultation, start=due.start, end=due.slot, at=at)
    return _save(draft, at) if draft.news else None


def _save(draft: Draft, at: datetime) -> Edition:
    consultation = draft.consultation
    _refuse_other_choice(consultation)
    last = consultation.editions.telling().aggregate(last=Max("number"))["last"]
    number = (last or 0) + 1
    edition = Edition.objects.create(
        consultation=consultation,
        number=number,
        slot=draft.end,
        final=draft.final,
        period=DateTimeTZRange(draft.start, draft.end, "[)"),
        built_at=at,
        facts=draft.facts,
        method=METHOD,
        hash=content_hash(number, draft.facts, draft.quotes),
    )
    for quote in draft.quotes:
        quote.edition = edition
    Quote.objects.bulk_create(draft.quotes)
    at_once = consultation.release == Consultation.Release.AT_ONCE
    if at_once:
        editions.open_to_readers(edition, by=None, at=at)
    if not draft.final:  # that tells nothing as new
        _settle(draft)
    _record(edition, at=at)
    if at_once:
        editions.record_release(edition, by=None, at=at)
    return edition


def _refuse_other_choice(consultation: Consultation) -> None:
    """Raise _OvertakenError where an officer chose otherwise while the edition was composed.

    They held the digests, chose another way of releasing them or moved the closing time. What is
    chosen stands until the commit.
    """
    now = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    chosen = ("release", "digests_held_at", "closes_at")
    if any(getattr(now, each) != getattr(consultation, each) for each in chosen):
        raise _OvertakenError


def _settle(draft: Draft) -> None:
    """Raise _OvertakenError unless what is told as new is new still, and is so until the commit.

    Before the ledger's lock, which those who take comments back hold too: nobody waits in a ring.
    """
    if not only_teller(draft.consultation.pk):
        raise _OvertakenError
    news = Comment.objects.news(draft.start, draft.end)
    here = news.filter(recommendation__consultation=draft.consultation)
    if draft.news != set(here.values_list("pk", flat=True)):
        raise _OvertakenError


def _record(edition: Edition, *, at: datetime) -> None:
    payload: dict[str, ledger.JSON] = {
        "number": edition.number,
        "from": edition.period.lower.isoformat(),
        "to": edition.period.upper.isoformat(),
        "hash": edition.hash,
        **({"final": True} if edition.final else {}),
    }
    consultation_id = edition.consultation_id
    ledger.append(consultation_id=consultation_id, act="edition_made", at=at, payload=payload)
