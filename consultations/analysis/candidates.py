"""Who may be quoted: for each block its new comments, one voice each, and their spans."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from consultations.analysis.coverage import Block, Vector
from consultations.analysis.duplicates import voices
from consultations.analysis.masks import unmasked
from consultations.analysis.options import Options
from consultations.analysis.personal import likely_personal
from consultations.analysis.snapshot import BLOCK_OF, BLOCKS, Entry, Snapshot
from consultations.analysis.spans import CUT, LEVELS, Span, spans

_SPEAKERS = 150  # comments of one block whose spans are weighed, shared between its kinds
_LISTENERS = 1000  # voices of one block that are to be covered


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A span that may be quoted, whose voice it is, and where it stands among equals."""

    entry: Entry
    block: str
    voice: int
    span: Span
    vector: Vector
    cut: bool
    rank: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Field:
    """Everything that choosing needs: the blocks that spoke, and their candidates."""

    blocks: dict[str, Block]
    candidates: tuple[Candidate, ...]


def gather(snapshot: Snapshot, options: Options) -> Field:
    """Return the candidates of a snapshot.

    A block is heard by its new comments, and by earlier ones only where it has none; by whole
    sentences, by cut or short ones only where it has no others. Near-identical texts are one
    voice, and so is a campaign. Where a block is large, a part of it drawn by hash stands for it.
    """
    pools = {block: _pool(snapshot, block, options) for block in BLOCKS}
    entries = [entry for _, pool in pools.values() for entry in pool]
    voice = dict(zip((e.comment for e in entries), _voices(entries), strict=True))
    blocks: dict[str, Block] = {}
    candidates: list[Candidate] = []
    for name, (level, pool) in pools.items():
        if pool:
            heard = {voice[each.comment]: unmasked(each.text) for each in reversed(pool)}
            said = [heard[each] for each in sorted(heard)][:_LISTENERS]
            blocks[name] = Block(said)
            candidates += _candidates(name, blocks[name], pool, voice, level, options)
    return Field(blocks, tuple(candidates))


def _voices(entries: list[Entry]) -> list[int]:
    """Return the number of each entry's voice: its cluster, where that is given.

    One that nobody has looked at yet speaks with those that its text is near-identical to.
    """
    by_text = list(range(len(entries)))
    if not all(entry.cluster for entry in entries):
        by_text = voices([entry.text for entry in entries])
    given: dict[str, int] = {}
    spoken_for: dict[int, int] = {}
    for place, entry in enumerate(entries):
        if entry.cluster:
            spoken_for.setdefault(by_text[place], given.setdefault(entry.cluster, place))
    return [
        given[entry.cluster] if entry.cluster else spoken_for.get(by_text[place], by_text[place])
        for place, entry in enumerate(entries)
    ]


def _pool(snapshot: Snapshot, block: str, options: Options) -> tuple[int, list[Entry]]:
    """The comments by which a block is heard, in the order of their hashes, and at which level."""
    said = [
        entry
        for entry in sorted(snapshot.entries, key=_by_hash)
        if entry.published and entry.quotable and BLOCK_OF[entry.stance] == block
    ]
    for new in (True, False):
        clean = [e for e in said if e.new == new and not likely_personal(e.text)]
        for level in LEVELS:
            if any(spans(entry.text, level, options) for entry in clean):
                return level, clean
    return LEVELS[0], []


def _by_hash(entry: Entry) -> tuple[bytes, str]:
    return hashlib.sha256(entry.text.encode("utf-8", "surrogatepass")).digest(), entry.comment


def _candidates(
    name: str, block: Block, pool: list[Entry], voice: dict[str, int], level: int, options: Options
) -> Iterator[Candidate]:
    for place, (entry, parts) in enumerate(_speakers(pool, voice, level, options)):
        for part, span in enumerate(parts):
            yield Candidate(
                entry=entry,
                block=name,
                voice=voice[entry.comment],
                span=span,
                vector=block.vector(entry.text[span.start : span.end]),
                cut=level == CUT,
                rank=(place, part),
            )


def _speakers(
    pool: list[Entry], voice: dict[str, int], level: int, options: Options
) -> Iterator[tuple[Entry, list[Span]]]:
    """The first comment of each voice and kind that can be quoted so, as many of each kind."""
    share = _SPEAKERS // len({entry.kind for entry in pool})
    heard: dict[str, set[int]] = defaultdict(set)
    for entry in pool:
        known = heard[entry.kind]
        if len(known) < share and voice[entry.comment] not in known:
            parts = spans(entry.text, level, options)
            if parts:
                known.add(voice[entry.comment])
                yield entry, parts
