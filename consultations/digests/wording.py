"""The words of a digest that stand for codes: London time, kinds, merged rows, counts."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.dateformat import format as in_words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from consultations.digests.due import LONDON

KINDS = {
    "employer": lazy("Employers"),
    "local_leader": lazy("Local leaders"),
    "represents_employers": lazy("Represent employers"),
    "represents_local_government": lazy("Represent local government"),
    "other": lazy("Others"),
}


def one_line(title: str) -> str:
    """Return a title as a mail's subject may hold it: what does not print becomes a space."""
    return "".join(each if each.isprintable() else " " for each in title)


def moment(at: datetime) -> str:
    """Return "7am on Tuesday 10 November 2026", or "11:59pm on …", in London time."""
    local = at.astimezone(LONDON)
    minutes = f":{local:%M}" if local.minute else ""
    clock = f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"
    if (local.hour, local.minute) == (12, 0):
        clock = _("noon")
    elif (local.hour, local.minute) == (0, 0):
        clock = _("12am, the start of the day,")
    return _("%(clock)s on %(day)s") % {"clock": clock, "day": in_words(local, "l j F Y")}


def day_of(at: datetime) -> str:
    """Return "10 November 2026", in London time."""
    return str(in_words(at.astimezone(LONDON), "j F Y"))


def joined(names: Sequence[str]) -> str:
    """Return the name of a row that stands for one or several groups."""
    if len(names) == 1:
        return names[0]
    listed = {"first": ", ".join(names[:-1]), "last": names[-1]}
    return _("%(first)s and %(last)s, counted together") % listed


def change(by: int) -> str:
    """Return "+3", "−2" or "0"."""
    return f"{by:+,}".replace("-", "−") if by else "0"
