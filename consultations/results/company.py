"""Which unpublished comments stand in the figures: none comes or goes but in company.

Who watches the results sees every change of a row, and takes from it what was published in
between. What is left are the changes that nobody may work out, so they are told where at least
five people of a row changed at once, and wait otherwise. The largest such set is what remains of
all changes when those in too small a row are taken out until none is: the core of a hypergraph,
as k-cores are peeled from graphs (Seidman 1983). One set serves all tables, for tables of
different days could be subtracted from one another.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

# What a comment, or a respondent, adds to the tables: the codes of what was declared.
Declared: TypeAlias = tuple[str, ...]


def told(
    before: Mapping[str, Declared],
    now: Mapping[str, Declared],
    rows: Callable[[Declared], Iterable[str]],
    fewest: int,
) -> dict[str, Declared]:
    """Return what the figures hold now, by reference: of `before` and `now`, what may be told.

    `rows` names the rows, in every table, in which somebody stands who declared so. In each row,
    those who came, went or changed between `before` and what is returned are none, or `fewest` or
    more.
    """
    changed = {
        reference: {
            row for each in (before, now) if reference in each for row in rows(each[reference])
        }
        for reference in before.keys() | now.keys()
        if before.get(reference) != now.get(reference)
    }
    while alone := _alone(changed, fewest):
        changed = {reference: at for reference, at in changed.items() if at.isdisjoint(alone)}
    kept = {reference: said for reference, said in before.items() if reference not in changed}
    return kept | {reference: now[reference] for reference in changed if reference in now}


def _alone(changed: Mapping[str, set[str]], fewest: int) -> set[str]:
    """The rows in which some change, and too few."""
    sizes = Counter(row for at in changed.values() for row in at)
    return {row for row, size in sizes.items() if size < fewest}
