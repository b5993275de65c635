"""The door: what people said on one recommendation, as a frozen summary."""

from consultations.analysis.comparisons import Changes, Dropped, Ground, Moved
from consultations.analysis.facts import count
from consultations.analysis.options import Options
from consultations.analysis.quotes import choose
from consultations.analysis.shapes import (
    METHOD,
    Duplicate,
    Facts,
    Quote,
    Row,
    Statement,
    Summary,
)
from consultations.analysis.snapshot import BLOCKS, KINDS, STANCES, Entry, Snapshot
from consultations.analysis.wording import sentences_about

__all__ = [
    "BLOCKS",
    "KINDS",
    "METHOD",
    "STANCES",
    "Changes",
    "Dropped",
    "Duplicate",
    "Entry",
    "Facts",
    "Ground",
    "Moved",
    "Options",
    "Quote",
    "Row",
    "Snapshot",
    "Statement",
    "Summary",
    "summarise",
]

_DEFAULT = Options()


def summarise(
    snapshot: Snapshot, previous: Summary | None = None, options: Options = _DEFAULT
) -> Summary:
    """Return the summary of a snapshot, the same whatever the order of its entries.

    `previous` is the summary of the edition before, for movement; raises ValueError where it
    belongs to another recommendation.
    """
    if previous is not None and previous.recommendation != snapshot.recommendation:
        raise ValueError("previous: belongs to another recommendation")
    facts = count(snapshot, None if previous is None else previous.facts, options)
    return Summary(
        recommendation=snapshot.recommendation,
        method=METHOD,
        snapshot=snapshot.digest(),
        facts=facts,
        quotes=choose(snapshot, options),
        statements=sentences_about(facts, options),
        options=options,
        previous="" if previous is None else previous.digest(),
    )
