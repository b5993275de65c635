"""Are the comments named beside a quote those whose wording is most like it? Part of `verify`."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from consultations.analysis.duplicates import alike
from consultations.analysis.masks import unmasked
from consultations.analysis.personal import likely_personal
from consultations.analysis.shapes import Quote, Summary
from consultations.analysis.snapshot import BLOCK_OF, Entry, Snapshot
from consultations.analysis.stems import stems
from consultations.analysis.violation import Violation

_COMPARED = 1000  # promised: so many voices of a block are looked at

_Held = Sequence[tuple[Entry, set[str]]]


def check_related(summary: Summary, snapshot: Snapshot) -> Iterator[Violation]:
    """Yield where others are more alike, or one is near-identical, or of the same organisation."""
    group = {comment: each.key for each in summary.duplicates for comment in each.ids}
    entries = {entry.comment: entry for entry in snapshot.entries}
    for block in sorted({quote.block for quote in summary.quotes}):
        held = _held(block, snapshot, group)
        weight = _weights(held)
        for place, quote in enumerate(summary.quotes):
            own = entries.get(quote.comment)
            if quote.block == block and own is not None:
                ranked = _ranked(quote, held, weight, summary.options.related_percent)
                if list(quote.related) != _first(ranked, own, group, summary.options.related):
                    yield Violation(
                        "related", f"quotes/{place}", "names others than the most alike"
                    )


def _held(block: str, snapshot: Snapshot, group: Mapping[str, str]) -> _Held:
    def order(entry: Entry) -> tuple[bytes, str]:
        return hashlib.sha256(entry.text.encode("utf-8", "surrogatepass")).digest(), entry.comment

    said = [e for e in snapshot.entries if BLOCK_OF[e.stance] == block]
    met: set[str] = set()
    held: list[tuple[Entry, set[str]]] = []
    for entry in sorted((e for e in said if e.published and e.quotable), key=order):
        voice = group.get(entry.comment, entry.comment)
        if len(held) < _COMPARED and voice not in met and not likely_personal(entry.text):
            met.add(voice)
            held.append((entry, set(stems(unmasked(entry.text)))))
    return held


def _weights(held: _Held) -> dict[str, int]:
    spread = Counter(stem for _entry, theirs in held for stem in theirs)
    return {stem: round(1024 * math.log(1 + len(held) / n)) for stem, n in spread.items()}


def _ranked(quote: Quote, held: _Held, weight: Mapping[str, int], least: int) -> list[Entry]:
    mine = set(stems(quote.text))
    size = sum(weight.get(stem, round(1024 * math.log(1 + len(held)))) for stem in mine)
    found = []
    for place, (_entry, theirs) in enumerate(held):
        both = sum(map(weight.__getitem__, mine & theirs))
        if both:
            sizes = size * sum(map(weight.__getitem__, theirs))
            if (100 * both) ** 2 >= least**2 * sizes:
                found.append((-((1000 * both) ** 2 // sizes), place))
    return [held[place][0] for _likeness, place in sorted(found)]


def _first(ranked: Sequence[Entry], own: Entry, group: Mapping[str, str], most: int) -> list[str]:
    told: list[Entry] = []
    for entry in ranked:
        bodies = {own.organisation, *(each.organisation for each in told)} - {""}
        same = group.get(entry.comment, entry.comment) == group.get(own.comment, own.comment)
        looked_at = bool(entry.cluster and own.cluster)
        if same or entry.organisation in bodies or (not looked_at and alike(entry.text, own.text)):
            continue
        if len(told) < most:
            told.append(entry)
    return [entry.comment for entry in told]
