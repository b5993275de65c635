"""Is everybody quoted for whom there was room, and first what is new? Part of `verify`."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from consultations.analysis.duplicates import alike
from consultations.analysis.masks import MASK, sentences_around
from consultations.analysis.options import Options
from consultations.analysis.shapes import Quote, Summary
from consultations.analysis.snapshot import BLOCK_OF, KINDS, Entry
from consultations.analysis.violation import Violation
from consultations.text import words

# In this order places are given away, after one for each block.
_ORDER = ("block", "kind", "ground", "region", "few", "kept", "coverage")


class Hearing:
    """Whose voices are quoted, and whose might have been.

    `able` are the comments that may be quoted. Near-identical texts are one voice.
    """

    def __init__(self, summary: Summary, able: Mapping[str, Entry]) -> None:
        self._summary, self._able = summary, able
        self._group = {comment: each.key for each in summary.duplicates for comment in each.ids}
        self._quoted = [able[each.comment] for each in summary.quotes if each.comment in able]
        self._voices = {self._voice(entry) for entry in self._quoted}

    def _voice(self, entry: Entry) -> str:
        return self._group.get(entry.comment, entry.comment)

    def violations(self) -> Iterator[Violation]:
        """Yield who is unheard while others were given the places due to them."""
        yield from self._news()
        kinds = {entry.kind for entry in self._quoted}
        for kind in KINDS:
            mine = [entry for entry in self._able.values() if entry.kind == kind]
            if kind not in kinds and self._unheard(mine):
                yield from self._passed_over(f"kind:{kind}", "kind" if self._many(mine) else "few")
        heard = {entry.region for entry in self._quoted if entry.placed}
        for region in sorted({entry.region for entry in self._able.values()} - heard - {""}):
            mine = [e for e in self._able.values() if e.placed and e.region == region]
            if self._many(mine) and self._unheard(mine):
                yield from self._passed_over(f"region:{region}", "region")
        yield from self._sides()

    def _sides(self) -> Iterator[Violation]:
        for each in self._summary.ground:
            if each.verdict not in {"too_few", "unclear"}:
                for kind in each.kinds:
                    yield from self._side(kind)

    def _side(self, kind: str) -> Iterator[Violation]:
        count = dict.fromkeys(("support", "opposition", "neither"), 0)
        for row in self._summary.facts.by_kind:
            if row.keys == (kind,):
                for stance, number in (row.stances or {}).items():
                    count[BLOCK_OF[stance]] += number
        if count["support"] == count["opposition"]:
            return
        side = "support" if count["support"] > count["opposition"] else "opposition"
        mine = [e for e in self._able.values() if e.kind == kind and BLOCK_OF[e.stance] == side]
        if not any(entry in mine for entry in self._quoted) and self._unheard(mine):
            yield from self._passed_over(f"ground:{kind}", "ground")

    def _news(self) -> Iterator[Violation]:
        """In the first places an earlier comment speaks only once the new of its block have."""
        for place, quote in enumerate(self._summary.quotes[: self._summary.options.mail_quotes]):
            if not quote.new:
                block = [e for e in self._able.values() if BLOCK_OF[e.stance] == quote.block]
                if self._unheard([entry for entry in block if entry.new]):
                    yield Violation("new", f"quotes/{place}", "is of an earlier comment")

    def _passed_over(self, whom: str, rank: str) -> Iterator[Violation]:
        """Only after the places that go to what is new: nobody new may have spoken for them."""
        options, quotes = self._summary.options, self._summary.quotes
        later = {_rank(quote, rank) for quote in quotes[options.mail_quotes :]}
        if len(quotes) < options.quotes or max(later, default=0) > _ORDER.index(rank):
            yield Violation("silenced", f"quotes/{whom}", "was due a place and is not quoted")

    def _whole(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        return (entry for entry in entries if whole(entry.text, self._summary.options))

    def _many(self, entries: Iterable[Entry]) -> bool:
        """Whether so many distinct texts of them could be quoted in whole sentences."""
        met: set[str] = set()
        for entry in self._whole(entries):
            met.add(self._voice(entry))
            if len(met) >= self._summary.options.floor_texts:
                return True
        return False

    def _unheard(self, entries: Iterable[Entry]) -> bool:
        """Whether one of them could be quoted that says what no quote says."""
        fresh = (
            entry
            for entry in self._whole(e for e in entries if self._voice(e) not in self._voices)
            if not any(_same(entry, other) for other in self._quoted)
        )
        return bool(list(islice(fresh, 1)))


def whole(text: str, options: Options) -> bool:
    """Return whether whole sentences of the text, with nothing removed, can be a quote."""
    bounds = sentences_around(text)
    sizes = [len(words(text[start:end])) for start, end in bounds]
    for first in range(len(bounds)):
        total = 0
        for last in range(first, len(bounds)):
            total += sizes[last]
            if total > options.words_max or MASK.search(text, *bounds[last]):
                break
            if total >= options.words_min and sizes[last]:
                return True
    return False


def _rank(quote: Quote, asked: str) -> int:
    """A kind's place is that of many texts or of few: whichever blames less."""
    reason = quote.why.partition(":")[0]
    if reason == "kind" and asked in {"ground", "region"}:
        return 0
    return _ORDER.index(reason) if reason in _ORDER else 0


def _same(one: Entry, other: Entry) -> bool:
    return not (one.cluster and other.cluster) and alike(one.text, other.text)
