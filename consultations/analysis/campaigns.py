"""Near-identical comments in groups, each with its size and make-up; the large ones are campaigns.

What makes two texts near-identical is in `duplicates`; what a moderator settled goes before it.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from consultations.analysis.duplicates import bare_words, voices
from consultations.analysis.facts import make_up
from consultations.analysis.options import Options
from consultations.analysis.shapes import Duplicate, Summary
from consultations.analysis.snapshot import Entry, Snapshot

_PLAIN = re.compile(r"[0-9A-Za-z]")
_NAMED = 3  # comments whose hashes make a group's key: it outlives the loss of two of them


def by_hash(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in an order that nobody can choose: by the hash of their texts."""
    return sorted(entries, key=_hashed)


def voices_of(entries: Sequence[Entry]) -> dict[str, int]:
    """Return the number of each comment's voice: its cluster, where that is given.

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
    found = {}
    for place, entry in enumerate(entries):
        unseen = spoken_for.get(by_text[place], by_text[place])
        found[entry.comment] = given[entry.cluster] if entry.cluster else unseen
    return found


def together(entries: Sequence[Entry], voice: dict[str, int]) -> list[list[Entry]]:
    """Return the comments of each voice; those without a word say nothing and stand in none."""
    held: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        held[voice[entry.comment]].append(entry)
    return [group for group in held.values() if any(map(_has_words, group))]


def groups(
    snapshot: Snapshot,
    held: Iterable[Sequence[Entry]],
    previous: Summary | None,
    options: Options,
) -> tuple[Duplicate, ...]:
    """Return each voice of two or more comments, the largest first.

    A group is known where the previous edition held one of the comments by which it is named.
    """
    known = {
        part for each in (previous.duplicates if previous else ()) for part in each.key.split("-")
    }
    found = [
        _group(snapshot.recommendation, entries, known, options)
        for entries in held
        if len(entries) > 1
    ]
    return tuple(sorted(found, key=lambda each: (-each.size, each.key)))


def _group(
    recommendation: int, entries: Sequence[Entry], known: set[str], options: Options
) -> Duplicate:
    names = {_name(recommendation, entry): entry for entry in entries}
    first = sorted(names, key=lambda name: (name not in known, not names[name].published, name))
    texts = {bare_words(entry.text) for entry in entries} - {()}
    stances, kinds = make_up(entries, options)
    long = max(map(len, texts)) >= options.campaign_words
    return Duplicate(
        key="-".join(sorted(first[:_NAMED])),
        ids=tuple(sorted(entry.comment for entry in entries)),
        size=len(entries),
        new=sum(entry.new for entry in entries),
        distinct=len(texts),
        stances=stances,
        kinds=kinds,
        known=not known.isdisjoint(names),
        campaign=long and len(entries) >= options.campaign,
    )


def _name(recommendation: int, entry: Entry) -> str:
    """Names a comment without telling which: it may be unpublished."""
    told = f"{recommendation} {entry.comment}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:12]


def _has_words(entry: Entry) -> bool:
    return bool(_PLAIN.search(entry.text) or bare_words(entry.text))


def _hashed(entry: Entry) -> tuple[bytes, str]:
    return hashlib.sha256(entry.text.encode("utf-8", "surrogatepass")).digest(), entry.comment
