"""What the columns of a file mean: read from a TOML file, and found among its headings.

The layouts that are recognised without such a file are in `layouts`.
"""

import re
import tomllib
from collections.abc import Mapping as Entries
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from consultations import text
from consultations.exchange.sheets import DELIMITERS, ENCODINGS, Row

# A heading, or a number counted from 1.
Name: TypeAlias = str | int
FACTS = (
    *("reference", "received_on", "channel", "late_reason", "name", "responding_as"),
    *("organisation", "organisation_kind", "size_band", "kind", "region", "permission"),
)
DEFAULTS = ("channel", "received_on", "late_reason", "permission", "kind", "region", "stance")
VALUES = (
    *("stance", "permission", "kind", "region", "responding_as", "organisation_kind", "channel"),
    "text",
)
SETTINGS = ("header", "delimiter", "encoding", "sheet", "layout")
CITIZEN_SPACE = "citizen-space"
# The key, among a column's values, of all those that are not named.
ANY_OTHER = "*"


class MappingError(ValueError):
    """A mapping that cannot be used, in a sentence that names the entry or the column."""


@dataclass(frozen=True)
class Question:
    """Which columns answer one recommendation; several texts stand one below another."""

    stance: Name | None = None
    texts: tuple[Name, ...] = ()
    permission: Name | None = None


@dataclass(frozen=True)
class Mapping:
    """What a file's columns mean, what their values do, and what holds where there is none."""

    columns: Entries[str, Name] = field(default_factory=dict)
    questions: Entries[int, Question] = field(default_factory=dict)
    values: Entries[str, Entries[str, str]] = field(default_factory=dict)
    defaults: Entries[str, str] = field(default_factory=dict)
    header: int = 0
    delimiter: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    layout: str = ""


@dataclass(frozen=True)
class Places:
    """Where each thing stands in a row, counted from 0."""

    headings: Sequence[str]
    facts: Entries[str, int]
    questions: Entries[int, tuple[int | None, tuple[int, ...], int | None]]

    def untaken(self) -> list[str]:
        """Return the headings of the columns that mean nothing here."""
        taken = {*self.facts.values()}
        for stance, texts, permission in self.questions.values():
            taken |= {stance, *texts, permission}  # type: ignore[arg-type]
        return [self.name(at) for at, said in enumerate(self.headings) if said and at not in taken]

    def name(self, at: int) -> str:
        """Name a column for whoever reads an error."""
        said = self.headings[at] if at < len(self.headings) else ""
        short = said if len(said) <= 60 else f"{said[:59]}…"
        return f"{at + 1} (“{short}”)" if short else str(at + 1)


def read(source: str) -> Mapping:
    """Return the mapping that a TOML text describes; raise MappingError."""
    try:
        said = tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        raise MappingError(str(error)) from error
    tables = {name: _table(said, name) for name in ("columns", "recommendations", "values")}
    _refuse_unknown(said, (*tables, *DEFAULTS, *SETTINGS), "")
    _refuse_unknown(tables["columns"], FACTS, "columns.")
    _refuse_unknown(tables["values"], VALUES, "values.")
    settings = {name: said[name] for name in SETTINGS if name in said}
    _check_settings(settings)
    return Mapping(
        columns={
            name: _name(f"columns.{name}", value) for name, value in tables["columns"].items()
        },
        questions={
            _number(key): _question(key, one) for key, one in tables["recommendations"].items()
        },
        values={name: _values(name, one) for name, one in tables["values"].items()},
        defaults={name: str(said[name]) for name in DEFAULTS if name in said},
        **settings,
    )


def find(mapping: Mapping, header: Row) -> Places:
    """Return where the mapping's columns stand; raise MappingError naming one that is missing."""
    headings = [fold(cell) for cell in header.cells]

    def maybe(name: Name | None) -> int | None:
        return None if name is None else _place(name, headings)

    return Places(
        headings=headings,
        facts={fact: _place(name, headings) for fact, name in mapping.columns.items()},
        questions={
            number: (
                maybe(one.stance),
                tuple(_place(name, headings) for name in one.texts),
                maybe(one.permission),
            )
            for number, one in mapping.questions.items()
        },
    )


def _place(name: Name, headings: Sequence[str]) -> int:
    """Return where a column stands, counted from 0."""
    if isinstance(name, int):
        if not 1 <= name <= len(headings):
            raise MappingError(_("There is no column %(name)s.") % {"name": name})
        return name - 1
    wanted = fold(name).casefold()
    found = [at for at, heading in enumerate(headings) if heading.casefold() == wanted]
    if not found:
        raise MappingError(_("There is no column “%(name)s”.") % {"name": name})
    if len(found) > 1:
        both = {"name": name, "numbers": ", ".join(str(one + 1) for one in found)}
        raise MappingError(
            _("Several columns are called “%(name)s”: give the number (%(numbers)s).") % both
        )
    return found[0]


def fold(heading: str) -> str:
    """Return a heading on one line, its spaces folded."""
    return re.sub(r"\s+", " ", heading).strip()


def _table(said: Entries[str, Any], name: str) -> dict[str, Any]:
    table = said.get(name, {})
    if not isinstance(table, dict):
        raise MappingError(_("“%(name)s” must be a table: [%(name)s].") % {"name": name})
    return table


def _refuse_unknown(said: Entries[str, Any], known: Sequence[str], prefix: str) -> None:
    for name in said:
        if name not in known:
            raise MappingError(
                _("Unknown entry “%(name)s”: known are %(known)s.")
                % {"name": prefix + name, "known": ", ".join(known)}
            )


def _check_settings(said: Entries[str, Any]) -> None:
    for name, kind in (("header", int), ("delimiter", str), ("encoding", str), ("sheet", str)):
        if name in said and type(said[name]) is not kind:
            raise MappingError(_("“%(name)s” is of the wrong kind.") % {"name": name})
    for name, known in (
        ("delimiter", DELIMITERS),
        ("encoding", ENCODINGS),
        ("layout", (CITIZEN_SPACE,)),
    ):
        if name in said and said[name] not in known:
            raise MappingError(
                _("“%(name)s” must be one of %(known)s.")
                % {"name": name, "known": ", ".join(map(repr, known))}
            )


def _name(entry: str, value: object) -> Name:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise MappingError(_("“%(name)s” must be a heading or a number.") % {"name": entry})
    return value


def _number(key: str) -> int:
    if not (key.isascii() and key.isdecimal() and len(key) < 5):
        raise MappingError(_("“recommendations.%(key)s” must be a number.") % {"key": key})
    return int(key)


def _question(key: str, said: object) -> Question:
    entry = f"recommendations.{key}"
    if not isinstance(said, dict):
        raise MappingError(_("“%(name)s” must be a table: [%(name)s].") % {"name": entry})
    _refuse_unknown(said, ("stance", "text", "permission"), f"{entry}.")
    texts = said.get("text", [])
    texts = texts if isinstance(texts, list) else [texts]
    single = {
        name: _name(f"{entry}.{name}", said[name])
        for name in ("stance", "permission")
        if name in said
    }
    return Question(texts=tuple(_name(f"{entry}.text", one) for one in texts), **single)


def _values(name: str, said: object) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(one, str) for one in said.values()):
        raise MappingError(_("“values.%(name)s” must give a text for each.") % {"name": name})
    return {key if key == ANY_OTHER else text.normalised(key): one for key, one in said.items()}
