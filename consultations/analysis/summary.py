"""The door: what people said on one recommendation, as a frozen summary."""

from dataclasses import replace

from consultations.analysis.campaigns import by_hash, groups, together, voices_of
from consultations.analysis.candidates import Speakers
from consultations.analysis.changes import changed, standing
from consultations.analysis.comparisons import Changes, Dropped, Ground, Moved
from consultations.analysis.facts import count
from consultations.analysis.ground import common_ground, spoken_for
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
from consultations.analysis.stems import forget as forget_stems
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
    "forget",
    "summarise",
]

_DEFAULT = Options()


def summarise(
    snapshot: Snapshot,
    previous: Summary | None = None,
    options: Options = _DEFAULT,
    *,
    whole: bool = False,
) -> Summary:
    """Return the summary of a snapshot, the same whatever the order of its entries.

    `previous` is the summary of the edition before, for what changed and for its quotes; raises
    ValueError where it belongs to another recommendation. `whole` says that it covers the whole
    time, so that nothing is told as new.
    """
    if previous is not None and previous.recommendation != snapshot.recommendation:
        raise ValueError("previous: belongs to another recommendation")
    entries = by_hash(snapshot.entries)
    known = {entry.comment: entry for entry in entries}
    voice = voices_of(entries)
    held = together(entries, voice)
    facts = count(snapshot, previous.facts if previous else None, options, distinct=len(held))
    speakers = Speakers(entries, voice, standing(previous, known), options)
    quotes = choose(speakers, spoken_for(facts, options), options)
    duplicates = groups(snapshot, held, previous, options)
    made = Summary(
        recommendation=snapshot.recommendation,
        method=METHOD,
        snapshot=snapshot.digest(),
        facts=facts,
        quotes=quotes,
        statements=(),
        options=options,
        previous="" if previous is None else previous.digest(),
        duplicates=duplicates,
        ground=common_ground(facts, quotes, known, options),
        changes=changed(previous, entries, facts, quotes, duplicates) if previous else None,
        whole=whole,
    )
    return replace(made, statements=sentences_about(made))


def forget() -> None:
    """Forget the texts and words whose stems were taken, kept between one look and the next.

    A process that lives on calls it when it is done, so that what is erased is nowhere.
    """
    forget_stems()
