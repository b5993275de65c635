"""Random comments in two editions, full of campaigns; and, as a program, what a summary costs.

`python -m portal.bench.crowd COMMENTS` prints CPU seconds and the most megabytes that were held:
in a process of its own, since a peak of memory is one of the whole process. Nothing here is
anybody's: the sentences are invented.
"""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import process_time

from consultations.analysis.snapshot import KINDS, STANCES, Entry, Snapshot
from consultations.analysis.summary import summarise
from consultations.analysis.verify import verify
from portal.bench import letters

REGIONS = ("TLC", "TLD", "TLE", "TLF", "TLL", "TLM", "")
BODIES = ("", "company", "charity", "trade_association")
# What no sentence of the letters tries: words of little, of nobody, or of somebody.
_ODD = (
    "",
    "No.",
    "👍 👍",
    "Yes please.",
    "Too slow. Too small. Too late. Too far from us. Too hard to reach.",
    "Write to me at jo@example.org about the fund, which took our council nine months.",
    "We asked [name removed] for the figures, and were sent to three other offices instead.",
    "word " * 75,
)
_ODDLY, _BY_LETTER, _EARLIER, _GONE, _EDITED = 0.15, 0.3, 0.6, 0.05, 0.1  # shares


def editions(amount: int, seed: int, *, odd: bool) -> tuple[Snapshot, Snapshot]:
    """Return one edition's comments, and as many at the next: some gone, edited or new.

    Three in ten are copies of a letter; with `odd` some are hardly words. The same for a seed.
    """
    chance = random.Random(seed)  # noqa: S311 - the same comments in every run
    known = 0 if not amount else chance.randint(0, amount) if odd else round(amount * _EARLIER)
    first = [_comment(number, chance, odd) for number in range(known)]
    stayed = [_again(each, chance, odd) for each in first if chance.random() > _GONE]
    fresh = [_comment(number, chance, odd) for number in range(known, known + amount - len(stayed))]
    return Snapshot(1, tuple(first)), Snapshot(1, (*stayed, *fresh))


def _comment(number: int, chance: random.Random, odd: bool) -> Entry:
    body = chance.choice(BODIES)
    published = chance.random() > 0.1
    return Entry(
        comment=f"{number:06}",
        text=_text(chance, odd),
        stance=chance.choice(STANCES),
        kind=chance.choice(KINDS),
        region=chance.choice(REGIONS),
        organisation=f"{body}{chance.randint(1, 500)}" if body else "",
        published=published,
        quotable=published and chance.random() > 0.05,
        new=True,
        body=body,
        representative=body == "trade_association",
    )


def _again(entry: Entry, chance: random.Random, odd: bool) -> Entry:
    """Return a comment as it stands at the next edition."""
    edited = chance.random() < _EDITED
    text = _text(chance, odd) if edited else entry.text
    return replace(entry, new=False, held=True, edited=edited, text=text)


def _text(chance: random.Random, odd: bool) -> str:
    if odd and chance.random() < _ODDLY:
        return chance.choice(_ODD)
    if chance.random() < _BY_LETTER:
        return chance.choice(letters.KINDS).copy(chance.choice(_LETTERS), chance)
    return " ".join(_sentence(chance) for _each in range(chance.randint(1, 5)))


def _sentence(chance: random.Random) -> str:
    """Return some words of the letters in an order of their own, a few of nobody's."""
    said = [*chance.choices(_WORDS, k=chance.randint(4, 24)), f"word{chance.randrange(20_000)}"]
    chance.shuffle(said)
    return f"{' '.join(said).capitalize()}."


_LETTERS = letters.letters()
_WORDS = sorted({word.strip(".,") for each in letters.SENTENCES for word in each.split()})


def _costs(amount: int) -> Iterator[tuple[str, float]]:
    before, now = editions(amount, seed=amount, odd=False)
    previous = summarise(before)
    began = process_time()
    summary = summarise(now, previous)
    made = process_time()
    wrong = verify(summary, now, previous)
    yield "summarise", made - began
    yield "verify", process_time() - made
    yield "violations", len(wrong)
    yield "megabytes", most_megabytes()


def most_megabytes() -> float:
    """The peak of this program; what `getrusage` says may be that of the process before it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status: no VmHWM")


if __name__ == "__main__":
    print(json.dumps(dict(_costs(int(sys.argv[1])))))  # noqa: T201 - read by `bench summarising`
