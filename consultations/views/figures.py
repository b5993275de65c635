"""From stored counters to what a page says of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from consultations.models import Stance, Tally


@dataclass(frozen=True)
class Figures:
    """How many comments there are, and their stances (in the order of `Stance`).

    Of the `whole` the stances are those of all that count, otherwise of those that are listed.
    """

    counted: int
    listed: int
    waiting: int
    stances: dict[str, int]
    whole: bool

    @property
    def unpublished(self) -> int:
        """Return how many count and are not shown."""
        return self.counted - self.listed


def of(tallies: Iterable[Tally], *, closed: bool) -> Figures:
    """Return the sums over a recommendation's counters.

    Until the consultation has closed, stances are told of published comments alone: whoever
    watches the page would see what each of the others thinks as it comes.
    """
    rows = list(tallies)
    stances = {str(stance): 0 for stance in Stance}
    for row in rows:
        stances[row.stance] += row.counted if closed else row.listed
    return Figures(
        counted=sum(row.counted for row in rows),
        listed=sum(row.listed for row in rows),
        waiting=sum(row.waiting for row in rows),
        stances=stances,
        whole=closed,
    )
