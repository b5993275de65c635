"""Sentences that compare: campaigns with the whole, kinds with each other, now with before.

Sources as in `wording`.
"""

from collections.abc import Iterator

from consultations.analysis.comparisons import Changes, Ground, Moved
from consultations.analysis.ground import AGREED, Side, opposing, sides, supporting
from consultations.analysis.names import listed, named, names_of, row_name
from consultations.analysis.quantifiers import counted
from consultations.analysis.shapes import Duplicate, Facts, Statement, Summary

_VERBS = {"agree_support": ("supporting", "support"), "agree_oppose": ("opposing", "oppose")}


def about_campaigns(summary: Summary) -> Iterator[Statement]:
    """Yield a sentence on each campaign, with its size and make-up."""
    for each in summary.duplicates:
        if each.campaign:
            yield _campaign(each, summary.facts)


def about_ground(summary: Summary) -> Iterator[Statement]:
    """Yield a sentence where two kinds agree or part, with the quotes that show it."""
    for each in summary.ground:
        found = sides(summary.facts, each.kinds)
        if found and each.verdict == "part":
            yield _parted(each, found, summary)
        elif found and each.verdict in AGREED:
            yield _agreed(each, found)


def about_changes(summary: Summary) -> Iterator[Statement]:
    """Yield sentences on what changed since the previous edition, where there was one."""
    changes = summary.changes
    if changes is not None:
        yield from _taken_back(changes)
        yield from map(_then_and_now, changes.stances)
        yield from _quoted(changes)
        if changes.campaigns:
            verb = "is" if len(changes.campaigns) == 1 else "are"
            told = named(len(changes.campaigns), "campaign", "campaigns")
            text = f"{told} {verb} new since the last edition."
            yield Statement(text, ("changes/campaigns",))


def _campaign(each: Duplicate, facts: Facts) -> Statement:
    source = f"duplicates/{each.key}"
    sources = ["all/total", f"{source}/size"]
    versions = ""
    if each.distinct > 1:
        versions = f" in {each.distinct:,} versions"
        sources.append(f"{source}/distinct")
    senders = ""
    if each.kinds:
        senders = f", sent by {listed([row_name(row) for row in each.kinds])}"
        sources += [f"{source}/kind:{'+'.join(row.keys)}/total" for row in each.kinds]
    text = (
        f"Of {named(facts.total, 'comment', 'comments')}, {each.size:,} are one letter"
        f"{versions}{senders}; counted in full in the figures, once among the quotations."
    )
    return Statement(text, tuple(sources))


def _parted(ground: Ground, found: list[Side], summary: Summary) -> Statement:
    pairs = zip(ground.kinds, found, strict=True)
    shares = "; ".join(_share(kind, side, summary) for kind, side in pairs)
    text = f"{_pair(ground)} differ: {shares}."
    names = ("total", "supporting", "opposing")
    sources = [f"kind:{kind}/{name}" for kind in ground.kinds for name in names]
    return Statement(text, (*sources, *_quotes(ground)))


def _share(kind: str, side: Side, summary: Summary) -> str:
    support = counted(side.supporting, side.total, "support", summary.options)
    oppose = counted(side.opposing, side.total, "oppose", summary.options)
    return f"of {named(side.total, *names_of(kind))}, {support} and {oppose}"


def _agreed(ground: Ground, found: list[Side]) -> Statement:
    name, verb = _VERBS[ground.verdict]
    shares = [
        f"{side.supporting if name == 'supporting' else side.opposing:,}"
        f" of {named(side.total, *names_of(kind))}"
        for kind, side in zip(ground.kinds, found, strict=True)
    ]
    sources = [f"kind:{kind}/{part}" for kind in ground.kinds for part in (name, "total")]
    text = f"{_pair(ground)} agree: {listed(shares)} {verb} this."
    return Statement(text, (*sources, *_quotes(ground)))


def _pair(ground: Ground) -> str:
    return listed([names_of(kind)[1] for kind in ground.kinds]).capitalize()


def _quotes(ground: Ground) -> tuple[str, ...]:
    return tuple(f"quote:{place}" for place in ground.quotes)


def _taken_back(changes: Changes) -> Iterator[Statement]:
    told = []
    if changes.edited:
        verb = "was" if changes.edited == 1 else "were"
        told.append((f"{named(changes.edited, 'comment', 'comments')} {verb} edited", "edited"))
    if changes.withdrawn:
        # which is true also of one that is back by now
        verb = "was" if changes.withdrawn == 1 else "were"
        verb += " taken back, hidden or erased"
        told.append((f"{named(changes.withdrawn, 'comment', 'comments')} {verb}", "withdrawn"))
    if told:
        text = f"Since the last edition, {' and '.join(each for each, _name in told)}."
        yield Statement(text, tuple(f"changes/{name}" for _each, name in told))


def _then_and_now(moved: Moved) -> Statement:
    row = f"kind:{'+'.join(moved.keys)}" if moved.keys else "all"
    whose = listed([names_of(key)[1] for key in moved.keys]) if moved.keys else "all comments"
    then, now = sum(moved.before.values()), sum(moved.now.values())
    text = (
        f"Of {whose}, {_or_none(supporting(moved.before))} of {then:,} supported and "
        f"{_or_none(opposing(moved.before))} opposed at the last edition; "
        f"{_or_none(supporting(moved.now))} of {now:,} support and "
        f"{_or_none(opposing(moved.now))} oppose now."
    )
    names = ("supporting", "total", "opposing")
    sources = [f"changes/{row}/{when}/{name}" for when in ("before", "now") for name in names]
    return Statement(text, tuple(sources))


def _or_none(number: int) -> str:
    return f"{number:,}" if number else "none"


def _quoted(changes: Changes) -> Iterator[Statement]:
    if changes.kept or changes.dropped:
        text = (
            f"Of the quotations, {len(changes.kept):,} stood in the last edition and "
            f"{len(changes.added):,} did not; {len(changes.dropped):,} of the last edition's "
            f"{'is' if len(changes.dropped) == 1 else 'are'} not quoted any more."
        )
        yield Statement(text, ("changes/kept", "changes/added", "changes/dropped"))
