"""An edition as one structure, of plain strings and numbers, for web page, mail and preview.

Web pages and the admin import this; it reads frozen facts and looks up the quotes, nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.digests import moderated, since
from consultations.digests.quoting import Spoken, quotes_of, spoken
from consultations.digests.shapes import Cell, Row, Said, Section, View
from consultations.digests.wording import KINDS, change, joined, names_of_bodies
from consultations.models import Consultation, Edition, Quote, Stance
from consultations.models.clock import moment

CAUTION = gettext_lazy(
    "People chose to take part: this is not a sample and measures no public support."
)
# The table of a mail has two sides; a page has all six stances.
SIDES = {
    "support": ("strongly_support", "support"),
    "oppose": ("oppose", "strongly_oppose"),
}


def view(edition: Edition) -> View:
    """Return a saved edition as it reads now: frozen facts, quotes looked up (one query)."""
    return assemble(
        edition.facts,
        quotes_of(edition.pk),
        number=edition.number,
        fingerprint=edition.hash,
    )


def assemble(
    facts: Mapping[str, Any],
    quotes: Iterable[Quote],
    *,
    number: int = 0,
    fingerprint: str = "",
    notice: str = "",
) -> View:
    """Put frozen facts and present quotes together; without a number it is a preview."""
    said = [spoken(quote) for quote in quotes]
    slug = facts["slug"]
    home = reverse("consultations.show", args=[slug])
    start, end = (datetime.fromisoformat(facts[name]) for name in ("from", "to"))
    return View(
        number=number,
        heading=_("Digest %(n)s") % {"n": number} if number else _("The next digest"),
        title=facts["title"],
        path=reverse("digests.show", args=[slug, number]) if number else home,
        consultation_path=home,
        period=period_of(start, end),
        caution=str(CAUTION),
        stances=tuple(str(label) for label in Stance.labels),
        sections=tuple(_section(told, facts, said) for told in facts["recommendations"]),
        to_come=_to_come(facts),
        method=facts["method"],
        hash=fingerprint,
        notice=notice,
        moderation=moderated.sentences(facts),
        moderation_path=reverse("moderation.show", args=[slug]),
        record=_record(facts) if number else "",
        earlier=since.sentences(facts),
    )


def _record(facts: Mapping[str, Any]) -> str:
    """The sentence that names the end of the ledger as it was: whoever keeps it can tell later."""
    end = facts.get("record")
    if not end or not end["entry"]:
        return ""
    said = _("The record of this consultation then ended with entry %(n)s, %(hash)s.")
    return said % {"n": end["entry"], "hash": end["hash"]}


def as_plain(seen: View) -> dict[str, Any]:
    """Return the view as plain values for a JSON column; templates read both alike."""
    return asdict(seen)


def address(path: str) -> str:
    """Return the full address of a path, from settings and never from a request."""
    return f"{settings.SITE_URL}{path}"


def period_of(start: datetime, end: datetime) -> str:
    """Return the sentence that says which period an edition covers."""
    return _("From %(start)s to %(end)s.") % {"start": moment(start), "end": moment(end)}


def upcoming(at: datetime | None, consultation: Consultation) -> str:
    """Return the sentence that says when the next digest comes, as `due` knows (one query).

    After the close `due` gives a date only while something may still be told.
    """
    if at is None:
        over = consultation.published_at and not consultation.digests_held_at
        return (
            _("No more digests are to come.") if over else _("No date is set for the next digest.")
        )
    checked = consultation.release != Consultation.Release.AT_ONCE
    if not checked and not consultation.editions.public().exists():
        said = _("The first digest comes at %(moment)s, if any comments are published by then.")
        return said % {"moment": moment(at)}
    return _following(at, consultation.closes_at, checked=checked)


def _following(at: datetime, closes_at: datetime | None, *, checked: bool) -> str:
    """The sentence about a digest that follows another, or is checked before it goes out."""
    if checked:
        said = _(
            "The next digest is made at %(moment)s, if there is anything new, and is published "
            "once it has been checked."
        )
    elif closes_at and at >= closes_at:
        said = _("One more digest comes at %(moment)s, if more comments are published by then.")
    else:
        said = _("The next digest comes at %(moment)s, if there is anything new.")
    return said % {"moment": moment(at)}


def _section(
    told: Mapping[str, Any], facts: Mapping[str, Any], quotes: Sequence[Spoken]
) -> Section:
    slug, summary = facts["slug"], told["summary"]
    counted, regions = summary["facts"], facts["regions"]
    number, new, total = told["number"], counted["new"], counted["total"]
    statements = summary["statements"]
    return Section(
        number=number,
        title=told["title"],
        path=reverse("recommendations.show", args=[slug, number]),
        new=new,
        total=total,
        news=_news(new, total),
        counts=tuple((stance, counted["stances"][stance]) for stance in Stance.values),
        cells=_cells(counted["stances"], counted["movement"]),
        kinds=tuple(_row(row, KINDS) for row in counted["by_kind"]),
        regions=tuple(_row(row, regions) for row in counted["by_region"]),
        bodies=tuple(_row(row, names_of_bodies(row, facts)) for row in counted.get("by_body", ())),
        quotes=tuple(_said(each, slug) for each in quotes if each.recommendation == number),
        statements=tuple(each["text"] for each in statements if each["sources"]),
        remarks=tuple(each["text"] for each in statements if _is_remark(each["sources"])),
    )


def _news(new: int, total: int) -> str:
    if not total:
        return _("No comments yet.")
    told = ngettext("%(new)s new comment", "%(new)s new comments", new) % {"new": f"{new:,}"}
    told = told if new else _("No new comments")
    return _("%(told)s, %(total)s in all.") % {"told": told, "total": f"{total:,}"}


def _is_remark(sources: Sequence[str]) -> bool:
    """Whether a sentence says what neither the counts nor the tables show at a glance."""
    rows = {source.partition("/")[0] for source in sources}
    moved = any(source.startswith("all/movement") for source in sources)
    return len(rows) > 1 or moved or "all/unpublished" in sources


def _row(row: Mapping[str, Any], names: Mapping[str, Any]) -> Row:
    label = joined(
        [str(names.get(key, key)) if key else _("No region given") for key in row["keys"]]
    )
    if row["stances"] is None:
        return Row(label, row["total"], row["new"], (), None, None)
    sides = {side: sum(row["stances"][each] for each in SIDES[side]) for side in SIDES}
    cells = _cells(row["stances"], row["movement"])
    return Row(label, row["total"], row["new"], cells, **sides)


def _cells(stances: Mapping[str, int], movement: Mapping[str, int] | None) -> tuple[Cell, ...]:
    moved = {stance: change(by) for stance, by in (movement or {}).items() if by}
    return tuple(Cell(stances[stance], moved.get(stance, "")) for stance in Stance.values)


def _said(quote: Spoken, slug: str) -> Said:
    place = [slug, quote.recommendation, quote.reference]
    path = reverse("comments.show", args=place) if quote.reference else ""
    return Said(
        text=quote.text,
        removed=quote.removed,
        said_by=quote.said_by,
        region=quote.region,
        stance=quote.stance,
        stance_label=quote.stance_label,
        block=quote.block,
        path=path,
    )


def _to_come(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What is still to come, as it stood when the edition was made."""
    waiting, end = facts["waiting"], datetime.fromisoformat(facts["to"])
    said = []
    if waiting:
        told = ngettext(
            "Waiting for a moderator: %(n)s comment.",
            "Waiting for a moderator: %(n)s comments.",
            waiting,
        )
        said.append(told % {"n": f"{waiting:,}"})
    closes = _instant(facts["closes_at"])
    closed = closes is not None and closes <= end
    if closes:
        told = _("The consultation closes at %(moment)s.")
        if closed:
            told = _("The consultation closed at %(moment)s.")
        said.append(told % {"moment": moment(closes)})
    if following := _instant(facts["next_at"]):
        said.append(_following(following, closes, checked=facts.get("checked", False)))
    elif closed and not waiting:
        said.append(_("No more digests are to come."))
    return tuple(said)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
