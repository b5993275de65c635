"""Composes editions and final summaries: reads, summarises, checks; nothing here writes.

With `snapshots`, `build` and `jobs` the only modules of this package that reach numpy: web pages
and the admin must not import them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from consultations import ledger
from consultations.analysis.summary import METHOD, Options, Snapshot, Summary, forget, summarise
from consultations.analysis.verify import verify
from consultations.digests import moderated, since, snapshots, whole
from consultations.digests.before import FORMAT, bare, earlier_summaries, last_standing
from consultations.digests.due import next_edition_at
from consultations.digests.final import is_to_come
from consultations.digests.quoting import seal
from consultations.digests.sound import sound_quotes
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import Consultation, Quote, Recommendation, Tally

OPTIONS = Options()


@dataclass(frozen=True)
class Draft:
    """An edition that is not saved: what it would hold, and its quotes (unsaved rows)."""

    consultation: Consultation
    start: datetime
    end: datetime
    facts: dict[str, Any]
    quotes: tuple[Quote, ...]
    news: frozenset[int]
    final: bool = False


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
        **_names(reading),
        "recommendations": told,
        "compared": last.number if last else 0,
        "final_to_come": is_to_come(consultation, at),
    }
    return Draft(consultation, start, end, facts, tuple(quotes), frozenset(reading.news))


def compose_final(consultation: Consultation, *, end: datetime, at: datetime) -> Draft:
    """Return the final summary of all from the opening to `end`, as it would be at `at`.

    Nothing in it is new or compared: what the editions told is in it once more, as it stands. Reads
    only. Raises UnfaithfulSummaryError where a check fails.
    """
    start = consultation.opens_at or end
    recommendations = _recommendations(consultation)
    reading = snapshots.read(recommendations, end, end)
    quotes, told = _told(recommendations, reading, {}, whole=True)
    facts = {
        **_frame(consultation, start, end, at),
        **_names(reading),
        "recommendations": told,
        "compared": 0,
        "whole": whole.told(consultation, end, OPTIONS),
    }
    return Draft(consultation, start, end, facts, tuple(quotes), frozenset(), final=True)


def _told(
    recommendations: Sequence[Recommendation],
    reading: snapshots.Reading,
    before: Mapping[int, Summary],
    *,
    whole: bool = False,
) -> tuple[list[Quote], list[dict[str, Any]]]:
    """Summarise each recommendation; nobody's words stay in this process."""
    quotes: list[Quote] = []
    told: list[dict[str, Any]] = []
    try:
        for each in recommendations:
            snapshot, earlier = reading.snapshots[each.pk], before.get(each.number)
            made = summarise(snapshot, earlier, OPTIONS, whole=whole)
            summary = checked(made, snapshot, earlier)
            quotes += _quotes(each, summary, reading.versions)
            title = str(each.current)
            told.append({"number": each.number, "title": title, "summary": bare(summary)})
    finally:
        forget()
    return quotes, told


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
        "moderation": moderated.told(consultation.pk, start, end),
        "record": _end_of_record(consultation),
        "checked": consultation.release != Consultation.Release.AT_ONCE,
    }


def _names(reading: snapshots.Reading) -> dict[str, Any]:
    """What the codes in the summaries stand for."""
    return {
        "regions": dict(sorted(reading.regions.items())),
        "bodies": dict(sorted(reading.bodies.items())),
    }


def _end_of_record(consultation: Consultation) -> dict[str, Any]:
    """The end of the ledger before the edition, which readers hold from now on: none cuts it."""
    entry, sealed = ledger.last(consultation.pk)
    return {"entry": entry, "hash": sealed}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
