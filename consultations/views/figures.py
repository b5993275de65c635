"""From stored counters to what a page says of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from consultations.models import Stance, Tally


@dataclass(frozen=True)
class Figures:
    """How many comments there are, and their stances (in the order of `Stance`)."""

    counted: int
    listed: int
    waiting: int
    stances: dict[str, int]

    @property
    def unpublished(self) -> int:
        """Return how many count and are not shown."""
        return self.counted - self.listed


def of(tallies: Iterable[Tally]) -> Figures:
    """Return the sums over a recommendation's counters."""
    rows = list(tallies)
    stances = {str(stance): 0 for stance in Stance}
    for row in rows:
        stances[row.stance] += row.counted
    return Figures(
        counted=sum(row.counted for row in rows),
        listed=sum(row.listed for row in rows),
        waiting=sum(row.waiting for row in rows),
        stances=stances,
    )
