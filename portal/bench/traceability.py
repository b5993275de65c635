"""Is every summary true, and is every lie found? On random comments in two editions.

A lie is a summary in which one thing is not as it was made: a number, a word, a truth, or a part
that is missing. What was asked for (`options`) is no part of what is told.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from consultations.analysis.plain import record
from consultations.analysis.snapshot import Snapshot
from consultations.analysis.summary import Options, Summary, summarise
from consultations.analysis.verify import verify
from portal.bench.crowd import editions
from portal.bench.measure import Emit, Line, Plan

MOST_COMMENTS = 40
ALL_OF = 100  # one in so many summaries is falsified in every place, each other in one
_ASKED = "options"

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Trial:
    """A summary, and all that it was made of."""

    now: Snapshot
    previous: Summary
    summary: Summary


def run(plan: Plan, emit: Emit) -> None:
    """Make and verify so many pairs of summaries, and falsify them."""
    violations, lies, missed = 0, 0, 0
    for seed in range(plan.snapshots):
        made = trial(seed, MOST_COMMENTS)
        violations += len(verify(made.summary, made.now, made.previous))
        for _place, lie in told_falsely(made.summary, seed, every=seed % ALL_OF == 0):
            lies += 1
            missed += not found(lie, made)
    emit(Line("traceability.violations", violations, "violations", plan.snapshots, 0))
    emit(Line("traceability.missed", missed, "lies", lies, 0))


def trial(seed: int, most_comments: int) -> Trial:
    """Return a summary of random comments and of those before them; the same for a seed."""
    chance = random.Random(seed)  # noqa: S311 - the same trials in every run
    before, now = editions(chance.randint(0, most_comments), seed, odd=True)
    options = Options(quotes=chance.randint(3, 9))
    previous = summarise(before, options=options)
    return Trial(now, previous, summarise(now, previous, options))


def told_falsely(
    summary: Summary, seed: int, *, every: bool
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield where a summary was falsified, and it as a plain dict: in one place, or in `every`."""
    told = record(summary)
    places = [each for each in _places(told) if each[0] != _ASKED]
    for place in places if every else random.Random(seed).sample(places, 1):  # noqa: S311
        yield "/".join(map(str, place)), record(_falsified(told, place))


def found(lie: dict[str, object], made: Trial) -> bool:
    """Return whether it cannot be read as a summary, or verifying it finds a violation."""
    try:
        read = Summary.from_json(lie)
    except ValueError:
        return True
    return read != made.summary and bool(verify(read, made.now, made.previous))


def _places(told: object, place: Place = ()) -> Iterator[Place]:
    """Yield every leaf, and every part of a list as a whole."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield from _places(value, (*place, name))
    elif isinstance(told, list):
        for at, value in enumerate(told):
            if isinstance(value, dict):
                yield (*place, at)
            yield from _places(value, (*place, at))
    else:
        yield place


def _falsified(told: object, place: Place) -> object:
    """Return a copy with another leaf there, or without the part."""
    if isinstance(told, dict):
        return told | {place[0]: _falsified(told[place[0]], place[1:])}
    if isinstance(told, list):
        gone = len(place) == 1 and isinstance(told[int(place[0])], dict)
        return [
            _falsified(each, place[1:]) if at == place[0] else each
            for at, each in enumerate(told)
            if not (gone and at == place[0])
        ]
    return _other(told)


def _other(leaf: object) -> object:
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, int):
        return leaf + 1
    return f"{leaf}x" if isinstance(leaf, str) else 1
