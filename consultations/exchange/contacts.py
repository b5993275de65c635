"""Organisations and contacts to invite, read from a file and checked row by row; nothing is stored.

Inviting those that are good is `inviting`, next door.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations import text
from consultations.exchange import sheets, values
from consultations.exchange.problems import Problem
from consultations.exchange.sheets import Row, SheetError
from consultations.exchange.values import Known, shortened
from consultations.mail.addresses import deliverable
from consultations.models import Consultation, Invitation, Suppression
from consultations.models.clock import day_of

# So many are read and stored well within one request.
MOST_ROWS = 2_000
MOST_BYTES = 2_000_000
MOST_UNPACKED = 10_000_000
LIMITS = {"organisation": 200, "name": 120, "email": 254}
# The headings of a column, in any case, with or without hyphens.
HEADINGS = {
    "organisation": ("organisation", "organisation name", "organization", "name of organisation"),
    "kind": ("kind", "kind of organisation", "organisation kind", "type", "organisation type"),
    "region": ("region",),
    "name": ("contact name", "contact", "name", "name of contact"),
    "email": ("e mail", "email", "e mail address", "email address", "contact email"),
}
# As they are called in what is said of them.
NAMES = {
    "organisation": gettext_lazy("organisation"),
    "kind": gettext_lazy("kind"),
    "region": gettext_lazy("region"),
    "name": gettext_lazy("contact name"),
    "email": gettext_lazy("e-mail"),
}
NEEDED = ("organisation", "kind", "email")


@dataclass(frozen=True, slots=True)
class Line:
    """A good row: whom to invite, and on which line it stands."""

    line: int
    organisation: str
    kind: int
    region: int | None
    name: str
    email: str


@dataclass(frozen=True)
class Checked:
    """What a file holds: good rows, those invited already, bad ones, columns that mean nothing."""

    good: Sequence[Line]
    known: Sequence[Problem]
    bad: Sequence[Problem]
    untaken: Sequence[str]


class _Refused(ValueError):  # noqa: N818 - a refusal, in a sentence
    """What is wrong with one cell, and under which heading."""

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.message, self.column = message, str(NAMES[column])


def check(path: Path, consultation: Consultation) -> Checked:
    """Read a file and say of each row whether it can be invited (six queries).

    Raises SheetError for a file that cannot be read, lacks a column or has too many rows.
    """
    with sheets.opened(path, most_unpacked=MOST_UNPACKED) as rows:
        filled = (row for row in rows if not row.blank)
        header = next(filled, None)
        if header is None:
            raise SheetError(_("The file is empty."))
        places = _places(header)
        good, bad = _read(filled, places, values.known())
    good, twice = _once(good)
    good, refused = _without_suppressed(good)
    good, known = _without_invited(good, consultation)
    taken = set(places.values())
    untaken = [said for at, said in enumerate(header.cells) if said.strip() and at not in taken]
    faults = sorted([*bad, *twice, *refused], key=lambda problem: problem.line)
    return Checked(good, known, faults, [shortened(said) for said in untaken])


def _places(header: Row) -> dict[str, int]:
    """Return where each column stands; raise SheetError for one that is missing or there twice."""
    headings = [_plain(cell) for cell in header.cells]
    places: dict[str, int] = {}
    for column, names in HEADINGS.items():
        found = [at for at, heading in enumerate(headings) if heading in names]
        if len(found) > 1:
            said = _("Two columns hold the %(name)s.") % {"name": NAMES[column]}
            raise SheetError(said, header.line)
        places.update((column, at) for at in found)
    missing = [str(NAMES[column]) for column in NEEDED if column not in places]
    if missing:
        lacks = ngettext(
            "There is no column headed “%(names)s”.",
            "There are no columns headed “%(names)s”.",
            len(missing),
        )
        raise SheetError(lacks % {"names": "”, “".join(missing)}, header.line)
    return places


def _plain(heading: str) -> str:
    return " ".join(heading.replace("-", " ").replace("_", " ").casefold().split())


def _read(
    rows: Iterator[Row], places: dict[str, int], known: Known
) -> tuple[list[Line], list[Problem]]:
    """Return the rows that say something that can be, and what is wrong with the others."""
    good: list[Line] = []
    bad: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            most = {"most": f"{MOST_ROWS:,}"}
            raise SheetError(_("There are more than %(most)s rows: part the file.") % most)
        try:
            good.append(_line(row, places, known))
        except _Refused as refused:
            bad.append(Problem(row.line, refused.message, refused.column))
    return good, bad


def _line(row: Row, places: dict[str, int], known: Known) -> Line:
    said = {column: row.cells[at] for column, at in places.items() if at < len(row.cells)}
    kind = known.bodies.get(text.normalised(_needed(said, "kind")))
    if kind is None:
        raise _unknown(said, "kind")
    region = known.regions.get(text.normalised(said.get("region", "")))
    if region is None and said.get("region", "").strip():
        raise _unknown(said, "region")
    email = _tidied(said, "email").lower()
    if not deliverable(email):
        why = _("“%(said)s” is no e-mail address.") if email else _("The e-mail is missing.")
        raise _Refused(why % {"said": shortened(said.get("email", ""))}, "email")
    _needed(said, "organisation")
    return Line(
        line=row.line,
        organisation=_tidied(said, "organisation"),
        kind=kind.key,
        region=region,
        name=_tidied(said, "name"),
        email=email,
    )


def _needed(said: dict[str, str], column: str) -> str:
    found = said.get(column, "")
    if not found.strip():
        raise _Refused(_("The %(column)s is missing.") % {"column": NAMES[column]}, column)
    return found


def _unknown(said: dict[str, str], column: str) -> _Refused:
    sentence = _("“%(said)s” is unknown.") % {"said": shortened(said[column])}
    return _Refused(sentence, column)


def _tidied(said: dict[str, str], column: str) -> str:
    try:
        return text.tidy(said.get(column, ""), limit=LIMITS[column], lines=False)
    except text.TextError as error:
        raise _Refused(error.told(_), column) from error


def _once(lines: Sequence[Line]) -> tuple[list[Line], list[Problem]]:
    """Keep the first row of each address."""
    first: dict[str, Line] = {}
    for one in lines:
        first.setdefault(one.email, one)
    said = _("The same address stands on line %(line)s.")
    twice = [
        Problem(one.line, said % {"line": first[one.email].line}, str(NAMES["email"]))
        for one in lines
        if first[one.email] is not one
    ]
    return list(first.values()), twice


def _without_suppressed(lines: Sequence[Line]) -> tuple[list[Line], list[Problem]]:
    """Keep the rows to whose address mail is sent (one query)."""
    found = Suppression.objects.filter(address__in=[one.email for one in lines])
    refused = set(found.values_list(Lower("address"), flat=True))
    said = _("Mail to this address came back: nothing is sent to it.")
    problems = [
        Problem(one.line, said, str(NAMES["email"])) for one in lines if one.email in refused
    ]
    return [one for one in lines if one.email not in refused], problems


def _without_invited(
    lines: Sequence[Line], consultation: Consultation
) -> tuple[list[Line], list[Problem]]:
    """Keep the rows whose address has no invitation to this consultation yet (one query)."""
    found = Invitation.objects.standing().filter(
        consultation=consultation, email__in=[one.email for one in lines]
    )
    since = dict(found.values_list("email", "invited_at"))
    said = _("Invited already, on %(day)s.")
    known = [
        Problem(one.line, said % {"day": day_of(since[one.email])}, str(NAMES["email"]))
        for one in lines
        if one.email in since
    ]
    return [one for one in lines if one.email not in since], known
