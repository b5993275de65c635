"""What an edition says about one recommendation: its frozen summary in words, quotes looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.digests import comparing
from consultations.digests.quoting import Spoken
from consultations.digests.shapes import Block, Cell, Link, Row, Said, Section
from consultations.digests.sources import SIDES, Page, row_anchor, sentences
from consultations.digests.wording import KINDS, change, chosen, joined, names_of_bodies
from consultations.models import Quote, Stance

MAILED = 3  # quotes of an edition that was made before the number stood in its facts


def section(
    told: Mapping[str, Any],
    facts: Mapping[str, Any],
    spoken: Sequence[Spoken],
    beside: Mapping[str, Link],
) -> Section:
    """Return what is said of one recommendation.

    `told` is its part of the edition's `facts`; `spoken` are its quotes in their order; `beside`,
    by reference, the comments that it names and that may be read now.
    """
    summary, number = told["summary"], told["number"]
    path = reverse("recommendations.show", args=[facts["slug"], number])
    quotes = tuple(
        _said(place, quote, told, facts, beside) for place, quote in enumerate(spoken, start=1)
    )
    page = Page(number, path, summary, quotes)
    counted = summary["facts"]
    grouped = comparing.placed(summary["statements"])
    new, total, stances = counted["new"], counted["total"], counted["stances"]
    return Section(
        number=number,
        title=told["title"],
        path=path,
        new=new,
        total=total,
        news=_in_all(total) if summary.get("whole") else _news(new, total),
        counts=tuple((stance, stances[stance]) for stance in Stance.values) if stances else (),
        cells=_cells(stances, counted["movement"]) if stances else (),
        kinds=rows(counted["by_kind"], KINDS, page, "kind"),
        regions=rows(counted["by_region"], facts["regions"], page, "region"),
        bodies=_bodies(counted.get("by_body", ()), facts, page),
        quotes=quotes,
        blocks=_blocks(quotes),
        sentences=sentences(grouped["head"], page),
        rows=sentences(grouped["rows"], page),
        ground=comparing.ground(grouped["ground"], page),
        campaigns=comparing.campaigns(grouped["campaigns"], page, rows),
        changed=comparing.changed(grouped["changed"], page, beside),
        remarks=comparing.remarks(grouped),
        mailed=summary["options"].get("mail_quotes", MAILED),
    )


def rows(
    told: Sequence[Mapping[str, Any]], names: Mapping[str, Any], page: Page, facet: str
) -> tuple[Row, ...]:
    """Return the lines of a table, with `names` for their codes."""
    return tuple(_row(each, names, row_anchor(page, facet, each["keys"])) for each in told)


def _bodies(
    told: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], page: Page
) -> tuple[Row, ...]:
    names: dict[str, Any] = {}
    for each in told:
        names |= names_of_bodies(each, facts)
    return rows(told, names, page, "body")


def _row(row: Mapping[str, Any], names: Mapping[str, Any], anchor: str) -> Row:
    keys = tuple(row["keys"])
    label = joined([str(names.get(key, key)) if key else _("No region given") for key in keys])
    size = Row(keys, anchor, label, row["total"], row["new"], (), None, None)
    if row["stances"] is None:
        return size
    support, oppose = (sum(row["stances"][each] for each in SIDES[side]) for side in SIDES)
    cells = _cells(row["stances"], row["movement"])
    return replace(size, cells=cells, support=support, oppose=oppose)


def _cells(stances: Mapping[str, int], movement: Mapping[str, int] | None) -> tuple[Cell, ...]:
    moved = {stance: change(by) for stance, by in (movement or {}).items() if by}
    return tuple(Cell(stances[stance], moved.get(stance, "")) for stance in Stance.values)


def _news(new: int, total: int) -> str:
    if not total:
        return _("No comments yet.")
    told = ngettext("%(new)s new comment", "%(new)s new comments", new) % {"new": f"{new:,}"}
    told = told if new else _("No new comments")
    return _("%(told)s, %(total)s in all.") % {"told": told, "total": f"{total:,}"}


def _in_all(total: int) -> str:
    return ngettext("%(n)s comment.", "%(n)s comments.", total) % {"n": f"{total:,}"}


def _said(
    place: int,
    quote: Spoken,
    told: Mapping[str, Any],
    facts: Mapping[str, Any],
    beside: Mapping[str, Link],
) -> Said:
    """One quotation; what is said of it beside its words goes with them."""
    where = [facts["slug"], quote.recommendation, quote.reference]
    frozen = told["summary"]["quotes"][place - 1] if quote.reference else {}
    related = [beside[each] for each in frozen.get("related", ()) if each in beside]
    return Said(
        anchor=f"recommendation-{quote.recommendation}-quote-{place}",
        text=quote.text,
        removed=quote.removed,
        said_by=quote.said_by,
        region=quote.region,
        stance=quote.stance,
        stance_label=quote.stance_label,
        block=quote.block,
        path=reverse("comments.show", args=where) if quote.reference else "",
        why=chosen(frozen, facts["regions"] if quote.region else {}) if frozen else "",
        related=tuple(related),
    )


def _blocks(quotes: Sequence[Said]) -> tuple[Block, ...]:
    found = (
        Block(str(label), tuple(each for each in quotes if each.block == block))
        for block, label in Quote.Block.choices
    )
    return tuple(each for each in found if each.quotes)
