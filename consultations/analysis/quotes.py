"""Which quotes stand for what was said: by greedy coverage, within floors for who is heard."""

from collections.abc import Callable
from dataclasses import dataclass, field

from consultations.analysis.candidates import Candidate, Field, gather
from consultations.analysis.duplicates import alike
from consultations.analysis.options import Options
from consultations.analysis.shapes import Quote
from consultations.analysis.snapshot import BLOCKS, KINDS, Snapshot

_FOR_WHOM = frozenset(("employer", "local_leader"))  # whom the site exists for


def choose(snapshot: Snapshot, options: Options) -> tuple[Quote, ...]:
    """Return at most `options.quotes` quotes, in the order of their choice.

    First one of each block (support, opposition, neither) that spoke, so picked that employers
    and local leaders, then the other kinds, are heard between them; then one of each kind still
    unheard; then whatever covers most of what is left unsaid. Each step takes the span with the
    largest gain per square root of its words (Lin and Bilmes 2010, "Multi-document summarization
    via budgeted maximization of submodular functions"), never the most popular or central one.
    """
    choice = _Choice(gather(snapshot, options))
    steps = (*choice.floors(), *(_kind_step(kind) for kind in KINDS))
    for step in steps:
        if len(choice.quotes) < options.quotes:
            step(choice)
    while len(choice.quotes) < options.quotes and choice.add("coverage", lambda each: True):
        pass
    return tuple(choice.quotes[: options.quotes])


@dataclass(slots=True)
class _Choice:
    ground: Field
    quotes: list[Quote] = field(default_factory=list)
    voices: set[int] = field(default_factory=set)
    kinds: frozenset[str] = frozenset()
    bounds: dict[Candidate, float] = field(default_factory=dict)

    def floors(self) -> list["_Step"]:
        """One step for each block that spoke."""
        spoke = {block: self.kinds_in(block) for block in BLOCKS if self.kinds_in(block)}
        order = list(spoke)
        return [_block_step(order[at], spoke, order[at + 1 :]) for at in range(len(order))]

    def kinds_in(self, block: str) -> frozenset[str]:
        return frozenset(c.entry.kind for c in self.ground.candidates if c.block == block)

    def add(self, why: str, allowed: Callable[[Candidate], bool]) -> bool:
        """Quote the best of the allowed candidates whose voice is new; say whether one was."""
        best = self.best(
            [c for c in self.ground.candidates if c.voice not in self.voices and allowed(c)]
        )
        if best is not None:
            self.take(best, why)
        return best is not None

    def best(self, candidates: list[Candidate]) -> Candidate | None:
        """Lazily (Minoux 1978): a gain only ever falls, so an old one is a bound on the new."""
        chosen: Candidate | None = None
        most = -1.0
        first = float("inf")
        for each in sorted(candidates, key=lambda c: (-self.bounds.get(c, first), c.rank)):
            if self.bounds.get(each, first) < most:
                break
            gain = self.ground.blocks[each.block].gain(each.vector, each.span.words)
            self.bounds[each] = gain
            if chosen is None or (-gain, _tie(each)) < (-most, _tie(chosen)):
                chosen, most = each, gain
        return chosen

    def _missed(self, chosen: Candidate) -> set[int]:
        """Voices that are near-identical to the chosen one, which no sketch has told of."""
        others = {c.voice: c.entry for c in self.ground.candidates if c.block == chosen.block}
        return {
            voice
            for voice, entry in others.items()
            if voice not in self.voices
            and not (entry.cluster and chosen.entry.cluster)
            and alike(entry.text, chosen.entry.text)
        }

    def take(self, chosen: Candidate, why: str) -> None:
        entry, span = chosen.entry, chosen.span
        text = entry.text[span.start : span.end]
        self.ground.blocks[chosen.block].take(chosen.vector)
        self.voices.add(chosen.voice)
        self.voices |= self._missed(chosen)
        self.kinds |= {entry.kind}
        self.quotes.append(
            Quote(
                comment=entry.comment,
                start=span.start,
                end=span.end,
                text=text,
                block=chosen.block,
                why=why,
                new=entry.new,
                cut=chosen.cut,
            )
        )


_Step = Callable[[_Choice], None]


def _tie(candidate: Candidate) -> tuple[int, tuple[int, int]]:
    """By block, then by the hash of the text and the comment's id (the order of candidates)."""
    return BLOCKS.index(candidate.block), candidate.rank


def _block_step(block: str, spoke: dict[str, frozenset[str]], later: list[str]) -> _Step:
    def step(choice: _Choice) -> None:
        rest = [spoke[each] for each in later]
        worth = {kind: _heard(choice.kinds | {kind}, rest) for kind in spoke[block]}
        kinds = {kind for kind in worth if worth[kind] == max(worth.values())}
        mine = [c for c in choice.ground.candidates if c.block == block]
        unheard = [c for c in mine if c.voice not in choice.voices]
        fitting = [c for c in unheard if c.entry.kind in kinds]
        best = choice.best(fitting or unheard or mine)
        if best is not None:
            choice.take(best, "block")

    return step


def _heard(kinds: frozenset[str], rest: list[frozenset[str]]) -> tuple[int, int]:
    """How many kinds can be heard at best once the remaining blocks have spoken."""
    if not rest:
        return len(kinds & _FOR_WHOM), len(kinds)
    return max(_heard(kinds | {kind}, rest[1:]) for kind in rest[0])


def _kind_step(kind: str) -> _Step:
    def step(choice: _Choice) -> None:
        if kind not in choice.kinds:
            choice.add(f"kind:{kind}", lambda each: each.entry.kind == kind)

    return step
