"""Are the groups of near-identical comments true to a snapshot? Part of `verify`; joins nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest

from consultations.analysis.duplicates import bare_words, near
from consultations.analysis.shapes import Duplicate, Summary
from consultations.analysis.snapshot import Entry, Snapshot
from consultations.analysis.tables import check_make_up
from consultations.analysis.violation import Violation

_Words = Mapping[str, tuple[str, ...]]


def check_duplicates(
    summary: Summary, snapshot: Snapshot, previous: Summary | None
) -> Iterator[Violation]:
    """Yield where a group is not one letter, is told wrongly, or misses a copy.

    Every group is walked from near-identical text to near-identical text. That none was missed is
    checked for equal words and for what a moderator joined: no other pair can be.
    """
    entries = {entry.comment: entry for entry in snapshot.entries}
    spoken = {name: bare_words(entry.text) for name, entry in entries.items()}
    for each in summary.duplicates:
        where = f"duplicates/{each.key}"
        if not set(each.ids) <= entries.keys():
            yield Violation("duplicate", where, "holds a comment that is not in the snapshot")
            continue
        members = [entries[comment] for comment in each.ids]
        yield from _told(where, each, members, spoken, summary)
        yield from _named(where, each, members, summary, previous)
        if not _one_letter(members, spoken):
            yield Violation("duplicate", where, "holds texts that are not near-identical")
    yield from _apart(summary)
    yield from _missed(summary, entries, spoken)


def _told(
    where: str, each: Duplicate, members: Sequence[Entry], spoken: _Words, summary: Summary
) -> Iterator[Violation]:
    options = summary.options
    texts = {spoken[entry.comment] for entry in members if spoken[entry.comment]}
    counted = (len(members), len([e for e in members if e.new]), len(texts))
    if (each.size, each.new, each.distinct) != counted or list(each.ids) != sorted(set(each.ids)):
        yield Violation("count", where, "differs from the comments")
    letter = any(len(words) >= options.campaign_words for words in texts)
    if each.campaign != (letter and len(members) >= options.campaign):
        yield Violation("duplicate", where, "is wrongly told to be a campaign or not")
    told = (each.stances, each.kinds)
    yield from check_make_up(where, told, members, options.minimum_row)


def _named(
    where: str,
    each: Duplicate,
    members: Sequence[Entry],
    summary: Summary,
    previous: Summary | None,
) -> Iterator[Violation]:
    """A name goes by what is known, then by what is published, then by hash."""
    if summary.previous and previous is None:
        return
    told = "-".join(duplicate.key for duplicate in previous.duplicates) if previous else ""
    met = set(told.split("-"))
    ranked = []
    for entry in members:
        name = hashlib.sha256(
            f"{summary.recommendation} {entry.comment}".encode("utf-8", "surrogatepass")
        ).hexdigest()[:12]
        ranked.append((name not in met, not entry.published, name))
    if each.key != "-".join(sorted(name for *_rank, name in nsmallest(3, ranked))):
        yield Violation("duplicate", where, "has another name")
    if each.known != any(not unmet for unmet, *_rest in ranked):
        yield Violation("duplicate", where, "is wrongly told to be known or not")


def _one_letter(members: Sequence[Entry], spoken: _Words) -> bool:
    """By its cluster, where a moderator settled one; else each text is near another."""
    clusters = {entry.cluster for entry in members if entry.cluster}
    if clusters:
        return len(clusters) == 1
    left = {spoken[entry.comment] for entry in members}
    if () in left:
        return False
    reached = [left.pop()]
    while reached and left:
        one = reached.pop()
        found = {other for other in left if near(one, other)}
        left -= found
        reached += found
    return not left


def _apart(summary: Summary) -> Iterator[Violation]:
    times = Counter(comment for each in summary.duplicates for comment in each.ids)
    if any(number > 1 for number in times.values()):
        yield Violation("duplicate", "duplicates", "hold a comment twice")
    if any(len(each.ids) < 2 for each in summary.duplicates):
        yield Violation("duplicate", "duplicates", "hold a comment that stands alone")
    order = [(-each.size, each.key) for each in summary.duplicates]
    if order != sorted(order):
        yield Violation("duplicate", "duplicates", "stand in another order")


def _missed(summary: Summary, entries: Mapping[str, Entry], spoken: _Words) -> Iterator[Violation]:
    group = {comment: each.key for each in summary.duplicates for comment in each.ids}
    first: dict[object, str] = {}
    parted: dict[object, set[str]] = {}
    worded = {comment for comment, words in spoken.items() if words}
    for comment, entry in entries.items():
        if entry.cluster or comment in worded:
            same, mine = entry.cluster or spoken[comment], group.get(comment, comment)
            if first.setdefault(same, mine) != mine:
                parted.setdefault(same, {first[same]}).add(mine)
    said = {*group.values(), *worded}
    for apart in parted.values():
        if not apart.isdisjoint(said):
            yield Violation("duplicate", "duplicates", "miss a comment that says the same")
    found = len(worded - group.keys()) + len(summary.duplicates)
    # of a few it would tell who sent the same letter as those that can be read
    if summary.facts.distinct != (0 if summary.facts.stances is None else found):
        yield Violation("count", "all/distinct", "differs from the comments")
