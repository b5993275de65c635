"""Which quotes stand for what was said: by greedy coverage, within floors for who is heard."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from consultations.analysis.candidates import Candidate, Field, Speakers
from consultations.analysis.duplicates import bare_words, near
from consultations.analysis.options import Options
from consultations.analysis.related import Wordings
from consultations.analysis.shapes import Quote
from consultations.analysis.snapshot import BLOCKS, KINDS, Entry

_FOR_WHOM = frozenset(("employer", "local_leader"))  # whom the site exists for


def choose(
    speakers: Speakers, wanted: Sequence[tuple[str, str]], options: Options
) -> tuple[Quote, ...]:
    """Return at most `options.quotes` quotes, in the order of their choice.

    First one of each block (support, opposition, neither) that spoke, so picked that employers
    and local leaders, then the other kinds, are heard between them; then one of each kind still
    unheard that has so many distinct texts; one of each kind and block that is `wanted`; one of
    each such region; one of each kind with fewer texts; then whatever covers most of what is left
    unsaid. Each step takes the span with the largest gain per square root of its words (Lin and
    Bilmes 2010, "Multi-document summarization via budgeted maximization of submodular functions"),
    never the most popular or central one; but what the previous edition quoted stays until
    another span adds twice as much (`options.kept_percent`).

    The first `options.mail_quotes` are chosen among what is new, in each block that has any; the
    others among all.
    """
    news, everything = speakers.fields()
    choice = _Choice(news, options)
    choice.run(_steps(news, wanted, options), min(options.mail_quotes, options.quotes))
    if everything is not news:
        choice.widen(everything)
    choice.run(_steps(everything, wanted, options), options.quotes)
    wordings = {
        block: Wordings(speakers.said[block], speakers.voice)
        for block in {each.block for each in choice.chosen}
    }
    return tuple(
        _quote(each, why, wordings[each.block], options)
        for each, why in zip(choice.chosen, choice.reasons, strict=True)
    )


def _quote(chosen: Candidate, why: str, wordings: Wordings, options: Options) -> Quote:
    entry, span = chosen.entry, chosen.span
    text = entry.text[span.start : span.end]
    return Quote(
        comment=entry.comment,
        start=span.start,
        end=span.end,
        text=text,
        block=chosen.block,
        why=why,
        new=entry.new,
        cut=chosen.cut,
        related=wordings.like(text, entry, options),
        kept=chosen.kept,
    )


@dataclass(slots=True)
class _Choice:
    ground: Field
    options: Options
    chosen: list[Candidate] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    voices: set[int] = field(default_factory=set)
    bounds: dict[Candidate, float] = field(init=False)
    bare: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bounds = self._gains()

    def run(self, steps: Iterable["_Step"], most: int) -> None:
        """Take the steps, and then what covers most, until so many are chosen."""
        for step in steps:
            if len(self.chosen) < most:
                step(self)
        while len(self.chosen) < most and self.add("coverage", lambda each: True):
            pass

    def widen(self, ground: Field) -> None:
        """Go on in another field, in which what is chosen already is said."""
        self.ground = ground
        self.bounds = self._gains()
        for each in self.chosen:
            block = ground.blocks[each.block]
            block.take(*block.vectors([each.entry.text[each.span.start : each.span.end]]))

    def _gains(self) -> dict[Candidate, float]:
        """What each would add if nothing were chosen: none ever adds more."""
        return {each: self._gain(each) for each in self.ground.candidates}

    def _gain(self, each: Candidate) -> float:
        return self.ground.blocks[each.block].gain(each.vector, each.span.words)

    def kinds(self) -> frozenset[str]:
        return frozenset(each.entry.kind for each in self.chosen)

    def add(self, why: str, allowed: Callable[[Candidate], bool]) -> bool:
        """Quote the best of the allowed candidates whose voice is new; say whether one was."""
        best = self.best(
            [c for c in self.ground.candidates if c.voice not in self.voices and allowed(c)]
        )
        if best is not None:
            self.take(best, "kept" if why == "coverage" and best.kept else why)
        return best is not None

    def best(self, candidates: list[Candidate]) -> Candidate | None:
        """The one that adds most, or an earlier quote that it does not clearly beat."""
        most = self._most([each for each in candidates if each.kept])
        chosen = self._most(candidates)
        if most is None or chosen is None:
            return chosen
        stays = 100 * self.bounds[most] >= self.options.kept_percent * self.bounds[chosen]
        return most if stays else chosen

    def _most(self, candidates: list[Candidate]) -> Candidate | None:
        """Lazily (Minoux 1978): a gain only ever falls, so an old one is a bound on the new."""
        chosen: Candidate | None = None
        most = -1.0
        for each in sorted(candidates, key=self.bounds.__getitem__, reverse=True):
            if self.bounds[each] < most:
                break
            gain = self.bounds[each] = self._gain(each)
            if chosen is None or (-gain, _tie(each)) < (-most, _tie(chosen)):
                chosen, most = each, gain
        return chosen

    def take(self, chosen: Candidate, why: str) -> None:
        self.ground.blocks[chosen.block].take(chosen.vector)
        self.voices.add(chosen.voice)
        self.voices |= self._missed(chosen)
        self.chosen.append(chosen)
        self.reasons.append(why)

    def _missed(self, chosen: Candidate) -> set[int]:
        """Voices that are near-identical to the chosen one, which no sketch has told of."""
        others = {c.voice: c.entry for c in self.ground.candidates if c.block == chosen.block}
        return {
            voice
            for voice, entry in others.items()
            if voice not in self.voices
            and not (entry.cluster and chosen.entry.cluster)
            and near(self._bare(entry), self._bare(chosen.entry))
        }

    def _bare(self, entry: Entry) -> tuple[str, ...]:
        found = self.bare.get(entry.comment)
        if found is None:
            found = self.bare[entry.comment] = bare_words(entry.text)
        return found


_Step = Callable[[_Choice], None]


def _tie(candidate: Candidate) -> tuple[int, tuple[int, int]]:
    """By block, then by the hash of the text and the comment's id (the order of candidates)."""
    return BLOCKS.index(candidate.block), candidate.rank


def _steps(ground: Field, wanted: Sequence[tuple[str, str]], options: Options) -> Iterator[_Step]:
    """The floors, in order; how many distinct texts a kind or region has is asked of its voices."""
    spoke = {
        block: frozenset(c.entry.kind for c in ground.candidates if c.block == block)
        for block in ground.blocks
    }
    order = list(spoke)
    yield from (_block_step(order[at], spoke, order[at + 1 :]) for at in range(len(order)))
    kinds, regions = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    for each in ground.candidates:
        kinds[each.entry.kind].add(each.voice)
        if each.entry.placed and each.entry.region:
            regions[each.entry.region].add(each.voice)
    many = [kind for kind in KINDS if len(kinds[kind]) >= options.floor_texts]
    yield from map(_kind_step, many)
    yield from (_ground_step(kind, block) for kind, block in wanted)
    yield from (_region_step(r) for r in sorted(regions) if len(regions[r]) >= options.floor_texts)
    yield from (_kind_step(kind) for kind in KINDS if kind not in many)


def _block_step(block: str, spoke: dict[str, frozenset[str]], later: list[str]) -> _Step:
    def step(choice: _Choice) -> None:
        if any(each.block == block for each in choice.chosen):
            return
        rest, heard = [spoke[each] for each in later], choice.kinds()
        worth = {kind: _heard(heard | {kind}, rest) for kind in spoke[block]}
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
        if kind not in choice.kinds():
            choice.add(f"kind:{kind}", lambda each: each.entry.kind == kind)

    return step


def _ground_step(kind: str, block: str) -> _Step:
    def side(each: Candidate) -> bool:
        return each.entry.kind == kind and each.block == block

    def step(choice: _Choice) -> None:
        if not any(map(side, choice.chosen)):
            choice.add(f"ground:{kind}", side)

    return step


def _region_step(region: str) -> _Step:
    def here(each: Candidate) -> bool:
        return each.entry.region == region and each.entry.placed

    def step(choice: _Choice) -> None:
        if not any(map(here, choice.chosen)):
            choice.add(f"region:{region}", here)

    return step
