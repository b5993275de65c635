"""What the columns of a file mean, as a TOML file says it; `places` finds them among its headings.

The layouts that are recognised without such a file are in `layouts`.
"""

import tomllib
from collections.abc import Mapping as Entries
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from consultations import text
from consultations.exchange.sheets import DELIMITERS, ENCODINGS

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
TABLES = ("columns", "recommendations", "questions", "values")
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
class Asking:
    """Which columns answer one of the owner's questions, and what their words stand for.

    Several columns are several choices, or texts that stand one below another.
    """

    answers: tuple[Name, ...] = ()
    why: Name | None = None
    values: Entries[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """What a file's columns mean, what their values do, and what holds where there is none."""

    columns: Entries[str, Name] = field(default_factory=dict)
    questions: Entries[int, Question] = field(default_factory=dict)
    asked: Entries[int, Asking] = field(default_factory=dict)
    values: Entries[str, Entries[str, str]] = field(default_factory=dict)
    defaults: Entries[str, str] = field(default_factory=dict)
    header: int = 0
    delimiter: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    layout: str = ""


def read(source: str) -> Mapping:
    """Return the mapping that a TOML text describes; raise MappingError."""
    try:
        said = tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        raise MappingError(str(error)) from error
    tables = {name: _table(said, name) for name in TABLES}
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
            _number("recommendations", key): _question(key, one)
            for key, one in tables["recommendations"].items()
        },
        asked={
            _number("questions", key): _asking(key, one) for key, one in tables["questions"].items()
        },
        values={name: _values(f"values.{name}", one) for name, one in tables["values"].items()},
        defaults={name: str(said[name]) for name in DEFAULTS if name in said},
        **settings,
    )


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


def _number(table: str, key: str) -> int:
    if not (key.isascii() and key.isdecimal() and len(key) < 5):
        raise MappingError(_("“%(name)s” must be a number.") % {"name": f"{table}.{key}"})
    return int(key)


def _entry(entry: str, said: object, known: Sequence[str]) -> dict[str, Any]:
    """Return one table among others; raise MappingError for one that is none, or says more."""
    if not isinstance(said, dict):
        raise MappingError(_("“%(name)s” must be a table: [%(name)s].") % {"name": entry})
    _refuse_unknown(said, known, f"{entry}.")
    return said


def _names(entry: str, said: object) -> tuple[Name, ...]:
    """Return the one column, or the several, that an entry names."""
    return tuple(_name(entry, one) for one in (said if isinstance(said, list) else [said]))


def _asking(key: str, one: object) -> Asking:
    entry = f"questions.{key}"
    said = _entry(entry, one, ("answer", "why", "values"))
    return Asking(
        answers=_names(f"{entry}.answer", said.get("answer", [])),
        why=_name(f"{entry}.why", said["why"]) if "why" in said else None,
        values=_values(f"{entry}.values", said.get("values", {})),
    )


def _question(key: str, one: object) -> Question:
    entry = f"recommendations.{key}"
    said = _entry(entry, one, ("stance", "text", "permission"))
    single = {
        name: _name(f"{entry}.{name}", said[name])
        for name in ("stance", "permission")
        if name in said
    }
    return Question(texts=_names(f"{entry}.text", said.get("text", [])), **single)


def _values(name: str, said: object) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(one, str) for one in said.values()):
        raise MappingError(_("“%(name)s” must give a text for each.") % {"name": name})
    return {key if key == ANY_OTHER else text.normalised(key): one for key, one in said.items()}
