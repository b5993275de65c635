"""From rows to plain values: what a consultation's comments say at one instant, by recommendation.

The words of comments that are not listed are read for counting alone, and never leave.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, DateTimeField, F, When

from consultations.analysis.summary import Entry, Snapshot
from consultations.models import Comment, Permission, Recommendation
from consultations.models.reviewed import made_public_at, public_words_read
from consultations.models.succession import successors

CHUNK = 2_000
FIELDS = {
    "organisation": F("response__organisation_id"),
    "body_code": F("response__organisation_kind__code"),
    "body_name": F("response__organisation_kind__name"),
    "represents": F("response__organisation_kind__is_representative"),
    "region_code": F("region__code"),
    "region_name": F("region__name"),
    "sent_text": F("public_version__text"),
    "permission": F("public_version__permission"),
    "likeness": F("public_version__likeness__version_id"),
    "campaign": F("public_version__likeness__campaign_id"),
    "read": public_words_read(),
    "changed_at": Case(
        When(public_version__number__gt=1, then=made_public_at()), output_field=DateTimeField()
    ),
}
PLAIN = (
    "pk",
    "reference",
    "recommendation_id",
    "public_version_id",
    "public_text",
    "stance",
    "kind",
    "state",
    "listed",
    "first_published_at",
    "counted_since",
    "shown_region_id",
)


@dataclass
class Reading:
    """What was read: a snapshot for each recommendation, and what its codes stand for.

    `versions` holds the public version of each (recommendation, reference) that may be quoted,
    `news` the comments that are told as new.
    """

    snapshots: dict[int, Snapshot]
    news: set[int] = field(default_factory=set)
    versions: dict[tuple[int, str], int] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)


def read(
    recommendations: list[Recommendation],
    start: datetime,
    end: datetime,
) -> Reading:
    """Return what counts now and did so before `end` (two queries).

    An organisation that has ended counts as the last of its successors in force at the `end`.
    New is what was first published in `[start, end)` and stands still; held, what counted before
    `start`; edited, what was published before `start` and has other public words since. What
    counted before `end` and was first published later, as after an appeal, is counted without
    being shown.
    """
    entries: dict[int, list[Entry]] = defaultdict(list)
    reading = Reading({})
    counted = Comment.objects.counted_before(end).filter(recommendation__in=recommendations)
    later = successors(end.date())
    for row in counted.order_by("pk").values(*PLAIN, **FIELDS).iterator(CHUNK):
        if not row["first_published_at"] or row["first_published_at"] >= end:
            row["listed"], row["first_published_at"] = False, None
        row["organisation"] = later.get(row["organisation"], row["organisation"])
        entry = _entry(row, start, end)
        entries[row["recommendation_id"]].append(entry)
        _note(reading, row, entry)
    reading.snapshots = {
        each.pk: Snapshot(each.number, tuple(entries[each.pk])) for each in recommendations
    }
    return reading


def _entry(row: Mapping[str, Any], start: datetime, end: datetime) -> Entry:
    """One comment; only what a moderator has read is quoted, in whichever order it came."""
    published_at: datetime | None = row["first_published_at"]
    changed_at: datetime | None = row["changed_at"]
    return Entry(
        comment=row["reference"],
        text=_words(row),
        stance=row["stance"],
        kind=row["kind"],
        region=row["region_code"] or "",
        organisation=str(row["organisation"] or ""),
        published=row["listed"],
        quotable=row["listed"] and row["read"],
        new=published_at is not None
        and published_at >= start
        and row["state"] == Comment.State.PUBLISHED,
        body=row["body_code"] if _is_body(row) else "",
        representative=_is_body(row) and row["represents"],
        cluster=_cluster(row),
        held=row["counted_since"] < start,
        edited=published_at is not None
        and published_at < start
        and changed_at is not None
        and start <= changed_at < end,
        placed=row["shown_region_id"] is not None,
    )


def _is_body(row: Mapping[str, Any]) -> bool:
    """Whether it is an organisation's own; one whose claim is not confirmed speaks for itself."""
    return bool(row["organisation"] and row["body_code"])


def _cluster(row: Mapping[str, Any]) -> str:
    """The campaign that the public words stand in, or the comment alone; "" before they are seen.

    A moderator's split or join is in it.
    """
    if row["campaign"]:
        return f"campaign:{row['campaign']}"
    return f"comment:{row['reference']}" if row["likeness"] else ""


def _words(row: Mapping[str, Any]) -> str:
    """The public words; for one published but not to be shown, its own, for coverage alone."""
    if row["listed"]:
        return str(row["public_text"])
    kept_back = row["first_published_at"] and row["state"] == Comment.State.PUBLISHED
    return str(row["sent_text"] or "") if kept_back and _unpublished(row) else ""


def _unpublished(row: Mapping[str, Any]) -> bool:
    return bool(row["permission"] == Permission.UNPUBLISHED)


def _note(reading: Reading, row: Mapping[str, Any], entry: Entry) -> None:
    if entry.new:
        reading.news.add(row["pk"])
    if row["region_code"]:
        reading.regions[row["region_code"]] = row["region_name"]
    if entry.body:
        reading.bodies[entry.body] = row["body_name"]
    if row["listed"]:
        key = (row["recommendation_id"], row["reference"])
        reading.versions[key] = row["public_version_id"]
