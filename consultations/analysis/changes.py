"""What changed since the previous edition; which of its quotes still stand."""

from collections.abc import Iterator, Mapping, Sequence

from consultations.analysis.comparisons import Changes, Dropped, Moved
from consultations.analysis.masks import MASK
from consultations.analysis.shapes import Duplicate, Facts, Quote, Row, Summary
from consultations.analysis.snapshot import STANCES, Entry


def standing(previous: Summary | None, entries: Mapping[str, Entry]) -> dict[str, str]:
    """Return the words that the previous edition quoted and that stand yet, by comment.

    They may stand elsewhere in it, where others were removed before them. A stored summary has no
    words: they are put back, where they still stand, by whoever reads it.
    """
    found = {}
    for quote in previous.quotes if previous else ():
        entry = entries.get(quote.comment)
        may = entry is not None and entry.published and entry.quotable
        if entry is not None and may and quote.text and quote.text in entry.text:
            found[quote.comment] = quote.text
    return found


def changed(
    previous: Summary,
    entries: Sequence[Entry],
    facts: Facts,
    quotes: Sequence[Quote],
    duplicates: Sequence[Duplicate],
) -> Changes:
    """Return what changed between the previous summary and what is told now.

    One that counted then and was hidden counts as withdrawn, though it may be back by now.
    """
    known = {entry.comment: entry for entry in entries}
    kept = tuple(place for place, quote in enumerate(quotes) if quote.kept)
    held = sum(entry.held for entry in entries)
    return Changes(
        new=facts.new,
        edited=sum(entry.edited for entry in entries),
        withdrawn=max(0, previous.facts.total - held),
        stances=tuple(_moved(facts, previous.facts)),
        kept=kept,
        added=tuple(place for place in range(len(quotes)) if place not in kept),
        dropped=tuple(_dropped(previous, known, {quotes[place].comment for place in kept})),
        campaigns=tuple(each.key for each in duplicates if each.campaign and not each.known),
    )


def _moved(facts: Facts, before: Facts) -> Iterator[Moved]:
    then, now = before.stances, facts.stances
    if facts.movement is not None and then is not None and now is not None:
        yield Moved((), then, now)
    earlier = {row.keys: row for row in before.by_kind}
    for row in facts.by_kind:
        if row.movement is not None and row.stances is not None:
            yield Moved(row.keys, _stances(earlier.get(row.keys)), row.stances)


def _stances(row: Row | None) -> dict[str, int]:
    """Of a row that nobody stood in: nothing."""
    return dict.fromkeys(STANCES, 0) if row is None or row.stances is None else row.stances


def _dropped(previous: Summary, known: Mapping[str, Entry], kept: set[str]) -> Iterator[Dropped]:
    standing_yet = standing(previous, known)
    for quote in previous.quotes:
        if quote.comment not in kept:
            stands = quote.comment in standing_yet
            yield Dropped(quote.comment, _reason(known.get(quote.comment), stands=stands))


def _reason(entry: Entry | None, *, stands: bool) -> str:
    if entry is None or not (entry.published and entry.quotable):
        return "withdrawn"
    if stands:
        return "others"
    return "redacted" if MASK.search(entry.text) and not entry.edited else "edited"
