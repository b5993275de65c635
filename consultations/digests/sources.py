"""What stands behind a sentence: each fact that it names, in words, and the way to it.

A source is a table's row and what is read there ("kind:employer/supporting"), a group of
near-identical comments ("duplicates/<key>/size"), what changed ("changes/edited"), or a quotation
("quote:<place>"); `analysis` names them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.digests.shapes import Link, Said, Sentence, Source
from consultations.digests.wording import KINDS, change, joined
from consultations.models import Stance

# The two strengths of each side, which one number holds.
SIDES = {
    "supporting": ("strongly_support", "support"),
    "opposing": ("oppose", "strongly_oppose"),
}
ALL = {
    "total": gettext_lazy("Comments in all"),
    "new": gettext_lazy("New comments"),
    "unpublished": gettext_lazy("Comments that are counted and not published"),
    "organisations": gettext_lazy("Organisations"),
    "people": gettext_lazy("People who answer for no organisation"),
    "distinct": gettext_lazy("Texts that differ, near-identical ones counted once"),
    "supporting": gettext_lazy("Comments that support, strongly or not"),
    "opposing": gettext_lazy("Comments that oppose, strongly or not"),
}
OF_A_GROUP = {
    "total": gettext_lazy("%(group)s"),
    "new": gettext_lazy("%(group)s whose comments are new"),
    "supporting": gettext_lazy("%(group)s who support"),
    "opposing": gettext_lazy("%(group)s who oppose"),
}
MOVED = {
    "supporting": gettext_lazy("%(group)s: change in support since the digest before"),
    "opposing": gettext_lazy("%(group)s: change in opposition since the digest before"),
}
OF_COPIES = {
    "size": gettext_lazy("Near-identical comments, all counted"),
    "new": gettext_lazy("New ones among them"),
    "distinct": gettext_lazy("Wordings among them, but for case and look-alike letters"),
    "supporting": gettext_lazy("Of those who sent it, support"),
    "opposing": gettext_lazy("Of those who sent it, oppose"),
}
CHANGES = {
    "edited": gettext_lazy("Comments whose words were changed since"),
    "withdrawn": gettext_lazy("Comments counted then, and taken back, hidden or erased since"),
    "kept": gettext_lazy("Quotations that stood in the digest before"),
    "added": gettext_lazy("Quotations that are new here"),
    "dropped": gettext_lazy("Quotations of the digest before that do not stand here"),
    "campaigns": gettext_lazy("Letters sent by many that are new"),
}
THEN_AND_NOW = {
    ("before", "total"): gettext_lazy("%(group)s, at the digest before"),
    ("before", "supporting"): gettext_lazy("%(group)s, in support at the digest before"),
    ("before", "opposing"): gettext_lazy("%(group)s, in opposition at the digest before"),
    ("now", "total"): gettext_lazy("%(group)s, now"),
    ("now", "supporting"): gettext_lazy("%(group)s, in support now"),
    ("now", "opposing"): gettext_lazy("%(group)s, in opposition now"),
}


@dataclass(frozen=True)
class Page:
    """What the facts of one recommendation are shown beside: its number, path and quotations."""

    number: int
    path: str
    summary: Mapping[str, Any]
    quotes: Sequence[Said]

    def anchor(self, *parts: str) -> str:
        """Return a place on the page within the recommendation; codes hold letters alone."""
        return "-".join(("recommendation", str(self.number), *parts))

    def comments(self, **chosen: str) -> str:
        """Return the path of the recommendation's comments, narrowed to what is chosen."""
        asked = urlencode({name: value for name, value in chosen.items() if value})
        return f"{self.path}{'?' if asked else ''}{asked}#comments"


def sentences(told: Iterable[Mapping[str, Any]], page: Page) -> tuple[Sentence, ...]:
    """Return sentences of a summary with their sources in words."""
    return tuple(
        Sentence(each["text"], tuple(_source(name, page) for name in each["sources"]))
        for each in told
    )


def row_anchor(page: Page, facet: str, keys: Sequence[str]) -> str:
    """Return the place of a table's row."""
    return page.anchor(facet, "-".join(key.replace(":", "-") or "none" for key in keys))


def group_anchor(page: Page, key: str) -> str:
    """Return the place of a group of near-identical comments."""
    return page.anchor("campaign", key[:12])


def _source(name: str, page: Page) -> Source:
    if name.startswith("quote:"):
        return _quotation(name, page)
    row, _slash, fact = name.partition("/")
    if row == "duplicates":
        return _copies(name, page)
    if row == "changes":
        return _changed(name, fact, page)
    if row == "all":
        return _overall(name, fact, page)
    return _group(name, fact, page)


def _overall(name: str, fact: str, page: Page) -> Source:
    facts, anchor = page.summary["facts"], f"#{page.anchor('views')}"
    if fact.startswith("movement/"):
        side = fact.removeprefix("movement/")
        label = str(MOVED[side]) % {"group": _("All comments")}
        return Source(name, label, change(_side(facts["movement"], side)), anchor)
    number = _side(facts["stances"], fact) if fact in SIDES else facts[fact]
    value = _part(number, facts["total"]) if fact in SIDES else f"{number:,}"
    comments = () if fact not in {"total", "new", *SIDES} else _links(page, fact, {})
    return Source(name, str(ALL[fact]), value, anchor, comments)


def _group(name: str, fact: str, page: Page) -> Source:
    """A row of the table by kind."""
    keys = name.partition("/")[0].removeprefix("kind:").split("+")
    found = next(each for each in page.summary["facts"]["by_kind"] if each["keys"] == keys)
    return _of_row(name, fact, found, page, f"#{row_anchor(page, 'kind', keys)}")


def _of_row(name: str, fact: str, row: Mapping[str, Any], page: Page, anchor: str) -> Source:
    group = {"group": joined([str(KINDS[key]) for key in row["keys"]])}
    if fact.startswith("movement/"):
        side = fact.removeprefix("movement/")
        return Source(name, str(MOVED[side]) % group, change(_side(row["movement"], side)), anchor)
    if fact not in SIDES:
        value = f"{row[fact]:,}"
    else:
        value = _part(_side(row["stances"], fact), row["total"])
    kinds = {"kind": row["keys"][0]} if len(row["keys"]) == 1 else None
    comments = () if kinds is None else _links(page, fact, kinds)
    return Source(name, str(OF_A_GROUP[fact]) % group, value, anchor, comments)


def _copies(name: str, page: Page) -> Source:
    """A group of near-identical comments, or a row of its make-up."""
    _duplicates, key, *rest = name.split("/")
    group = next(each for each in page.summary["duplicates"] if each["key"] == key)
    anchor = f"#{group_anchor(page, key)}"
    if rest[0].startswith("kind:"):
        return _sender(name, rest[0], rest[-1] if len(rest) > 1 else "total", group, anchor)
    fact = rest[0]
    number = _side(group["stances"], fact) if fact in SIDES else group[fact]
    value = _part(number, group["size"]) if fact in SIDES else f"{number:,}"
    return Source(name, str(OF_COPIES[fact]), value, anchor)


def _sender(name: str, kinds: str, fact: str, group: Mapping[str, Any], anchor: str) -> Source:
    keys = kinds.removeprefix("kind:").split("+")
    row = next(each for each in group["kinds"] if each["keys"] == keys)
    label = str(OF_A_GROUP[fact]) % {"group": joined([str(KINDS[each]) for each in keys])}
    number = _side(row["stances"], fact) if fact in SIDES else row[fact]
    said = _("%(label)s, of those who sent it") % {"label": label}
    return Source(name, said, f"{number:,}", anchor)


def _changed(name: str, fact: str, page: Page) -> Source:
    """What changed, or how a group stood then or stands now ("kind:employer/before/supporting")."""
    changes, anchor = page.summary["changes"], f"#{page.anchor('changed')}"
    if fact in CHANGES:
        held = changes[fact]
        number = held if isinstance(held, int) else len(held)
        return Source(name, str(CHANGES[fact]), f"{number:,}", anchor)
    row, when, what = fact.split("/")
    keys = [] if row == "all" else row.removeprefix("kind:").split("+")
    stances = next(each[when] for each in changes["stances"] if each["keys"] == keys)
    whole = sum(stances.values())
    value = _part(_side(stances, what), whole) if what in SIDES else f"{whole:,}"
    group = joined([str(KINDS[key]) for key in keys]) if keys else _("All comments")
    return Source(name, str(THEN_AND_NOW[when, what]) % {"group": group}, value, anchor)


def _quotation(name: str, page: Page) -> Source:
    said = page.quotes[int(name.removeprefix("quote:"))]
    spoke = said.removed or f"{said.said_by}. {said.stance_label}."
    comments = (Link(_("The whole comment"), said.path),) if said.path else ()
    return Source(name, _("Quotation"), spoke, f"#{said.anchor}", comments)


def _side(stances: Mapping[str, int], side: str) -> int:
    return sum(stances[each] for each in SIDES[side])


def _part(number: int, whole: int) -> str:
    return _("%(part)s, of %(whole)s") % {"part": f"{number:,}", "whole": f"{whole:,}"}


def _links(page: Page, fact: str, chosen: Mapping[str, str]) -> tuple[Link, ...]:
    """The ways to the comments behind a number, as they stand now: of a side, one a strength."""
    if fact not in SIDES:
        return (Link(_("All of them"), page.comments(**chosen)),)
    return tuple(
        Link(str(Stance(each).label), page.comments(**chosen, stance=each)) for each in SIDES[fact]
    )
