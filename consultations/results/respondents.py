"""Who answered, when and how: respondents counted once each, whatever they said and allowed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from consultations.analysis.facts import rows_by
from consultations.analysis.summary import KINDS, Entry, Options
from consultations.models import Comment, Consultation, Response
from consultations.models.clock import LONDON
from consultations.results.company import Declared, told

_OPTIONS = Options()
_READ = (
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
    "named",
)


def counted(
    consultation: Consultation, before: Mapping[str, Declared], *, at: datetime, whole: bool
) -> tuple[dict[str, Any], dict[str, Declared]]:
    """Return who answered, and those told in company, by reference (one query).

    How many there are, and when they came, is told of everybody. Their kind, region and way are
    told of who shows a name; of others in company, as `company` has it, unless it is the `whole`.
    """
    rows = _read(consultation, at)
    named = {row["reference"]: _declared(row) for row in rows if whole or row["named"]}
    others = {row["reference"]: _declared(row) for row in rows if row["reference"] not in named}
    known = {reference: each for reference, each in before.items() if reference not in named}
    company = told(known, others, _rows, _OPTIONS.minimum_new)
    published = {row["reference"] for row in rows if row["published"]}
    everybody = [
        _entry(reference, each, published=reference in published)
        for reference, each in (named | company).items()
    ]
    declared = [*named.values(), *company.values()]
    by_region = _sized(
        rows_by(everybody, lambda entry: entry.region, _places(rows, everybody), _OPTIONS)
    )
    told_of = {key for row in by_region for key in row["keys"]}
    return {
        "total": len(rows),
        "apart": len(rows) - len(everybody),
        "organisations": sum(bool(body) for _kind, _region, _channel, body in declared),
        "late": sum(row["late_reason"] != "" for row in rows),
        "by_kind": _sized(rows_by(everybody, lambda entry: entry.kind, KINDS, _OPTIONS)),
        "by_region": by_region,
        "by_channel": dict(sorted(Counter(channel for _k, _r, channel, _b in declared).items())),
        "by_day": _by_day(rows),
        "regions": {
            row["region__code"]: row["region__name"]
            for row in rows
            if row["region__code"] in told_of
        },
    }, company


def _read(consultation: Consultation, at: datetime) -> list[dict[str, Any]]:
    counting = Comment.objects.counted_before(at).filter(response=OuterRef("pk"))
    answered = Response.objects.filter(Exists(counting), consultation=consultation)
    shown = {
        "published": Exists(counting.filter(listed=True)),
        "named": Exists(counting.filter(listed=True, signed=True)),
    }
    return list(answered.annotate(**shown).order_by("pk").values(*_READ))


def _declared(row: Mapping[str, Any]) -> Declared:
    body = "organisation" if row["organisation_id"] is not None else ""
    return row["kind"], row["region__code"] or "", row["channel"], body


def _rows(declared: Declared) -> tuple[str, ...]:
    return tuple(f"{table}:{code}" for table, code in zip("krcb", declared, strict=True))


def _places(rows: Iterable[Mapping[str, Any]], told_of: Iterable[Entry]) -> tuple[str, ...]:
    """The regions of those told of, in the order of the list; who gave none stand last."""
    order = {row["region__code"] or "": row["region__order"] or 0 for row in rows}
    found = {entry.region for entry in told_of}
    return tuple(sorted(found, key=lambda code: (not code, order.get(code, 0), code)))


def _entry(reference: str, declared: Declared, *, published: bool) -> Entry:
    """A respondent as something to be counted: who they are, and whether that is public."""
    kind, region, _channel, _body = declared
    return Entry.counted(kind, region, published=published, comment=reference)


def _sized(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of which only the size is told."""
    return [{"keys": list(row.keys), "total": row.total} for row in rows]


def _by_day(rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """How many answered on each London day: the day received, where it came otherwise."""
    days = Counter(
        row["received_on"] or row["submitted_at"].astimezone(LONDON).date() for row in rows
    )
    return [[day.isoformat(), number] for day, number in sorted(days.items())]
