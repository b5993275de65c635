"""The shape of a record: columns with a name, a meaning and a source, and how values are said.

A source gives a text, a number or nothing, said by the database as every file says it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Case, CharField, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

Cell: TypeAlias = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row: its name in every file, what it means, and where it is read."""

    name: str
    meaning: str | Promise
    source: str | Combinable
    # The words that may stand in it, with what each means.
    choices: Sequence[tuple[str, str | Promise]] = ()
    # Whether the portal itself makes what stands in it: nobody typed that.
    made: bool = False

    def read(self) -> Combinable:
        """Return the source as an expression."""
        return F(self.source) if isinstance(self.source, str) else self.source


def shown_words(path: str = "") -> Combinable:
    """Return what the public reads of the comment at the end of the path, where it is shown."""
    shown = When(**{f"{path}listed": True}, then=F(f"{path}public_text"))
    return Case(shown, output_field=TextField())


class Instant(Func):
    """An instant as `2026-11-30T23:59:00Z`."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    output_field = TextField()


class Day(Func):
    """A day as `2026-11-30`."""

    template = "to_char(%(expressions)s, 'YYYY-MM-DD')"
    output_field = TextField()


def yes_or_no(condition: Q) -> Combinable:
    """Return whether a condition holds, as `yes` or `no`."""
    return Case(When(condition, then=Value("yes")), default=Value("no"), output_field=CharField())


def cells(found: QuerySet[Any], sources: Sequence[Combinable]) -> Iterator[tuple[Cell, ...]]:
    """Yield the cells of each row found, in the order of the sources (one query)."""
    return found.values_list(*sources).iterator()
