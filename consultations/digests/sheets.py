"""The tables of a final summary as sheets of plain rows, and what each of their columns means.

Frozen figures alone: nobody's words and no organisation's name, so that a file of them stays true
whatever is taken back later. `workbook`, next door, writes them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consultations.digests.render import address
from consultations.digests.shapes import Cell, Row, Section, View

Value = str | int | None


@dataclass(frozen=True)
class Sheet:
    """One table: its columns, each with what it means, and its rows; None where not told."""

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]


def sheets(seen: View) -> list[Sheet]:
    """Return the tables of a final summary, one sheet for each kind, what it is before them."""
    made = [_about(seen), _views(seen)]
    for title, what, rows in (
        (_("By kind"), _("The kind of respondent"), "kinds"),
        (_("By kind of organisation"), _("The kind of organisation"), "bodies"),
        (_("By region"), _("The region"), "regions"),
    ):
        made.append(_groups(seen, title, what, rows))
    return [*made, _campaigns(seen), _responses(seen), _questions(seen)]


def _about(seen: View) -> Sheet:
    told = (
        (_("What it is"), seen.about),
        (_("Title"), seen.title),
        (_("Period"), seen.period),
        (_("Address"), address(seen.path)),
        (_("Caution"), seen.caution),
        (_("Method"), seen.method),
        (_("Fingerprint (SHA-256)"), seen.hash),
        (_("Who answered"), " ".join(seen.whole.sentences) if seen.whole else ""),
        (
            _("Not here"),
            _("Quotations and the names of organisations stand at the address, as they read now."),
        ),
    )
    columns = ((_("What"), _("What is said.")), (_("Value"), _("What it is.")))
    return Sheet(_("About"), columns, told)


def _of_recommendation() -> tuple[tuple[str, str], ...]:
    return (
        (_("Recommendation"), _("The number of the recommendation.")),
        (_("Title"), _("Its title.")),
    )


def _of_stances(seen: View) -> tuple[tuple[str, str], ...]:
    """A column for each stance; empty where only the size of a group is told."""
    said = _("How many of them chose “%(stance)s”; empty where only the size is told.")
    return tuple((stance, said % {"stance": stance}) for stance in seen.stances)


def _all() -> tuple[str, str]:
    return _("All"), _("How many comments count, those that were not to be published too.")


def _views(seen: View) -> Sheet:
    rows = tuple(
        (*_place(section), section.total, *_counts(section.cells, seen.stances))
        for section in seen.sections
    )
    return Sheet(_("Views"), (*_of_recommendation(), _all(), *_of_stances(seen)), rows)


def _groups(seen: View, title: str, what: str, name: str) -> Sheet:
    group = (_("Group"), _("%(what)s; several where they are counted together.") % {"what": what})
    rows = tuple(
        (*_place(section), row.label, row.total, *_counts(row.cells, seen.stances))
        for section in seen.sections
        for row in _rows_of(section, name)
    )
    return Sheet(title, (*_of_recommendation(), group, _all(), *_of_stances(seen)), rows)


def _rows_of(section: Section, name: str) -> Sequence[Row]:
    return {"kinds": section.kinds, "bodies": section.bodies, "regions": section.regions}[name]


def _campaigns(seen: View) -> Sheet:
    columns = (
        *_of_recommendation(),
        (_("Letter"), _("A letter that many sent, nearly identical.")),
        (_("Sent"), _("How many sent it; all of them count in the other tables.")),
        (_("Wordings"), _("In how many wordings it came.")),
        *_of_stances(seen),
    )
    rows = tuple(
        (*_place(section), each.label, each.size, each.distinct, *_counts(each.cells, seen.stances))
        for section in seen.sections
        for each in section.campaigns
    )
    return Sheet(_("Letters that many sent"), columns, rows)


def _responses(seen: View) -> Sheet:
    columns = (
        (_("Counted by"), _("Kind of respondent, or the way in which responses came.")),
        (_("Group"), _("The group; several where they are counted together.")),
        (_("Responses"), _("How many responses that comment on a recommendation count.")),
        (_("Per cent"), _("Their share of all; empty where fewer than 20 count.")),
    )
    told = seen.whole
    tables = ((_("Kind"), told.kinds), (_("Way"), told.channels)) if told else ()
    rows = tuple((by, row.label, row.total, row.share) for by, table in tables for row in table)
    return Sheet(_("Responses"), columns, rows)


def _questions(seen: View) -> Sheet:
    columns = (
        (_("Question"), _("The number of the owner’s question.")),
        (_("Words"), _("What was asked.")),
        (_("About"), _("On which recommendation, if on one.")),
        (_("Kind of answer"), _("How it is answered.")),
        (_("Answers"), _("How many answered it.")),
        (_("Choice"), _("What was chosen; several where they are counted together.")),
        (_("Chosen"), _("How many chose it; empty where the answer is written, or few answered.")),
        (_("Per cent"), _("Of those who answered; empty where fewer than 20 did.")),
    )
    return Sheet(_("Questions"), columns, tuple(_choices(seen)))


def _choices(seen: View) -> Iterator[tuple[Value, ...]]:
    for each in seen.whole.questions if seen.whole else ():
        asked = (each.number, each.words, each.about, each.kind, each.answered)
        for row in each.rows:
            yield (*asked, row.label, row.total, row.share)
        if not each.rows:
            yield (*asked, "", None, None)


def _place(section: Section) -> tuple[Value, ...]:
    return section.number, section.title


def _counts(cells: Sequence[Cell], stances: Sequence[str]) -> tuple[Value, ...]:
    return tuple(cell.count for cell in cells) if cells else (None,) * len(stances)
