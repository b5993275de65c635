"""What the results hold, from one reading of the comments; nothing here is stored or rendered.

With `keep`, next door, it reaches numpy through the editions' analysis: web pages must not
import it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from consultations.analysis.campaigns import by_hash, groups, together, voices_of
from consultations.analysis.facts import count as facts_of
from consultations.analysis.facts import rows_by
from consultations.analysis.plain import record
from consultations.analysis.summary import KINDS, Entry, Options, Snapshot
from consultations.digests import snapshots
from consultations.models import Comment, Consultation, Recommendation, Response
from consultations.models.clock import LONDON

FORMAT = 1
_OPTIONS = Options()
_DECLARED = (
    "reference",
    "kind",
    "organisation_id",
    "region__code",
    "region__name",
    "region__order",
    "channel",
    "late_reason",
    "received_on",
    "submitted_at",
    "published",
)


def figures(consultation: Consultation, *, at: datetime) -> dict[str, Any]:
    """Return the results as they are at `at`, as plain values for JSON.

    `recommendations` holds the tables of each (stances by kind, organisation kind, size band and
    region) and its campaigns, `respondents` who answered, when and how. Rows under five that hold
    unpublished comments are merged as in the editions.
    """
    rows = consultation.recommendations.filter(current__isnull=False)
    recommendations = list(rows.select_related("current").order_by("number", "pk"))
    reading = snapshots.read(recommendations, at, at)
    sizes = _sizes(recommendations, at)
    return {
        "format": FORMAT,
        "recommendations": [
            _recommendation(each, reading.snapshots[each.pk], sizes) for each in recommendations
        ],
        "regions": dict(sorted(reading.regions.items())),
        "bodies": dict(sorted(reading.bodies.items())),
        "sizes": dict(sorted({code: name for code, name in sizes.values() if code}.items())),
        "respondents": _respondents(consultation, at),
    }


def _recommendation(
    recommendation: Recommendation, snapshot: Snapshot, sizes: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    def size(entry: Entry) -> str:
        return sizes.get(entry.comment, ("", ""))[0]

    entries = by_hash(snapshot.entries)
    held = together(entries, voices_of(entries))
    facts = facts_of(snapshot, None, _OPTIONS, distinct=len(held))
    letters = [each for each in groups(snapshot, held, None, _OPTIONS) if each.campaign]
    # a part of the employers' row: not told where the row itself is not
    apart = any(row.keys == ("employer",) and row.stances is not None for row in facts.by_kind)
    employers = [entry for entry in snapshot.entries if apart and entry.kind == "employer"]
    order = sorted({size(entry) for entry in employers}, key=lambda code: (not code, code))
    by_size = rows_by(employers, size, tuple(order), _OPTIONS)
    return {
        "number": recommendation.number,
        "title": str(recommendation.current),
        "facts": record(facts),
        "by_size": [record(row) for row in by_size],
        # whose they are is told by none of them: they may be unpublished
        "campaigns": [{**record(each), "ids": []} for each in letters],
    }


def _sizes(recommendations: list[Recommendation], at: datetime) -> dict[str, tuple[str, str]]:
    """The size band (code, name) of each employer's comment that has one."""
    found = Comment.objects.counted_before(at).filter(
        recommendation__in=recommendations, kind="employer", response__size_band__isnull=False
    )
    names = ("reference", "response__size_band__code", "response__size_band__name")
    return {row[0]: (row[1], row[2]) for row in found.values_list(*names).iterator(2_000)}


def _respondents(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Who answered: everybody of whom a comment counts, once each, whatever they allowed."""
    counted = Comment.objects.counted_before(at).filter(response=OuterRef("pk"))
    answered = Response.objects.filter(Exists(counted), consultation=consultation)
    shown = Exists(counted.filter(listed=True))
    rows = list(answered.annotate(published=shown).order_by("pk").values(*_DECLARED))
    regions = {row["region__code"]: row["region__name"] for row in rows if row["region__code"]}
    order = {row["region__code"] or "": row["region__order"] or 0 for row in rows}
    entries = [_entry(row) for row in rows]
    places = sorted(order, key=lambda code: (not code, order[code], code))
    return {
        "total": len(rows),
        "organisations": sum(row["organisation_id"] is not None for row in rows),
        "late": sum(row["late_reason"] != "" for row in rows),
        "by_kind": _sized(rows_by(entries, lambda entry: entry.kind, KINDS, _OPTIONS)),
        "by_region": _sized(rows_by(entries, lambda entry: entry.region, tuple(places), _OPTIONS)),
        "by_channel": dict(sorted(Counter(row["channel"] for row in rows).items())),
        "by_day": _by_day(rows),
        "regions": regions,
    }


def _entry(row: Mapping[str, Any]) -> Entry:
    """A respondent as something to be counted: who they are, and whether that is public."""
    return Entry(
        comment=row["reference"],
        text="",
        stance="no_view",
        kind=row["kind"],
        region=row["region__code"] or "",
        organisation="",
        published=row["published"],
        quotable=False,
        new=False,
    )


def _sized(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of which only the size is told."""
    return [{"keys": list(row.keys), "total": row.total} for row in rows]


def _by_day(rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """How many answered on each London day: the day received, where it came otherwise."""
    days = Counter(
        row["received_on"] or row["submitted_at"].astimezone(LONDON).date() for row in rows
    )
    return [[day.isoformat(), number] for day, number in sorted(days.items())]
