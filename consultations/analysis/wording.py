"""Sentences made from facts by templates; each names the fact behind each of its numbers.

How a source is written is in `sources`; sentences that compare are next door, in `telling`.
"""

from collections.abc import Iterator, Mapping

from consultations.analysis.ground import opposing, supporting
from consultations.analysis.names import named, row_name
from consultations.analysis.options import Options
from consultations.analysis.quantifiers import counted
from consultations.analysis.shapes import Facts, Row, Statement, Summary
from consultations.analysis.telling import about_campaigns, about_changes, about_ground

NOT_A_SAMPLE = "People chose to take part, so these figures do not measure what the public thinks."


def sentences_about(summary: Summary) -> tuple[Statement, ...]:
    """Return the sentences that a summary's facts allow, from the whole to its parts.

    Nothing is read but what an edition stores, so they can be made again from a stored one.
    """
    facts, options = summary.facts, summary.options
    made = [
        _whole(facts) if summary.whole else _sizes(facts),
        _unpublished(facts),
        _distinct(facts),
        _people(facts),
        _all(facts, options),
        *about_campaigns(summary),
        _movement(facts),
        *(_kind(row, options) for row in facts.by_kind),
        *about_ground(summary),
        *about_changes(summary),
        Statement(NOT_A_SAMPLE, ()),
    ]
    return tuple(each for each in made if each is not None)


def _whole(facts: Facts) -> Statement:
    return Statement(f"{named(facts.total, 'comment', 'comments')} in all.", ("all/total",))


def _sizes(facts: Facts) -> Statement:
    if not facts.total:
        return Statement("None so far.", ("all/total",))
    new = f"{facts.new:,}" if facts.new else "No"
    noun = "comment" if facts.new == 1 else "comments"
    return Statement(f"{new} new {noun}, {facts.total:,} in all.", ("all/new", "all/total"))


def _unpublished(facts: Facts) -> Statement | None:
    if not facts.unpublished:
        return None
    verb = "is" if facts.unpublished == 1 else "are"
    text = f"{facts.unpublished:,} of them {verb} counted here but not published"
    if facts.stances is None:
        text += ", and there are too few to tell what was said"
    return Statement(f"{text}.", ("all/unpublished",))


def _distinct(facts: Facts) -> Statement | None:
    if not 0 < facts.distinct < facts.total:
        return None
    noun = "text" if facts.distinct == 1 else "texts"
    text = f"Counting near-identical ones once, {facts.distinct:,} different {noun}."
    return Statement(text, ("all/distinct",))


def _people(facts: Facts) -> Statement | None:
    """An organisation counts once, however many of its comments there are."""
    if not facts.organisations or facts.stances is None:
        return None
    bodies = named(facts.organisations, "organisation", "organisations")
    if not facts.people:
        return Statement(f"From {bodies}.", ("all/organisations",))
    text = f"From {bodies} and {named(facts.people, 'person', 'people')} answering for themselves."
    return Statement(text, ("all/organisations", "all/people"))


def _all(facts: Facts, options: Options) -> Statement | None:
    if not facts.total or facts.stances is None:
        return None
    name = named(facts.total, "comment", "comments")
    return _stances("all", name, facts.total, facts.stances, options)


def _stances(
    row: str, name: str, total: int, stances: Mapping[str, int], options: Options
) -> Statement:
    support = counted(supporting(stances), total, "support", options)
    oppose = counted(opposing(stances), total, "oppose", options)
    sources = (f"{row}/total", f"{row}/supporting", f"{row}/opposing")
    return Statement(f"Of {name}, {support} and {oppose}.", sources)


def _kind(row: Row, options: Options) -> Statement:
    source = f"kind:{'+'.join(row.keys)}"
    if row.stances is None:
        text = f"{row_name(row)}: what they said is not told apart."
        return Statement(text, (f"{source}/total",))
    return _stances(source, row_name(row), row.total, row.stances, options)


def _movement(facts: Facts) -> Statement | None:
    if facts.movement is None:
        return None
    told = list(_moves(facts.movement))
    if not told:
        return None
    text = f"Since the last edition, {' and '.join(text for text, _name in told)}."
    return Statement(text, tuple(f"all/movement/{name}" for _text, name in told))


def _moves(movement: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name, by, verb in (
        ("supporting", supporting(movement), "support"),
        ("opposing", opposing(movement), "oppose"),
    ):
        if by:
            more = "more" if by > 0 else "fewer"
            yield f"{abs(by):,} {more} {verb}{'s' if abs(by) == 1 else ''}", name
