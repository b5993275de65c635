"""Common ground and division between the kinds of respondent whom the site exists for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consultations.analysis.comparisons import Ground
from consultations.analysis.options import Options
from consultations.analysis.shapes import Facts, Quote
from consultations.analysis.snapshot import Entry

COMPARED = (("employer", "local_leader"),)
AGREED = {"agree_support": "support", "agree_oppose": "opposition"}


@dataclass(frozen=True, slots=True)
class Side:
    """How many there are of a kind, and how many of them support and oppose, strongly or not."""

    total: int
    supporting: int
    opposing: int

    def block(self) -> str:
        """Return the block in which more of them stand than in the opposite one, or ""."""
        if self.supporting == self.opposing:
            return ""
        return "support" if self.supporting > self.opposing else "opposition"


def supporting(stances: Mapping[str, int]) -> int:
    """Return how many support, strongly or not."""
    return stances["strongly_support"] + stances["support"]


def opposing(stances: Mapping[str, int]) -> int:
    """Return how many oppose, strongly or not."""
    return stances["strongly_oppose"] + stances["oppose"]


def sides(facts: Facts, kinds: Sequence[str]) -> list[Side] | None:
    """Return both sides, or None where one of them has no row of its own that is told."""
    told = {row.keys: row for row in facts.by_kind}
    rows = [told.get((kind,)) for kind in kinds]
    found = [
        Side(row.total, supporting(row.stances), opposing(row.stances))
        for row in rows
        if row is not None and row.stances is not None
    ]
    return found if len(found) == len(kinds) else None


def verdict(facts: Facts, kinds: Sequence[str], options: Options) -> str:
    """Return where two kinds stand: past the threshold they part, agree by a majority of each."""
    found = sides(facts, kinds)
    if found is None or min(side.total for side in found) < options.differ_group:
        return "too_few"
    one, other = found
    for here, there in ((one.supporting, other.supporting), (one.opposing, other.opposing)):
        gap = abs(here * other.total - there * one.total)
        if 100 * gap >= options.differ_points * one.total * other.total:
            return "part"
    if all(2 * side.supporting > side.total for side in found):
        return "agree_support"
    if all(2 * side.opposing > side.total for side in found):
        return "agree_oppose"
    return "unclear"


def spoken_for(facts: Facts, options: Options) -> list[tuple[str, str]]:
    """Return which kinds should be quoted on which side, so that ground is shown and not only told.

    Each is a kind and the block in which more of it stand.
    """
    wanted = []
    for kinds in COMPARED:
        found = sides(facts, kinds)
        if found is not None and verdict(facts, kinds, options) in {*AGREED, "part"}:
            blocks = [side.block() for side in found]
            wanted += [(kind, block) for kind, block in zip(kinds, blocks, strict=True) if block]
    return wanted


def common_ground(
    facts: Facts, quotes: Sequence[Quote], entries: Mapping[str, Entry], options: Options
) -> tuple[Ground, ...]:
    """Return each comparison, with the places of the quotes that show it."""
    return tuple(
        Ground(kinds, verdict(facts, kinds, options), _shown(kinds, facts, quotes, entries))
        for kinds in COMPARED
    )


def _shown(
    kinds: Sequence[str], facts: Facts, quotes: Sequence[Quote], entries: Mapping[str, Entry]
) -> tuple[int, ...]:
    found = sides(facts, kinds)
    places = []
    for at, kind in enumerate(kinds):
        mine = [n for n, quote in enumerate(quotes) if entries[quote.comment].kind == kind]
        block = found[at].block() if found else ""
        places += ([n for n in mine if quotes[n].block == block] or mine)[:1]
    return tuple(places)
