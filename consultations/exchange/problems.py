"""What is wrong with the rows of a file, by line and column."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from consultations import text
from consultations.exchange.places import Places
from consultations.exchange.values import ValueRefused


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, and where."""

    line: int
    message: str
    column: str = ""

    def __str__(self) -> str:
        where = _("line %(n)s") % {"n": self.line}
        if self.column:
            where += _(", column %(name)s") % {"name": self.column}
        return f"{where}: {self.message}"


@dataclass
class Faults:
    """The faults of one row, gathered."""

    line: int
    places: Places
    found: list[Problem] = field(default_factory=list)

    @contextmanager
    def at(self, place: int | None) -> Iterator[None]:
        """Note what is refused within as a fault of this column."""
        try:
            yield
        except text.TextError as error:
            self.add(error.told(_), place)
        except ValueRefused as error:
            self.add(str(error), place)

    def add(self, message: object, place: int | None = None) -> None:
        """Note one fault."""
        column = "" if place is None else self.places.name(place)
        self.found.append(Problem(self.line, str(message), column))
