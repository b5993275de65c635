"""Who may be quoted: the blocks that spoke, one voice each, and their spans."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from consultations.analysis.coverage import Block, Vector
from consultations.analysis.masks import unmasked
from consultations.analysis.options import Options
from consultations.analysis.personal import likely_personal
from consultations.analysis.snapshot import BLOCK_OF, BLOCKS, Entry
from consultations.analysis.spans import CUT, LEVELS, Span, spans

_SPEAKERS = 150  # comments of one block whose spans are weighed, shared between its kinds
_LISTENERS = 1000  # voices of one block that are to be covered


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A span that may be quoted, whose voice it is, and where it stands among equals.

    `kept` is true where the previous edition quoted the same words.
    """

    entry: Entry
    block: str
    voice: int
    span: Span
    vector: Vector
    cut: bool
    rank: tuple[int, int]
    kept: bool


@dataclass(frozen=True, slots=True)
class Field:
    """Everything that choosing needs: the blocks that spoke, and their candidates."""

    blocks: dict[str, Block] = field(default_factory=dict)
    candidates: list[Candidate] = field(default_factory=list)


class Speakers:
    """Those who may be quoted, by block; from them the fields of what is new and of all.

    `entries` stand in the order of their hashes, `kept` are the words, by comment, that the
    previous edition quoted and that stand yet. `said` holds the entries of each block,
    `voice` the voice of each comment.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        voice: dict[str, int],
        kept: dict[str, str],
        options: Options,
    ) -> None:
        self.voice, self._kept, self._options = voice, kept, options
        self.said: dict[str, list[Entry]] = {block: [] for block in BLOCKS}
        for entry in entries:
            if entry.published and entry.quotable and not likely_personal(entry.text):
                self.said[BLOCK_OF[entry.stance]].append(entry)

    def fields(self) -> tuple[Field, Field]:
        """Return two fields: a block is heard by its new comments if it has any; by all.

        They are one and the same where that makes no difference.
        """
        pools = {}
        for block, said in self.said.items():
            new, earlier = ([e for e in said if e.new == each] for each in (True, False))
            pools[block] = new if self._level(new) is not None else earlier
        first = self._field(pools)
        return first, first if pools == self.said else self._field(self.said)

    def _level(self, pool: Sequence[Entry]) -> int | None:
        """By whole sentences; by cut or short ones only where it has no others."""
        for level in LEVELS:
            if any(spans(entry.text, level, self._options) for entry in pool):
                return level
        return None

    def _field(self, pools: dict[str, list[Entry]]) -> Field:
        """Near-identical texts are one voice; of a large block a part drawn by hash stands for it.

        What the previous edition quoted stands among the candidates whatever was drawn.
        """
        made = Field()
        for name, pool in pools.items():
            level = self._level(pool)
            if level is not None:
                heard = {self.voice[e.comment]: unmasked(e.text) for e in reversed(pool)}
                said = [heard[each] for each in sorted(heard)][:_LISTENERS]
                made.blocks[name] = Block(said)
                made.candidates.extend(self._candidates(name, made.blocks[name], pool, level))
        return made

    def _candidates(
        self, name: str, block: Block, pool: Sequence[Entry], level: int
    ) -> Iterator[Candidate]:
        drawn = [
            (entry, span, (place, part))
            for place, (entry, parts) in enumerate(self._drawn(pool, level))
            for part, span in enumerate(parts)
        ]
        texts = [entry.text[span.start : span.end] for entry, span, _rank in drawn]
        vectors = block.vectors(texts)
        for (entry, span, rank), text, vector in zip(drawn, texts, vectors, strict=True):
            yield Candidate(
                entry=entry,
                block=name,
                voice=self.voice[entry.comment],
                span=span,
                vector=vector,
                cut=level == CUT,
                rank=rank,
                kept=text == self._kept.get(entry.comment),
            )

    def _drawn(self, pool: Sequence[Entry], level: int) -> Iterator[tuple[Entry, list[Span]]]:
        """The first comment of each voice and kind that can be quoted so, as many of each kind.

        Of each region, too, as many as it may take to hear it.
        """
        few = self._options.quotes + self._options.floor_texts  # some are left, whoever is quoted
        share = max(few, _SPEAKERS // len({entry.kind for entry in pool}))
        kinds: dict[str, set[int]] = defaultdict(set)
        regions: dict[str, set[int]] = defaultdict(set)
        for entry in pool:
            mine, voice = [(kinds[entry.kind], share)], self.voice[entry.comment]
            if entry.placed and entry.region:
                mine.append((regions[entry.region], few))
            wanted = any(len(known) < most and voice not in known for known, most in mine)
            if wanted or entry.comment in self._kept:
                parts = spans(entry.text, level, self._options)
                if parts:
                    for known, _most in mine:
                        known.add(voice)
                    yield entry, parts
