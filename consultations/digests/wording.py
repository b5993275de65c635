"""The words of a digest that stand for codes: kinds, merged rows, counts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KINDS = {
    "employer": gettext_lazy("Employers"),
    "local_leader": gettext_lazy("Local leaders"),
    "represents_employers": gettext_lazy("Represent employers"),
    "represents_local_government": gettext_lazy("Represent local government"),
    "other": gettext_lazy("Others"),
}


def one_line(title: str) -> str:
    """Return a title as a mail's subject may hold it: what does not print becomes a space."""
    return "".join(each if each.isprintable() else " " for each in title)


def names_of_bodies(row: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what the keys of a row by kind of organisation stand for, with an edition's names."""
    found = {}
    for key in row["keys"]:
        kind, _colon, body = key.partition(":")
        persons = _("%(kind)s, as individuals") % {"kind": KINDS[kind]}
        found[key] = facts.get("bodies", {}).get(body, body) if body else persons
    return found


def joined(names: Sequence[str]) -> str:
    """Return the name of a row that stands for one or several groups."""
    if len(names) == 1:
        return names[0]
    listed = {"first": ", ".join(names[:-1]), "last": names[-1]}
    return _("%(first)s and %(last)s, counted together") % listed


def change(by: int) -> str:
    """Return "+3", "−2" or "0"."""
    return f"{by:+,}".replace("-", "−") if by else "0"


CHOSEN = {
    "support": gettext_lazy("the first of those in support"),
    "opposition": gettext_lazy("the first of those in opposition"),
    "neither": gettext_lazy("the first of those who take neither side, or have no view"),
    "employer": gettext_lazy("so that employers are heard"),
    "local_leader": gettext_lazy("so that local leaders are heard"),
    "represents_employers": gettext_lazy("so that those who represent employers are heard"),
    "represents_local_government": gettext_lazy(
        "so that those who represent local government are heard"
    ),
    "other": gettext_lazy("so that others are heard"),
    "coverage": gettext_lazy("it says most of what was not yet said"),
    "kept": gettext_lazy("kept from the last digest, as it still says much of what was said"),
}
GROUND = {
    "employer": gettext_lazy("the side that employers take, beside that of another group"),
    "local_leader": gettext_lazy("the side that local leaders take, beside that of another group"),
}


def chosen(quote: Mapping[str, Any], regions: Mapping[str, str]) -> str:
    """Return why a quotation stands in an edition, in words; `regions` are its names of regions.

    A region without a name is not told: too few share it by now.
    """
    why, _colon, whom = quote["why"].partition(":")
    if why == "region":
        said = _("so that a region is heard")
        if whom in regions:
            said = _("so that a region is heard: %(region)s") % {"region": regions[whom]}
    elif why == "ground":
        said = str(GROUND.get(whom, CHOSEN[whom]))
    else:
        said = str(CHOSEN[whom or (quote["block"] if why == "block" else why)])
    if quote.get("kept") and why != "kept":
        said = _("%(why)s; it stood in the last digest too") % {"why": said}
    return _("Why this one: %(why)s.") % {"why": said}
