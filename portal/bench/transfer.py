"""A consultation to a file and back: rows a second beside a bare COPY, and the memory that grew."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from django.db import connection

from consultations.exchange import transfer
from consultations.exchange.transfer.carried import LEFT, OWN, SHARED, columns, model_of, rows
from consultations.models import Consultation, database_now
from portal.bench import spoken
from portal.bench.copying import unchecked
from portal.bench.exports import _peak
from portal.bench.measure import BenchError, Emit, Line, Plan

SLUG = "bench-transfer"
RECOMMENDATIONS = 5
MOST_MEGABYTES = 64


def run(plan: Plan, emit: Emit) -> None:
    """Dump a consultation of so many comments, take its rows away, and load it again."""
    made = spoken.filled(SLUG, RECOMMENDATIONS, plan.sizes[-1])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "whole.jsonl.gz"
        with _peak() as grown:
            began = perf_counter()
            counts = transfer.dump(consultation=made, path=file, at=database_now())
            dumped = perf_counter() - began
        lines = sum(counts.values())
        copied = _seconds(lambda: _copy(made.pk))
        emit(Line("transfer.dump.memory", grown(), "MB", lines, MOST_MEGABYTES))
        emit(Line("limit.copy_whole", lines / copied, "rows/s", lines))
        emit(Line("transfer.dump", lines / dumped, "rows/s", lines))
        emit(Line("transfer.dump.ratio_to_copy", dumped / copied, "ratio", lines))
        emit(Line("transfer.bytes", file.stat().st_size, "bytes", lines))
        _empty()
        with _peak() as grown:
            loaded = _seconds(lambda: transfer.load(path=file, at=database_now()))
        emit(Line("transfer.load.memory", grown(), "MB", lines, MOST_MEGABYTES))
        emit(Line("transfer.load", lines / loaded, "rows/s", lines))
    if not Consultation.objects.filter(slug=SLUG).exists():
        raise BenchError("the consultation did not come back")


def _seconds(do: Callable[[], object]) -> float:
    began = perf_counter()
    do()
    return perf_counter() - began


def _copy(consultation_id: int) -> None:
    """Have PostgreSQL send the same columns of the consultation's own rows as they are stored."""
    for label in OWN:
        found = rows(label, consultation_id).order_by("pk")
        sql, values = found.values_list(
            *(field.attname for field in columns(label))
        ).query.sql_with_params()
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY ({sql}) TO STDOUT", values) as copying,
        ):
            for _block in copying:
                pass


def _empty() -> None:
    """Take away what was dumped, and what other subjects left: a scratch database's owner may."""
    counted = [label for label in LEFT if label.startswith("consultations.")]
    with unchecked(), connection.cursor() as cursor:
        for label in (*counted, *OWN, *SHARED):
            cursor.execute(f'DELETE FROM "{model_of(label)._meta.db_table}"')  # noqa: S608
