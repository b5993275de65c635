"""Makes editions, once each: read, summarise, check, insert. Nothing here renders or sends.

The only module of this package, with `snapshots` and `jobs`, that reaches numpy: web pages and
the admin must not import it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max, Sum

from consultations import ledger
from consultations.analysis.summary import METHOD, Options, Snapshot, Summary, forget, summarise
from consultations.analysis.verify import verify
from consultations.digests import editions, moderated, since, snapshots
from consultations.digests.before import FORMAT, bare, earlier_summaries, last_standing
from consultations.digests.due import Due, due_editions, next_edition_at
from consultations.digests.preview import DigestError
from consultations.digests.quoting import content_hash, seal
from consultations.digests.sound import sound_quotes
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Comment, Consultation, Edition, Quote, Recommendation, Tally
from consultations.models.telling import only_teller

log = structlog.get_logger(__name__)
OPTIONS = Options()
# The first half of the advisory lock's key; the second is the consultation.
LOCK_CLASS = 0xED1710
ONE_A_SLOT = {"edition_number", "edition_slot", "edition_periods_never_overlap"}


class _OvertakenError(Exception):
    """A comment that the edition tells as new was taken back while it was being made."""


@dataclass(frozen=True)
class Draft:
    """An edition that is not saved: what it would hold, and its quotes (unsaved rows)."""

    consultation: Consultation
    start: datetime
    end: datetime
    facts: dict[str, Any]
    quotes: tuple[Quote, ...]
    news: frozenset[int]


def make_due(at: datetime) -> list[Edition]:
    """Make every edition that is due at the database's instant `at`; return those made here.

    One that fails its check, or cannot be written, is left to the log and stops no other.
    """
    made = []
    for due in due_editions(at):
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


def compose(consultation: Consultation, *, start: datetime, end: datetime, at: datetime) -> Draft:
    """Return the edition on `[start, end)` as it would be at `at`; reads only.

    Raises UnfaithfulSummaryError where a summary fails its check, or the edition it compares with
    is not as it was published.
    """
    recommendations = _recommendations(consultation)
    last = last_standing(consultation)
    compared = last.period.upper if last else None
    reading = snapshots.read(recommendations, start, end, compared=compared)
    before = earlier_summaries(last, sound_quotes(last)) if last else {}
    quotes, told = _told(recommendations, reading, before)
    facts = {
        **_frame(consultation, start, end, at),
        "recommendations": told,
        "regions": dict(sorted(reading.regions.items())),
        "moderation": moderated.told(consultation.pk, start, end),
        "record": _end_of_record(consultation),
        "bodies": dict(sorted(reading.bodies.items())),
        "compared": last.number if last else 0,
    }
    return Draft(consultation, start, end, facts, tuple(quotes), frozenset(reading.news))


def _told(
    recommendations: Sequence[Recommendation],
    reading: snapshots.Reading,
    before: Mapping[int, Summary],
) -> tuple[list[Quote], list[dict[str, Any]]]:
    """Summarise each recommendation; nobody's words stay in this process."""
    quotes: list[Quote] = []
    told: list[dict[str, Any]] = []
    try:
        for each in recommendations:
            snapshot, earlier = reading.snapshots[each.pk], before.get(each.number)
            summary = checked(summarise(snapshot, earlier, OPTIONS), snapshot, earlier)
            quotes += _quotes(each, summary, reading.versions)
            title = str(each.current)
            told.append({"number": each.number, "title": title, "summary": bare(summary)})
    finally:
        forget()
    return quotes, told


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
    if due not in due_editions(at):
        return None
    consultation = Consultation.objects.get(pk=due.consultation_id)
    draft = compose(consultation, start=due.start, end=due.slot, at=at)
    return _save(draft, at) if draft.news else None


def _save(draft: Draft, at: datetime) -> Edition:
    consultation = draft.consultation
    last = consultation.editions.telling().aggregate(last=Max("number"))["last"]
    number = (last or 0) + 1
    edition = Edition.objects.create(
        consultation=consultation,
        number=number,
        slot=draft.end,
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
    _settle(draft)
    _record(edition, at=at)
    if at_once:
        editions.record_release(edition, by=None, at=at)
    return edition


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
    }
    consultation_id = edition.consultation_id
    ledger.append(consultation_id=consultation_id, act="edition_made", at=at, payload=payload)


def _recommendations(consultation: Consultation) -> list[Recommendation]:
    rows = consultation.recommendations.filter(current__isnull=False)
    return list(rows.select_related("current").order_by("number", "pk"))


def checked(summary: Summary, snapshot: Snapshot, before: Summary | None) -> Summary:
    """Return the summary, if an independent count agrees; else raise UnfaithfulSummaryError."""
    violations = verify(summary, snapshot, before, OPTIONS)
    if violations:
        found = "; ".join(f"{each.code} {each.where}: {each.detail}" for each in violations)
        raise UnfaithfulSummaryError(f"recommendation {snapshot.recommendation}: {found}")
    return summary


def _quotes(
    recommendation: Recommendation, summary: Summary, versions: dict[tuple[int, str], int]
) -> list[Quote]:
    made = []
    for position, quote in enumerate(summary.quotes, start=1):
        salt, sealed = seal(quote.text)
        made.append(
            Quote(
                recommendation=recommendation,
                version_id=versions[recommendation.pk, quote.comment],
                position=position,
                block=quote.block,
                start=quote.start,
                end=quote.end,
                why=quote.why,
                salt=salt,
                hash=sealed,
            )
        )
    return made


def _frame(
    consultation: Consultation, start: datetime, end: datetime, at: datetime
) -> dict[str, Any]:
    """What stands around the summaries, as it was when the edition was made."""
    waiting = Tally.objects.filter(recommendation__consultation=consultation)
    upcoming = next_edition_at(consultation, max(at, end), told=end)
    return {
        "format": FORMAT,
        "method": METHOD,
        "title": consultation.title,
        "owner": consultation.owner,
        "slug": consultation.slug,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "waiting": waiting.aggregate(n=Sum("waiting"))["n"] or 0,
        "opens_at": _instant(consultation.opens_at),
        "closes_at": _instant(consultation.closes_at),
        "next_at": _instant(upcoming),
        "withdrawn": since.withdrawn(consultation.pk, start, end),
        "checked": consultation.release != Consultation.Release.AT_ONCE,
    }


def _end_of_record(consultation: Consultation) -> dict[str, Any]:
    """The end of the ledger before the edition, which readers hold from now on: none cuts it."""
    entry, sealed = ledger.last(consultation.pk)
    return {"entry": entry, "hash": sealed}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
