"""How good digests are: what their quotes cover, whom they hear, and whom they take for copies.

On sets that others wrote (`--data DIR`): none has employers or local leaders, so all are employers.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import mean

from consultations.analysis.masks import sentences_around
from consultations.analysis.summary import Options, Snapshot, summarise
from portal.bench import arguments, campaigns
from portal.bench.arguments import Argument, by_chance, covered, entry, quoted
from portal.bench.measure import Emit, Line, Plan
from portal.bench.rouge import f1

FIVE, EIGHT = 5, 8  # quotes: as other methods were measured, and as the web shows
DRAWN = 5  # minorities drawn of each side of each topic
MINORITY = 9  # so many of the others to each of them: 10 %
LEAST_COVERED, LEAST_IN_LIST, LEAST_IN_BLOCKS = 0.75, 0.40, 0.65
TOGETHER = {"amazon": 3, "opinosis": 1}  # quotes that are about as long as the summaries
# What others reached, in per cent: CopyCat (Bražinskas et al. 2020) by the same measure on another
# part of the set; the Opinosis summariser (Ganesan et al. 2010) as its authors published it.
REFERENCES = {
    "amazon": (("copycat", 1, 31.8), ("copycat", 2, 5.8)),
    "opinosis": (("opinosis", 1, 28.8),),
}


@dataclass(frozen=True)
class Reviewed:
    """Texts on one thing, and the summaries that people wrote of them."""

    texts: tuple[str, ...]
    references: tuple[str, ...]


def run(plan: Plan, emit: Emit) -> None:
    """Measure copies on letters of our own, all else on the sets, if they are given."""
    campaigns.found("quality.duplicates", emit)
    if plan.data is None:
        return
    campaigns.honest("quality.duplicates", plan.data, emit)
    said = arguments.read(plan.data / "argkp")
    _coverage(said, emit)
    _minorities(said, emit)
    _reviews("amazon", list(_amazon(plan.data / "amazon/dev.csv")), emit)
    _reviews("opinosis", list(_opinosis(plan.data / "opinosis")), emit)


def _coverage(said: Sequence[Argument], emit: Emit) -> None:
    """Quotes of one side of a topic, and of both sides in one list; each beside chance."""
    sides, topics = _grouped(said, "topic", "side"), _grouped(said, "topic")
    for (name, groups), quotes in product((("side", sides), ("topic", topics)), (FIVE, EIGHT)):
        least = LEAST_COVERED if (name, quotes) == ("side", FIVE) else None
        ours = mean(covered(each, quoted(each, quotes)) for each in groups)
        drawn = mean(by_chance(each, quotes) for each in groups)
        where = f"quality.argkp.{name}.{quotes}_quotes"
        emit(Line(where, ours, "share", len(groups), least, at_least=True))
        emit(Line(f"limit.{where}.by_chance", drawn, "share", len(groups)))


def _grouped(said: Sequence[Argument], *names: str) -> list[list[Argument]]:
    groups: dict[tuple[str, ...], list[Argument]] = defaultdict(list)
    for each in said:
        groups[tuple(getattr(each, name) for name in names)].append(each)
    return list(groups.values())


def _minorities(said: Sequence[Argument], emit: Emit) -> None:
    """Of each side of each topic as a tenth: is it quoted, and how much of it is covered?

    In one list of five, and in the web's eight, which stand in a block for each stance.
    """
    drawn = [each for topic in _grouped(said, "topic") for each in _tenths(topic)]
    heard: list[bool] = []
    for name, quotes, least in (("list", FIVE, LEAST_IN_LIST), ("blocks", EIGHT, LEAST_IN_BLOCKS)):
        shares: dict[bool, list[float]] = {True: [], False: []}
        for few, many in drawn:
            chosen = quoted([*few, *many], quotes)
            heard.append(any(each.side == few[0].side for each in chosen))
            for group in (few, many):
                mine = [each for each in chosen if each.side == group[0].side]
                if any(each.points for each in group):
                    shares[group is few].append(covered(group, mine))
        where = f"quality.minority.{name}"
        emit(Line(where, mean(shares[True]), "share", len(shares[True]), least, at_least=True))
        emit(Line(f"{where}.majority", mean(shares[False]), "share", len(shares[False])))
    emit(Line("quality.minority.heard", mean(heard), "share", len(heard), 1.0, at_least=True))


def _tenths(topic: Sequence[Argument]) -> Iterator[tuple[list[Argument], list[Argument]]]:
    """Yield a tenth that is drawn of one side, and the whole of the other side."""
    for side, draw in product(("1", "-1"), range(DRAWN)):
        many = [each for each in topic if each.side != side]
        few = [each for each in topic if each.side == side]
        chance = random.Random(f"{few[0].id}{draw}")  # noqa: S311 - the same in every run
        yield chance.sample(few, min(max(len(many) // MINORITY, 1), len(few))), many


def _reviews(name: str, sets: Sequence[Reviewed], emit: Emit) -> None:
    """ROUGE of the quotes as one text, beside others' and beside sentences drawn to its length."""
    ours = [_told(each.texts, TOGETHER[name]) for each in sets]
    drawn = [_drawn(each.texts, len(text.split())) for each, text in zip(sets, ours, strict=True)]
    for size in (1, 2):
        where = f"quality.{name}.rouge{size}"
        emit(Line(where, _mean_f1(ours, sets, size), "percent", len(sets)))
        emit(Line(f"limit.{where}.by_chance", _mean_f1(drawn, sets, size), "percent", len(sets)))
    for other, size, reached in REFERENCES[name]:
        emit(Line(f"limit.quality.{name}.rouge{size}.{other}", reached, "percent", len(sets)))


def _told(texts: Sequence[str], quotes: int) -> str:
    entries = tuple(entry(f"{at:05}", text, "neither") for at, text in enumerate(texts))
    summary = summarise(Snapshot(1, entries), options=Options(quotes=quotes))
    return " ".join(each.text for each in summary.quotes)


def _drawn(texts: Sequence[str], words: int) -> str:
    sentences = [text[start:end] for text in texts for start, end in sentences_around(text)]
    random.Random(len(sentences)).shuffle(sentences)  # noqa: S311 - the same in every run
    return " ".join(" ".join(sentences).split()[:words])


def _mean_f1(said: Iterable[str], sets: Sequence[Reviewed], size: int) -> float:
    return 100 * mean(
        f1(text, each.references, size) for text, each in zip(said, sets, strict=True)
    )


def _amazon(file: Path) -> Iterator[Reviewed]:
    with file.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source, delimiter="\t"):
            reviews = tuple(row[f"rev{n}"] for n in range(1, 9))
            yield Reviewed(reviews, tuple(row[f"summ{n}"] for n in range(1, 4)))


def _opinosis(folder: Path) -> Iterator[Reviewed]:
    for topic in sorted((folder / "topics").iterdir()):
        lines = (line.strip() for line in _read(topic).splitlines())
        written = sorted((folder / "gold" / topic.name.split(".")[0]).iterdir())
        said = tuple(line for line in lines if any(map(str.isalnum, line)))
        yield Reviewed(said, tuple(_read(each) for each in written))


def _read(file: Path) -> str:
    return file.read_text(encoding="cp1252", errors="replace")
