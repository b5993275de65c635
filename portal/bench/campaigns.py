"""Campaigns: are copies found, are honest texts left alone, and how soon is a cluster found?"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from zlib import crc32

from django.db import transaction

from consultations import screening
from consultations.analysis.duplicates import voices
from consultations.analysis.language import seems_other_than
from consultations.limits import Sender
from consultations.models import (
    Campaign,
    Comment,
    CommentVersion,
    Fingerprint,
    Likeness,
    Recommendation,
    database_now,
)
from consultations.screening import campaigns, finding
from portal.bench import fill, letters, spoken
from portal.bench.copying import copy, reserve
from portal.bench.measure import BenchError, Emit, Line, Plan, Times

SLUG = "bench-campaigns"
COPIES, SEED = 50, 77
MOST_MERGED, MOST_MILLISECONDS = 8, 50
CHUNK = 5_000


def run(plan: Plan, emit: Emit) -> None:
    """Measure the rule on letters of our own, on others' texts, and the search in the database."""
    found("campaigns.found", emit)
    if plan.data:
        honest("campaigns", plan.data, emit)
        _languages(plan.data, emit)
    _speed(plan, emit)


def found(name: str, emit: Emit) -> None:
    """Of each way to copy a letter, the share of copies that end in its voice."""
    originals = letters.letters()
    planted = list(letters.copies(COPIES, SEED))
    for kind in letters.KINDS:
        mine = [(place, text) for place, way, text in planted if way is kind]
        heard = voices([*originals, *(text for _place, text in mine)])
        if heard[: len(originals)] != list(range(len(originals))):
            raise BenchError("two letters were taken for one")
        right = sum(
            voice == place
            for (place, _text), voice in zip(mine, heard[len(originals) :], strict=True)
        )
        share = right / len(mine)
        emit(Line(f"{name}.{kind.name}", share, "share", len(mine), kind.least, True))


def honest(name: str, data: Path, emit: Emit) -> None:
    """How many arguments, each of which somebody thought of, are taken for another's copy."""
    texts = list(_column(data / "argkp/arguments.csv", "argument"))
    merged = sum(size - 1 for size in Counter(voices(texts)).values())
    emit(Line(f"{name}.argkp.merged", merged, "arguments", len(texts), MOST_MERGED))


def _languages(data: Path, emit: Emit) -> None:
    """How often a text is held to be in another language than it is."""
    english = [
        *_column(data / "argkp/arguments.csv", "argument"),
        *_column(data / "themefinder/evals/data/generation/eval_sentiments.csv", "response"),
    ]
    wrong = sum(seems_other_than("en", text) for text in english)
    emit(Line("campaigns.language.english_marked", wrong / len(english), "share", len(english)))
    with (data / "anid/BBDD_Consulta_PAA.csv").open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source, delimiter=";"))[1:]
    spanish = [row[20] for row in rows if len(row) > 20 and len(row[20].split()) > 15]
    right = sum(seems_other_than("en", text) for text in spanish)
    emit(Line("campaigns.language.spanish_marked", right / len(spanish), "share", len(spanish)))


def _column(file: Path, name: str) -> Iterator[str]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        for row in csv.DictReader(source):
            yield row[name]


def _speed(plan: Plan, emit: Emit) -> None:
    """Find the cluster of new comments where so many stand already, one in ten of a campaign."""
    amount = plan.sizes[-1]
    made = fill.consultation(SLUG, 1)
    recommendation = made.recommendations.select_related("consultation", "current").get()
    spoken.comments(recommendation, fill.people(made, amount), waiting=True, say=text)
    remember(recommendation)
    fill.settle()
    for kind, say in ARRIVING.items():
        times, joined = Times(), 0
        spoken.comments(recommendation, fill.people(made, plan.samples), waiting=True, say=say)
        newest = CommentVersion.objects.filter(screened=False).select_related("comment")
        for version in newest.order_by("pk"):
            times.add(_screened(version))
            joined += Likeness.objects.filter(pk=version.pk, campaign__isnull=False).count()
        CommentVersion.objects.filter(screened=False).update(screened=True)
        emit(Line(f"campaigns.{kind}.p50", times.p50, "ms", amount))
        emit(Line(f"campaigns.{kind}.p95", times.at(0.95), "ms", amount, MOST_MILLISECONDS))
        emit(Line(f"campaigns.{kind}.joined", joined / len(times.taken), "share", amount))


def _screened(version: CommentVersion) -> float:
    """Look at a version as the verb does that writes it; return the milliseconds."""
    sender = Sender(version.written_by_id or 0, None, "203.0.113.7")
    with transaction.atomic():
        began = perf_counter()
        screening.screen([version], language="en", sender=sender, at=database_now())
        return (perf_counter() - began) * 1_000


def text(number: int) -> str:
    """Return the text of a comment: one in ten is a letter's copy, the others are all their own.

    Half of the others begin with a phrase that tens of thousands use.
    """
    if number % 10 == 0:
        return _copy(number // 10)
    said = f"{letters.SENTENCES[number % 36]} {letters.SENTENCES[number * 7 % 36]}"
    own = [
        word if place % 2 else f"{word}{crc32(f'{number}:{place}'.encode()) % 5_000}"
        for place, word in enumerate(said.split())
    ]
    return f"{'I strongly support this recommendation because ' * (number % 2)}{' '.join(own)}"


def _copy(number: int) -> str:
    """Return a copy of one of four letters, each with a word of its own in some place."""
    words = letters.letters()[number % 4 + 2].split()
    words[number // 4 % len(words)] = f"word{number}"
    return " ".join(words)


ARRIVING = {
    "copy": lambda number: letters.letters()[number % 4 + 2],
    "edited": lambda number: _copy(number + 1_000_000),
    "own": lambda number: text(10_000_001 + 10 * number),
}


def remember(recommendation: Recommendation) -> None:
    """Let all that stands be known, as the worker that catches up would leave it."""
    rows = CommentVersion.objects.filter(comment__recommendation=recommendation)
    versions = list(rows.order_by("pk").values_list("pk", "text"))
    made = [
        Campaign.objects.create(
            recommendation=recommendation,
            number=letter + 1,
            pattern_id=version,
            made_at=database_now(),
        ).pk
        for letter, (version, _text) in enumerate(versions[:40:10])
    ]
    for start in range(0, len(versions), CHUNK):
        with transaction.atomic():
            _write(recommendation, made, start, versions[start : start + CHUNK])
    rows.update(screened=True)
    campaigns.recount(made)


def _write(
    on: Recommendation, made: Sequence[int], start: int, versions: Sequence[tuple[int, str]]
) -> None:
    shared = Comment(recommendation=on)
    known = [
        finding.arrival(CommentVersion(pk=pk, text=text, comment=shared)) for pk, text in versions
    ]
    copy(
        Likeness(recommendation=on),
        ("version_id", "exact", "campaign_id"),
        (
            (each.pk, each.exact, None if number % 10 else made[number // 10 % 4])
            for number, each in enumerate(known, start=start)
        ),
    )
    bands = [(each.pk, band) for each in known for band in each.bands]
    keys = reserve(Fingerprint, len(bands))
    copy(
        Fingerprint(),
        ("id", "likeness_id", "band"),
        ((key, *row) for key, row in zip(keys, bands, strict=True)),
    )
