"""Keeps the results true: finds which have changed, counts them once, stores one row."""

from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import DatabaseError
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from consultations import ledger
from consultations.models import Comment, Consultation, LedgerEntry, Results, database_now, kept
from consultations.models.results import FORMAT
from consultations.results.count import figures

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=10)


def refresh(at: datetime) -> int:
    """Count the results of every consultation whose record has grown since; return how many.

    `at` is the database's instant. One that cannot be counted is left to the log, keeps what it
    had, and stops no other.
    """
    counted = 0
    for consultation in _changed(at):
        held = Results.objects.hold(consultation, at, LEASE)
        if held is None:
            continue
        try:
            _count(consultation, held, at)
        except (ValueError, DatabaseError):
            log.exception("results_not_counted", consultation=consultation.pk)
        else:
            counted += 1
    return counted


def _changed(at: datetime) -> list[Consultation]:
    """Consultations that opened, whose ledger has gone on or that have closed since (a query)."""
    head = LedgerEntry.objects.filter(consultation=OuterRef("pk")).order_by("-sequence")
    seen = Coalesce(F("results__entry"), -1)
    rows = Consultation.objects.filter(state=Consultation.State.PUBLISHED, opens_at__lte=at)
    rows = rows.annotate(head=Coalesce(Subquery(head.values("sequence")[:1]), 0))
    closed = Q(closes_at__lte=at, results__counted_at__lt=F("closes_at"))
    return list(
        rows.filter(~Q(head=seen) | ~Q(results__figures__format=FORMAT) | closed)
        .filter(kept.free(at, "results__"))
        .order_by("pk")
    )


def _count(consultation: Consultation, held: Results, at: datetime) -> None:
    """Count and store what is on the record, whose end is read first: later things are seen next.

    Up to an instant after that: what came while others were counted is on the record already.
    """
    entry, _hash = ledger.last(consultation.pk)
    now, started = max(at, database_now()), monotonic()
    whole = _whole(consultation, held, now)
    before = {
        name: {reference: tuple(said) for reference, said in each.items()}
        for name, each in held.company.items()
    }
    found, company = figures(consultation, before, at=now, whole=whole)
    seconds = monotonic() - started
    Results.objects.filter(pk=held.pk, lease_until=held.lease_until).update(
        entry=entry,
        counted_at=now,
        seconds=seconds,
        figures=found,
        company=company,
        lease_until=kept.rested(now, seconds),
    )


def _whole(consultation: Consultation, held: Results, now: datetime) -> bool:
    """Whether everything is to be told: it has closed, and nothing waited once for a decision."""
    if consultation.phase(now) != Consultation.Phase.CLOSED:
        return False
    before = bool(held.figures and held.figures.get("whole"))
    waiting = Comment.objects.filter(recommendation__consultation=consultation, waiting=True)
    return before or not waiting.exists()
