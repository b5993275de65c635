"""ArgKP: arguments for and against a motion, and which of a few key points each of them makes.

2,515 arguments on 11 topics were written by people, and labelled by others (Bar-Haim et al. 2020,
"From arguments to key points"); `README.md` in the folder of sets has the licence.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from consultations.analysis.summary import Entry, Options, Snapshot, summarise

_STANCES = {"1": "support", "-1": "oppose"}
_DRAWS = 200  # of random quotes, whose coverage is averaged


@dataclass(frozen=True)
class Argument:
    """What somebody wrote, on which side (1 or -1) of which topic, and the points that it makes."""

    id: str
    text: str
    topic: str
    side: str
    points: frozenset[str]


def read(folder: Path) -> list[Argument]:
    """Return every argument; one that no label matches to a key point makes no point."""
    points: dict[str, set[str]] = defaultdict(set)
    for row in _rows(folder / "labels.csv"):
        if row["label"] == "1":
            points[row["arg_id"]].add(row["key_point_id"])
    return [
        Argument(
            id=row["arg_id"],
            text=row["argument"],
            topic=row["topic"],
            side=row["stance"],
            points=frozenset(points[row["arg_id"]]),
        )
        for row in _rows(folder / "arguments.csv")
    ]


def covered(said: Iterable[Argument], quoted: Iterable[Argument]) -> float:
    """Return the share, of the arguments that make a point, that make one which is quoted too."""
    heard = frozenset[str]().union(*(each.points for each in quoted))
    matched = [each.points for each in said if each.points]
    return sum(not heard.isdisjoint(points) for points in matched) / max(len(matched), 1)


def quoted(said: Sequence[Argument], quotes: int) -> list[Argument]:
    """Return the arguments that a summary quotes, as if each were an employer's comment."""
    entries = tuple(entry(each.id, each.text, _STANCES[each.side]) for each in said)
    summary = summarise(Snapshot(1, entries), options=Options(quotes=quotes))
    known = {each.id: each for each in said}
    return [known[quote.comment] for quote in summary.quotes]


def by_chance(said: Sequence[Argument], quotes: int) -> float:
    """Return what so many arguments cover when they are drawn, on average."""
    chance = random.Random(len(said))  # noqa: S311 - the same draws in every run
    draws = (chance.sample(said, min(quotes, len(said))) for _ in range(_DRAWS))
    return sum(covered(said, each) for each in draws) / _DRAWS


def entry(name: str, text: str, stance: str) -> Entry:
    """Return a published, new comment of an employer."""
    return Entry(
        comment=name,
        text=text,
        stance=stance,
        kind="employer",
        region="",
        organisation="",
        published=True,
        quotable=True,
        new=True,
    )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))
