"""What the results hold, from one reading of the comments; nothing here is stored or rendered.

With `keep`, next door, it reaches numpy through the editions' analysis: web pages must not
import it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from consultations.analysis.campaigns import by_hash, groups, together, voices_of
from consultations.analysis.facts import count as facts_of
from consultations.analysis.facts import rows_by
from consultations.analysis.plain import record
from consultations.analysis.shapes import Facts, Row
from consultations.analysis.summary import Entry, Options, Snapshot
from consultations.digests import snapshots
from consultations.models import Comment, Consultation, Recommendation
from consultations.models.results import FORMAT
from consultations.results import respondents
from consultations.results.company import Declared
from consultations.results.standing import Standing, everything, so_far

RESPONDENTS = "respondents"
_OPTIONS = Options()
# What stands in the figures and is not published, by reference: for each recommendation's number,
# and for the respondents.
Company: TypeAlias = Mapping[str, Mapping[str, Declared]]


def figures(
    consultation: Consultation, before: Company, *, at: datetime, whole: bool
) -> tuple[dict[str, Any], dict[str, dict[str, Declared]]]:
    """Return the results as they are at `at`, as plain values for JSON, and who is in company.

    `recommendations` holds the tables of each (stances by kind, organisation kind, size band and
    region) and its campaigns, `respondents` who answered, when and how. Rows under five that hold
    unpublished comments are merged as in the editions. Unless it is the `whole`, as after the
    close, comments that are not published come into the figures, and leave them, in company alone
    (`before` is what the last count returned of them); nameless ones stand where the public sees
    them; campaigns and distinct texts are those of published comments.
    """
    rows = consultation.recommendations.filter(current__isnull=False)
    recommendations = list(rows.select_related("current").order_by("number", "pk"))
    reading = snapshots.read(recommendations, at, at)
    bands, nameless = _bands(recommendations, at), _nameless(recommendations, at)
    made: list[dict[str, Any]] = []
    company: dict[str, dict[str, Declared]] = {}
    for each in recommendations:
        entries, number = reading.snapshots[each.pk].entries, str(each.number)
        sizes = {entry.comment: bands.get(entry.comment, ("", ""))[0] for entry in entries}
        if whole:
            stands = everything(entries, sizes, nameless)
        else:
            stands = so_far(entries, sizes, nameless, before.get(number, {}))
        apart = len(entries) - len(stands.entries)
        made.append(_recommendation(each, stands, nameless) | {"apart": apart})
        company[number] = stands.company
    answered, company[RESPONDENTS] = respondents.counted(
        consultation, before.get(RESPONDENTS, {}), at=at, whole=whole
    )
    told = {
        "format": FORMAT,
        "whole": whole,
        "recommendations": made,
        "regions": _named(reading.regions, [each["facts"]["by_region"] for each in made]),
        "bodies": _named(reading.bodies, [each["facts"]["by_body"] for each in made]),
        "sizes": _named(dict(bands.values()), [each["by_size"] for each in made]),
        "respondents": answered,
    }
    return told, company


def _recommendation(
    recommendation: Recommendation, stands: Standing, nameless: Collection[str]
) -> dict[str, Any]:
    read = Snapshot(recommendation.number, stands.read)
    entries = by_hash(read.entries)
    held = together(entries, voices_of(entries))
    snapshot = Snapshot(recommendation.number, stands.entries)
    facts = facts_of(snapshot, None, _OPTIONS, distinct=len(held))
    letters = [each for each in groups(read, held, None, _OPTIONS) if each.campaign]
    return {
        "number": recommendation.number,
        "title": str(recommendation.current),
        "facts": record(facts),
        "by_size": [record(row) for row in _by_size(facts, stands)],
        "to_read": _to_read(stands, nameless),
        # whose they are is told by none of them: they may be unpublished
        "campaigns": [{**record(each), "ids": []} for each in letters],
    }


def _to_read(stands: Standing, nameless: Collection[str]) -> dict[str, dict[str, int]]:
    """How many comments can be found by each row's key: those which show what it says."""
    facets: dict[str, Counter[str]] = {name: Counter() for name in ("kind", "body", "region")}
    sizes: Counter[str] = Counter()
    for entry in stands.shown:
        facets["kind"][entry.kind] += 1
        facets["body"][f"{entry.kind}:{entry.body}"] += 1
        facets["region"][entry.region] += 1
        if entry.kind == "employer":
            sizes["" if entry.comment in nameless else stands.sizes[entry.comment]] += 1
    return {name: dict(found) for name, found in (*facets.items(), ("size", sizes))}


def _by_size(facts: Facts, stands: Standing) -> tuple[Row, ...]:
    """Parts of the employers' row: not told where the row itself is not."""
    if not any(row.keys == ("employer",) and row.stances is not None for row in facts.by_kind):
        return ()
    employers = [entry for entry in stands.entries if entry.kind == "employer"]

    def size(entry: Entry) -> str:
        return stands.sizes[entry.comment]

    order = sorted({size(entry) for entry in employers}, key=lambda code: (not code, code))
    return rows_by(employers, size, tuple(order), _OPTIONS)


def _bands(recommendations: list[Recommendation], at: datetime) -> dict[str, tuple[str, str]]:
    """The size band (code, name) of each employer's comment that has one."""
    found = Comment.objects.counted_before(at).filter(
        recommendation__in=recommendations, kind="employer", response__size_band__isnull=False
    )
    names = ("reference", "response__size_band__code", "response__size_band__name")
    return {row[0]: (row[1], row[2]) for row in found.values_list(*names).iterator(2_000)}


def _nameless(recommendations: list[Recommendation], at: datetime) -> set[str]:
    """The comments that are shown without a name."""
    found = Comment.objects.counted_before(at).filter(
        recommendation__in=recommendations, listed=True, signed=False
    )
    return set(found.values_list("reference", flat=True).iterator(2_000))


def _named(
    names: Mapping[str, str], tables: Iterable[Iterable[Mapping[str, Any]]]
) -> dict[str, str]:
    """The names of what stands in the tables, and no more: another would tell who has come."""
    codes = {key.rpartition(":")[2] for rows in tables for row in rows for key in row["keys"]}
    return {code: name for code, name in sorted(names.items()) if code in codes}
