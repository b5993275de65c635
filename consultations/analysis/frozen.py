"""Does a summary hold together by itself? What can be checked when an edition is read.

Cheap, and without the comments: every sentence from the frozen facts, and the facts among each
other. That they are those that were frozen is for the edition's hash. Nothing here reaches numpy.
"""

import re
from collections.abc import Iterator

from consultations.analysis.adding import check_sums
from consultations.analysis.ground import COMPARED
from consultations.analysis.shapes import METHOD, Statement, Summary
from consultations.analysis.snapshot import BLOCKS
from consultations.analysis.sources import is_quote, number_behind, place_of
from consultations.analysis.violation import Violation
from consultations.analysis.wording import sentences_about

_NUMBER = re.compile(r"\d[\d,]*|\b[Nn]one\b|\bNo(?= new\b)")
_QUANTIFIED = re.compile(r"\b(almost all|all|most|about half|fewer than half|few) \(([\d,]+)\)")


def check_frozen(summary: Summary) -> list[Violation]:
    """Return what is wrong with a summary as it is stored; nothing means that it holds together.

    Of an earlier method only that its sentences' numbers have their facts.
    """
    found = list(_sentences(summary))
    if summary.method == METHOD:
        found += [*check_sums(summary), *_quotes(summary), *_ground(summary), *_changes(summary)]
    return found


def _sentences(summary: Summary) -> Iterator[Violation]:
    if summary.method == METHOD and summary.statements != sentences_about(summary):
        yield Violation("statement", "statements", "are not those that the facts allow")
    for place, statement in enumerate(summary.statements):
        where = f"statements/{place}"
        numbers = [number_behind(summary, each) for each in statement.sources if not is_quote(each)]
        if _numbers(statement) != numbers:
            yield Violation("statement", where, "has numbers without a source")
        shown = [place_of(each) for each in statement.sources if is_quote(each)]
        if any(each is None or each >= len(summary.quotes) for each in shown):
            yield Violation("statement", where, "is shown by no quote")
        yield from _words(where, statement, summary)


def _numbers(statement: Statement) -> list[int | None]:
    found = _NUMBER.findall(statement.text)
    return [int(each.replace(",", "")) if each[0].isdigit() else 0 for each in found]


def _words(where: str, statement: Statement, summary: Summary) -> Iterator[Violation]:
    """Each word for a share stands beside its count, within its bounds, on a base large enough."""
    for word, told in _QUANTIFIED.findall(statement.text):
        part = int(told.replace(",", ""))
        bases = [
            number_behind(summary, f"{source.rpartition('/')[0]}/total")
            for source in statement.sources
            if not is_quote(source) and number_behind(summary, source) == part
        ]
        if not any(base and _fits(word, 100 * part, base, summary) for base in bases):
            yield Violation("quantifier", where, f"says {word} of another share")


def _fits(word: str, part: int, base: int, summary: Summary) -> bool:
    options = summary.options
    least, most = {
        "few": (part > 0, part < options.few_percent * base),
        "fewer than half": (
            part >= options.few_percent * base,
            part < options.half_percent * base,
        ),
        "about half": (part >= options.half_percent * base, part <= options.most_percent * base),
        "most": (part > options.most_percent * base, part < options.almost_all_percent * base),
        "almost all": (part >= options.almost_all_percent * base, part < 100 * base),
        "all": (part == 100 * base, part == 100 * base),
    }[word]
    return base >= options.quantified and least and most


def _quotes(summary: Summary) -> Iterator[Violation]:
    if len(summary.quotes) > summary.options.quotes:
        yield Violation("quotes", "quotes", "are more than were asked for")
    for place, quote in enumerate(summary.quotes):
        if not 0 <= quote.start < quote.end or quote.block not in BLOCKS:
            yield Violation("quote", f"quotes/{place}", "has no place in a comment or block")
        if len(quote.related) > summary.options.related or quote.comment in quote.related:
            yield Violation("related", f"quotes/{place}", "names too many, or itself")
        if quote.why == "kept" and not quote.kept:
            yield Violation("why", f"quotes/{place}", "was kept, and is not")


def _ground(summary: Summary) -> Iterator[Violation]:
    if tuple(each.kinds for each in summary.ground) != COMPARED:
        yield Violation("ground", "ground", "compares other kinds")
    for each in summary.ground:
        if not set(each.quotes) <= set(range(len(summary.quotes))):
            yield Violation("ground", "ground", "is shown by no quote")


def _changes(summary: Summary) -> Iterator[Violation]:
    changes = summary.changes
    if (changes is None) != (not summary.previous):
        yield Violation("changes", "changes", "are there without an edition before, or missing")
    if changes is None:
        return
    if changes.new != summary.facts.new or changes.edited > summary.facts.total:
        yield Violation("changes", "changes", "count other comments")
    if sorted((*changes.kept, *changes.added)) != list(range(len(summary.quotes))):
        yield Violation("changes", "changes/quotes", "are not those of the summary")
    if [n for n, quote in enumerate(summary.quotes) if quote.kept] != list(changes.kept):
        yield Violation("changes", "changes/kept", "are not those of the summary")
    now = {row.keys: row.stances for row in summary.facts.by_kind} | {(): summary.facts.stances}
    if any(now.get(each.keys) != each.now for each in changes.stances):
        yield Violation("changes", "changes/stances", "differ from the tables")
    fresh = [each.key for each in summary.duplicates if each.campaign and not each.known]
    if list(changes.campaigns) != fresh:
        yield Violation("changes", "changes/campaigns", "are not those of the summary")
