"""From stored counters to what a page says of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from consultations.analysis.options import Options
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
    watches the page would see what each of the others thinks as it comes. So they are after it
    where few commented at all, as in the digests.
    """
    rows = list(tallies)
    counted, listed = sum(row.counted for row in rows), sum(row.listed for row in rows)
    whole = closed and (counted == listed or counted >= Options().minimum_row)
    stances = {str(stance): 0 for stance in Stance}
    for row in rows:
        stances[row.stance] += row.counted if whole else row.listed
    return Figures(
        counted=counted,
        listed=listed,
        waiting=sum(row.waiting for row in rows),
        stances=stances,
        whole=whole,
    )
