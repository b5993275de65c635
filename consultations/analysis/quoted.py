"""Are the quotes of a summary true, allowed and fair? Part of `verify`; knows no choosing."""

from collections.abc import Iterator
from itertools import combinations

from consultations.analysis.duplicates import alike
from consultations.analysis.heard import Hearing
from consultations.analysis.masks import MASK, longest_run, sentences_around
from consultations.analysis.options import Options
from consultations.analysis.personal import likely_personal
from consultations.analysis.shapes import Quote, Summary
from consultations.analysis.snapshot import BLOCKS, Entry, Snapshot
from consultations.analysis.violation import Violation
from consultations.text import words


def check_quotes(summary: Summary, snapshot: Snapshot) -> Iterator[Violation]:
    """Yield each rule that the quotes break: true words, permission, length, and who is heard."""
    entries = {entry.comment: entry for entry in snapshot.entries}
    able = {entry.comment: entry for entry in snapshot.entries if _may_be_quoted(entry)}
    for place, quote in enumerate(summary.quotes):
        entry = entries.get(quote.comment)
        for code, detail in _faults(quote, entry, able, summary.options):
            yield Violation(code, f"quotes/{place}", detail)
    yield from _together(summary, entries)
    yield from _silenced(summary, able)
    yield from Hearing(summary, able).violations()


def _may_be_quoted(entry: Entry) -> bool:
    return entry.published and entry.quotable and not likely_personal(entry.text)


def _can_speak(entry: Entry, options: Options) -> bool:
    """Whether there is anything to quote: a short text is quoted whole, so with nothing removed."""
    whole = not MASK.search(entry.text) and bool(words(entry.text))
    return whole or longest_run(entry.text) >= options.words_min


def _faults(
    quote: Quote, entry: Entry | None, able: dict[str, Entry], options: Options
) -> Iterator[tuple[str, str]]:
    if entry is None:
        yield "quote", "is of no comment in the snapshot"
        return
    if quote.comment not in able:
        yield "permission", "is of a comment that may not be quoted"
    if not 0 <= quote.start < quote.end <= len(entry.text):
        yield "quote", "lies outside its comment"
    elif entry.text[quote.start : quote.end] != quote.text:
        yield "quote", "is not what the comment says"
    if MASK.search(quote.text):
        yield "quote", "holds what was put in place of words that were removed"
    if quote.block != _block(entry):
        yield "block", "stands in the wrong block"
    if quote.new != entry.new:
        yield "new", "is not as new as it says"
    if not _reason_holds(quote, entry):
        yield "why", "gives no reason that holds"
    yield from _length(quote, entry, able, options)
    yield from _edges(quote, entry)


def _block(entry: Entry) -> str:
    """By name: every stance of support or of opposition says so."""
    if entry.stance.endswith("support"):
        return "support"
    return "opposition" if entry.stance.endswith("oppose") else "neither"


def _reason_holds(quote: Quote, entry: Entry) -> bool:
    reason, _, of = quote.why.partition(":")
    if reason in {"kind", "ground"}:
        return of == entry.kind
    if reason == "region":
        return bool(of) and of == entry.region and entry.placed
    return quote.why in {"block", "coverage"} or (quote.why == "kept" and quote.kept)


def _length(
    quote: Quote, entry: Entry, able: dict[str, Entry], options: Options
) -> Iterator[tuple[str, str]]:
    size = len(words(quote.text))
    if size > options.words_max:
        yield "length", f"has {size} words"
    peers = (e for e in able.values() if _block(e) == _block(entry) and e.new == entry.new)
    if size < options.words_min and (
        quote.text != entry.text.strip()
        or any(longest_run(peer.text) >= options.words_min for peer in peers)
    ):
        yield "length", f"has {size} words"


def _edges(quote: Quote, entry: Entry) -> Iterator[tuple[str, str]]:
    bounds = sentences_around(entry.text)
    if quote.start not in {start for start, _ in bounds}:
        yield "edge", "does not begin with a sentence"
    if quote.cut == (quote.end in {end for _, end in bounds}):
        yield "edge", "does not end as it says"


def _together(summary: Summary, entries: dict[str, Entry]) -> Iterator[Violation]:
    if len(summary.quotes) > summary.options.quotes:
        yield Violation("quotes", "quotes", "are more than were asked for")
    for one, other in combinations(summary.quotes, 2):
        if one.comment == other.comment:
            yield Violation("quotes", "quotes", "quote a comment twice")
        elif one.block == other.block and {one.comment, other.comment} <= entries.keys():
            yield from _same_voice(entries[one.comment], entries[other.comment])


def _same_voice(one: Entry, other: Entry) -> Iterator[Violation]:
    """By the campaigns that were found, where both are known; else by their texts."""
    known = one.cluster and other.cluster
    if one.cluster == other.cluster if known else alike(one.text, other.text):
        yield Violation("quotes", "quotes", "quote near-identical comments")


def _silenced(summary: Summary, able: dict[str, Entry]) -> Iterator[Violation]:
    """Every block that spoke is quoted, first by its new comments where it has any."""
    for block in BLOCKS[: summary.options.quotes]:
        said = [entry for entry in able.values() if _block(entry) == block]
        mine = [quote for quote in summary.quotes if quote.block == block]
        spoke = any(_can_speak(entry, summary.options) for entry in said)
        if spoke and not mine and summary.options.quotes >= len(BLOCKS):
            yield Violation("silenced", f"quotes/{block}", "spoke and is not quoted")
        first = next((q for q in summary.quotes[: summary.options.mail_quotes] if q in mine), None)
        if first is not None and not first.new and _news_spoke(said, summary.options):
            yield Violation("new", f"quotes/{block}", "is first quoted by an earlier comment")


def _news_spoke(said: list[Entry], options: Options) -> bool:
    return any(entry.new and _can_speak(entry, options) for entry in said)
