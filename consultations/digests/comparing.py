"""What an edition compares: declared groups with each other, and itself with the one before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import text
from consultations.digests.shapes import Campaign, Cell, Changed, Dropped, Ground, Link, Moved, Row
from consultations.digests.sources import Page, group_anchor, sentences
from consultations.digests.wording import KINDS, joined
from consultations.models import Stance

Told = Mapping[str, Any]
Rows = Callable[[Sequence[Told], Mapping[str, Any], Page, str], tuple[Row, ...]]
HEADINGS = {
    "agree_support": gettext_lazy("Common ground"),
    "agree_oppose": gettext_lazy("Common ground"),
    "part": gettext_lazy("Where they part"),
}
# Words of a quotation by which a link names it.
OPENING = 8


def placed(statements: Iterable[Told]) -> dict[str, list[Told]]:
    """Return the sentences of a summary by what they stand beside; those without sources go.

    What says that this is no sample stands once at the head of the edition.
    """
    found: dict[str, list[Told]] = {
        place: [] for place in ("head", "rows", "ground", "campaigns", "changed")
    }
    for each in statements:
        if each["sources"]:
            found[_place(each["sources"])].append(each)
    return found


def _place(sources: Sequence[str]) -> str:
    numbers = [source for source in sources if not source.startswith("quote:")]
    groups = {source.partition("/")[0] for source in numbers}
    if "duplicates" in groups:
        return "campaigns"
    if "changes" in groups or any("/movement/" in source for source in numbers):
        return "changed"
    kinds = {group for group in groups if group.startswith("kind:")}
    if len(kinds) > 1:
        return "ground"
    return "rows" if kinds else "head"


def remarks(grouped: Mapping[str, Sequence[Told]]) -> tuple[str, ...]:
    """Return the sentences that neither the counts nor the tables of a mail show."""
    head = [each for each in grouped["head"] if not _counts(each)]
    told = (*grouped["campaigns"], *grouped["ground"], *grouped["changed"], *head)
    return tuple(each["text"] for each in told)


def _counts(statement: Told) -> bool:
    """Whether it says how many spoke, or which side they take: the mail's news and bar do."""
    return set(statement["sources"]) <= {
        "all/new",
        "all/total",
        "all/supporting",
        "all/opposing",
        "all/organisations",
        "all/people",
    }


def ground(statements: Sequence[Told], page: Page) -> tuple[Ground, ...]:
    """Return common ground and division, each with a quotation from each side where one stands."""
    made = []
    for each in page.summary.get("ground", ()):
        if each["verdict"] not in HEADINGS:
            continue
        about = {f"kind:{kind}" for kind in each["kinds"]}
        said = [s for s in statements if about <= {n.partition("/")[0] for n in s["sources"]}]
        quotes = tuple(quoted(page, place) for place in each["quotes"])
        heading = str(HEADINGS[each["verdict"]])
        made.append(Ground(heading, sentences(said, page), quotes))
    # An edition made before quotations were compared has the sentences alone.
    if not made and statements:
        return (Ground(_("Employers and local leaders"), sentences(statements, page), ()),)
    return tuple(made)


def campaigns(statements: Sequence[Told], page: Page, rows: Rows) -> tuple[Campaign, ...]:
    """Return the letters that many sent: with size and make-up, and what is said of them."""
    found = [each for each in page.summary.get("duplicates", ()) if each["campaign"]]
    return tuple(_campaign(each, statements, page, rows, at) for at, each in enumerate(found, 1))


def _campaign(
    group: Told, statements: Sequence[Told], page: Page, rows: Rows, place: int
) -> Campaign:
    key = group["key"]
    about = [s for s in statements if any(f"/{key}/" in source for source in s["sources"])]
    stances = group["stances"]
    anchor = group_anchor(page, key)
    return Campaign(
        anchor=anchor,
        label=_("Letter %(n)s") % {"n": place},
        size=group["size"],
        new=group["new"],
        distinct=group["distinct"],
        cells=tuple(Cell(stances[each], "") for each in Stance.values) if stances else (),
        kinds=rows(group["kinds"], KINDS, page, anchor.removeprefix(page.anchor("")) + "-kind"),
        sentences=sentences(about, page),
    )


def changed(statements: Sequence[Told], page: Page, beside: Mapping[str, Link]) -> Changed | None:
    """Return what changed since the digest before; None where there was none to compare with."""
    told = page.summary.get("changes")
    if told is None and not statements:
        return None
    told = told or {"stances": (), "kept": (), "added": (), "dropped": ()}
    return Changed(
        sentences=sentences(statements, page),
        moved=tuple(_moved(each) for each in told["stances"]),
        kept=tuple(quoted(page, place) for place in told["kept"]),
        added=tuple(quoted(page, place) for place in told["added"]),
        dropped=tuple(_dropped(each, beside) for each in told["dropped"]),
    )


def _moved(each: Told) -> Moved:
    label = joined([str(KINDS[key]) for key in each["keys"]]) if each["keys"] else _("All")
    before, now = (
        tuple(each[when][stance] for stance in Stance.values) for when in ("before", "now")
    )
    return Moved(label, before, now)


def _dropped(each: Told, beside: Mapping[str, Link]) -> Dropped:
    reasons = {
        "withdrawn": _("not shown any more"),
        "edited": _("its words were changed by whoever wrote it"),
        "redacted": _("words of it were removed by a moderator"),
        "others": _("others now say more of what people said"),
    }
    link = beside.get(each["comment"])
    said_by, path = (link.label, link.path) if link else (_("A comment"), "")
    return Dropped(said_by, path, reasons[each["reason"]])


def quoted(page: Page, place: int) -> Link:
    """Return a way to a quotation on the page, named by its first words and who says them."""
    said = page.quotes[place]
    if said.removed:
        return Link(said.removed, f"#{said.anchor}")
    ends = list(text.word_ends(said.text))
    words = said.text if len(ends) <= OPENING else f"{said.text[: ends[OPENING - 1]]} …"
    return Link(f"“{words}” {said.said_by}", f"#{said.anchor}")
