"""Where the columns that a mapping names stand among a file's headings."""

import re
from collections.abc import Mapping as Entries
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from consultations.exchange.columns import Mapping, MappingError, Name
from consultations.exchange.sheets import Row


@dataclass(frozen=True)
class Places:
    """Where each thing stands in a row, counted from 0."""

    headings: Sequence[str]
    facts: Entries[str, int]
    questions: Entries[int, tuple[int | None, tuple[int, ...], int | None]]
    asked: Entries[int, tuple[tuple[int, ...], int | None]] = field(default_factory=dict)

    def untaken(self) -> list[str]:
        """Return the headings of the columns that mean nothing here."""
        taken = {*self.facts.values()}
        for stance, texts, permission in self.questions.values():
            taken |= {stance, *texts, permission}  # type: ignore[arg-type]
        for answers, why in self.asked.values():
            taken |= {*answers, why}  # type: ignore[arg-type]
        return [self.name(at) for at, said in enumerate(self.headings) if said and at not in taken]

    def name(self, at: int) -> str:
        """Name a column for whoever reads an error."""
        said = self.headings[at] if at < len(self.headings) else ""
        short = said if len(said) <= 60 else f"{said[:59]}…"
        return f"{at + 1} (“{short}”)" if short else str(at + 1)


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
        asked={
            number: (tuple(_place(name, headings) for name in one.answers), maybe(one.why))
            for number, one in mapping.asked.items()
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
