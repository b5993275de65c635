"""The stored results as a page reads them: plain strings and numbers, names and links put in.

Web pages import this and `drawing`; it reads no comments.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.analysis.facts import percentage
from consultations.digests.wording import KINDS, joined, names_of_bodies
from consultations.models import Consultation, ExpectedShare, Response, Stance
from consultations.results.behind import Behind
from consultations.results.drawing import bars
from consultations.results.shapes import WITHHELD, Campaign, Line, Page, Reach, Section, Span, Table

# Days are told one by one up to so many; a longer time is told by weeks.
MOST_DAYS = 35


def page(
    consultation: Consultation,
    figures: Mapping[str, Any],
    expected: Iterable[ExpectedShare] = (),
    *,
    tables: bool = True,
) -> Page:
    """Return the page of stored figures, its sections without `tables` where none are shown.

    `expected` shares come with their regions.
    """
    told = figures["respondents"]
    kinds, regions = _expected(expected)
    places = {**told["regions"], **{code: name for code, (name, _n) in regions.items()}}
    by_kind = _reached(told, "by_kind", KINDS, {code: n for code, (_name, n) in kinds.items()})
    by_region = _reached(told, "by_region", places, {c: n for c, (_name, n) in regions.items()})
    channels = {channel.value: str(channel.label) for channel in Response.Channel}
    times, weekly = _times(told["by_day"])
    return Page(
        whole=figures["whole"],
        who=_who(told),
        kinds=by_kind,
        regions=by_region,
        silent=tuple(row.label for row in (*by_kind, *by_region) if not row.total and row.expected),
        expected=bool(kinds or regions),
        channels=tuple((channels[name], n) for name, n in told["by_channel"].items()),
        times=times,
        weekly=weekly,
        sections=tuple(
            _section(each, figures, consultation.slug, tables=tables)
            for each in figures["recommendations"]
        ),
        stances=tuple(str(label) for label in Stance.labels),
    )


def _who(told: Mapping[str, Any]) -> tuple[str, ...]:
    """The sentences about who answered."""
    total, organisations, late = told["total"], told["organisations"], told["late"]
    said = [
        ngettext("%(n)s response counts.", "%(n)s responses count.", total) % {"n": f"{total:,}"}
    ]
    if organisations:
        counted = ngettext(
            "%(n)s is an organisation’s own.", "%(n)s are organisations’ own.", organisations
        )
        said.append(counted % {"n": f"{organisations:,}"})
    if late:
        came = ngettext(
            "%(n)s came after the close and was accepted.",
            "%(n)s came after the close and were accepted.",
            late,
        )
        said.append(came % {"n": f"{late:,}"})
    if told["apart"]:
        apart = ngettext(
            "Of %(n)s without a public name, kind and region are not told yet.",
            "Of %(n)s without a public name, kinds and regions are not told yet.",
            told["apart"],
        )
        said.append(apart % {"n": f"{told['apart']:,}"})
    return tuple(said)


def _expected(
    shares: Iterable[ExpectedShare],
) -> tuple[dict[str, tuple[str, int]], dict[str, tuple[str, int]]]:
    """What was expected by kind and by region: code to name and per cent."""
    kinds: dict[str, tuple[str, int]] = {}
    regions: dict[str, tuple[str, int]] = {}
    for each in shares:
        if each.region is not None:
            regions[each.region.code] = (each.region.name, each.percent)
        else:
            kinds[each.kind] = (str(KINDS[each.kind]), each.percent)
    return kinds, regions


def _reached(
    told: Mapping[str, Any], name: str, names: Mapping[str, Any], expected: Mapping[str, int]
) -> tuple[Reach, ...]:
    """The rows that answered, then those of whom the owner expected somebody and nobody came.

    Rows counted together are set beside the sum of what was expected of each.
    """
    made, met = [], set()
    base = sum(row["total"] for row in told[name])
    for row in told[name]:
        met |= set(row["keys"])
        hoped = [expected[key] for key in row["keys"] if key in expected]
        made.append(
            Reach(
                label=_label(row["keys"], names),
                total=row["total"],
                share=percentage(row["total"], base),
                expected=sum(hoped) if hoped else None,
            )
        )
    silent = [code for code in expected if code not in met]
    made += [Reach(str(names[code]), 0, percentage(0, base), expected[code]) for code in silent]
    return tuple(made)


def _label(keys: Sequence[str], names: Mapping[str, Any]) -> str:
    return joined([str(names.get(key) or key or _("Not given")) for key in keys])


def _times(by_day: Sequence[Sequence[Any]]) -> tuple[tuple[Span, ...], bool]:
    """One row for each day from the first to the last, or each week where there are many."""
    counted = {date.fromisoformat(day): number for day, number in by_day}
    if not counted:
        return (), False
    first, last = min(counted), max(counted)
    weekly = (last - first).days >= MOST_DAYS
    step = timedelta(days=7 if weekly else 1)
    start = first - timedelta(days=first.weekday()) if weekly else first
    totals: dict[date, int] = {}
    while start <= last:
        totals[start] = 0
        start += step
    for day, number in counted.items():
        totals[day - timedelta(days=day.weekday()) if weekly else day] += number
    most = max(totals.values())
    return tuple(
        Span(date_format(day, "j F"), number, round(100 * number / most))
        for day, number in totals.items()
    ), weekly


def _section(
    told: Mapping[str, Any], figures: Mapping[str, Any], slug: str, *, tables: bool
) -> Section:
    number, stances = told["number"], told["facts"]["stances"]
    path = reverse("recommendations.show", args=[slug, number])
    return Section(
        number=number,
        title=told["title"],
        path=path,
        sentence=_sentence(told, whole=figures["whole"]),
        counts=tuple((stance, stances[stance]) for stance in Stance.values if stances),
        tables=_tables(told, figures, path) if tables else (),
        campaigns=tuple(_campaign(each) for each in told["campaigns"]),
    )


def _tables(told: Mapping[str, Any], figures: Mapping[str, Any], path: str) -> tuple[Table, ...]:
    facts, number = told["facts"], told["number"]
    bodies = {
        key: name
        for row in facts["by_body"]
        for key, name in names_of_bodies(row, {"bodies": figures["bodies"] | _withheld()}).items()
    }
    hidden = {} if figures["whole"] else {"": _("Not given, or not shown")}
    facets = (
        ("kind", _("By kind of respondent"), _("Kind"), facts["by_kind"], KINDS),
        ("body", _("By kind of organisation"), _("Kind of organisation"), facts["by_body"], bodies),
        (
            "size",
            _("Employers, by how many people they employ"),
            _("Size"),
            told["by_size"],
            figures["sizes"] | hidden,
        ),
        ("region", _("By region"), _("Region"), facts["by_region"], figures["regions"] | hidden),
    )
    behind = Behind(path, told["to_read"], whole=figures["whole"])
    return tuple(_table(*facet, number=number, behind=behind) for facet in facets if facet[3])


def _campaign(told: Mapping[str, Any]) -> Campaign:
    stances: Mapping[str, int] = told["stances"] or {}
    return Campaign(
        size=told["size"],
        wordings=told["distinct"],
        counts=tuple((stance, stances[stance]) for stance in Stance.values if stances),
        senders=tuple((_label(row["keys"], KINDS), row["total"]) for row in told["kinds"]),
    )


def _withheld() -> dict[str, str]:
    """The names of the rows of those who are shown without their own."""
    return {
        code: _("%(kind)s, name not shown") % {"kind": KINDS[kind]}
        for kind, code in WITHHELD.items()
    }


def _sentence(told: Mapping[str, Any], *, whole: bool) -> str:
    facts = told["facts"]
    total, unpublished, distinct = facts["total"], facts["unpublished"], facts["distinct"]
    said = ngettext("%(n)s comment.", "%(n)s comments.", total) % {"n": f"{total:,}"}
    # before all is told, texts are compared where they are published
    if facts["stances"] is not None and distinct < (total if whole else total - unpublished):
        texts = ngettext("%(n)s distinct text.", "%(n)s distinct texts.", distinct)
        said += " " + texts % {"n": f"{distinct:,}"}
    if unpublished:
        kept = ngettext(
            "%(n)s is counted and not published.",
            "%(n)s are counted and not published.",
            unpublished,
        )
        said += " " + kept % {"n": f"{unpublished:,}"}
    if facts["stances"] is None:
        said += " " + _("They are too few to tell what was said; what is published can be read.")
    if told["apart"]:
        apart = ngettext(
            "%(n)s more, not published, is not in these figures yet.",
            "%(n)s more, not published, are not in these figures yet.",
            told["apart"],
        )
        said += " " + apart % {"n": f"{told['apart']:,}"}
    return said


def _table(
    name: str,
    caption: str,
    first: str,
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, Any],
    *,
    number: int,
    behind: Behind,
) -> Table:
    drawn = bars([row["stances"] for row in rows])
    lines = tuple(
        Line(
            names=tuple((_label([key], names), behind.address(name, key)) for key in row["keys"]),
            total=row["total"],
            to_read=sum(behind.found(name, key) for key in row["keys"]),
            counts=_in_order(row["stances"]) if row["stances"] else (),
            bar=bar,
        )
        for row, bar in zip(rows, drawn, strict=True)
    )
    return Table(f"r{number}-{name}", caption, first, lines)


def _in_order(stances: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(stances[stance] for stance in Stance.values)
