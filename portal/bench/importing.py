"""Importing by the thousand: sets that others wrote, and the largest size beside a bare COPY."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from django.db import connection, transaction
from django.db.models import Model

from consultations.exchange import columns, importer
from consultations.exchange.importer import Order, Report
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Response,
    Role,
    Seal,
    User,
    database_now,
)
from portal.bench import fill, sets, words
from portal.bench.measure import BenchError, Emit, Line, Plan

MOST_TIMES_COPY = 5
# Far above the keys that are given out: the copied rows stand beside the imported ones.
APART = 1_000_000_000
MOVED = f"+ {APART}"
# Another reference for each, of letters that none has.
ANOTHER = "translate(lower(reference), '23456789', 'ilouILOU')"
READY: tuple[tuple[type[Model], Mapping[str, str]], ...] = (
    (
        Response,
        {
            "id": f"id {MOVED}",
            "reference": ANOTHER,
            "external_reference": "'copy ' || external_reference",
        },
    ),
    (
        CommentVersion,
        {
            "id": f"id {MOVED}",
            "comment_id": f"comment_id {MOVED}",
            "response_id": f"response_id {MOVED}",
            "key": "gen_random_uuid()",
        },
    ),
    (Seal, {"version_id": f"version_id {MOVED}", "batch": "gen_random_uuid()"}),
    (Case, {"id": f"id {MOVED}", "comment_id": f"comment_id {MOVED}"}),
    (
        Comment,
        {
            "id": f"id {MOVED}",
            "response_id": f"response_id {MOVED}",
            "reference": ANOTHER,
            "submitted_version_id": f"submitted_version_id {MOVED}",
        },
    ),
)


def run(plan: Plan, emit: Emit) -> None:
    """Import each set, if there is a folder of them, then as many rows as the largest size."""
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        known = list(sets.found(plan.data, scratch)) if plan.data else []
        for one in known:
            _import_set(one, scratch, emit)
        rows = plan.sizes[-1]
        synthetic = next((one for one in known if one.name == "themefinder"), None)
        if synthetic is None:
            file = sets.invented(map(words.comment, range(rows)), scratch / "many.csv")
        else:
            file = sets.multiplied(synthetic, rows, scratch / "many.csv")
        _measure(file, rows, emit)


def _import_set(one: sets.Set, scratch: Path, emit: Emit) -> None:
    """Import one set twice: all of it is taken, and the second time nothing."""
    made = fill.consultation(f"bench-{one.name}", one.recommendations)
    mapping = scratch / f"{one.name}.toml"
    mapping.write_text(_mapping(one.mapping, made), encoding="utf-8")
    report, seconds = _import(made, one.file, mapping, one.refused)
    emit(Line(f"import.{one.name}.bad_rows", report.bad, "rows", report.responses, one.refused))
    emit(Line(f"import.{one.name}", report.responses / seconds, "rows/s", report.comments))
    again, _seconds = _import(made, one.file, mapping, one.refused)
    if (again.responses, again.known) != (0, report.responses):
        raise BenchError(f"{one.name}: the second import added {again.responses} rows")


def _measure(file: Path, rows: int, emit: Emit) -> None:
    """Import the rows, copy the ready ones beside them, and import them once more elsewhere."""
    mapping = file.with_suffix(".toml")
    for name in ("bench-import-first", "bench-import"):
        made = fill.consultation(name, 1)
        mapping.write_text(_mapping(sets.SYNTHETIC, made), encoding="utf-8")
        report, seconds = _import(made, file, mapping)
        if report.responses != rows or report.bad:
            raise BenchError(f"{report.responses} of {rows} rows were imported")
        if name == "bench-import-first":
            copied = _copied(made)
    emit(Line("limit.copy", rows / copied, "rows/s", rows))
    emit(Line("import", rows / seconds, "rows/s", rows))
    emit(Line("import.ratio_to_copy", seconds / copied, "ratio", rows, MOST_TIMES_COPY))
    _report, seconds = _import(made, file, mapping)
    emit(Line("import.again", rows / seconds, "rows/s", rows))


def _mapping(said: str, made: Consultation) -> str:
    """Return the mapping of a set with what holds for all its rows."""
    opened = made.opens_at or database_now()
    common = sets.COMMON.format(day=(opened + timedelta(days=2)).date())
    return common + (said or f'layout = "{columns.CITIZEN_SPACE}"\n')


def _import(
    made: Consultation, file: Path, mapping: Path, refused: int = 0
) -> tuple[Report, float]:
    """Import a file as its officer; return the report and the seconds, the mapping read too."""
    officer, _new = User.objects.get_or_create(email="officer@example.org")
    Role.objects.get_or_create(user=officer, consultation=made, right=Role.Right.OFFICER)
    problems: list[str] = []
    began = perf_counter()
    order = Order(
        consultation=made,
        file=file,
        by=officer,
        mapping=columns.read(mapping.read_text(encoding="utf-8")),
        skip_bad_rows=True,
    )
    report = importer.run(
        order=order, tell=lambda one: problems.append(str(one)), at=database_now()
    )
    seconds = perf_counter() - began
    if len(problems) > refused:
        raise BenchError(f"{file.name}: {'; '.join(problems[:10])}")
    return report, seconds


def _copied(made: Consultation) -> float:
    """Copy the consultation's rows, ready beforehand, into their tables; return the seconds."""
    ready = [(statement, list(rows)) for statement, rows in _ready(made)]
    began = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        for statement, rows in ready:
            with cursor.copy(statement) as copying:
                for block in rows:
                    copying.write(block)
    return perf_counter() - began


def _ready(made: Consultation) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield each table's COPY, and its rows as they are to be sent."""
    chosen = f"(SELECT id FROM consultations_response WHERE consultation_id = {made.pk})"  # noqa: S608
    versions = f"(SELECT id FROM consultations_commentversion WHERE response_id IN {chosen})"  # noqa: S608
    here = f"response_id IN {chosen}"
    where = {
        Response: f"consultation_id = {made.pk}",
        Case: f"consultation_id = {made.pk}",
        Seal: f"version_id IN {versions}",
    }
    for model, moved in READY:
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        names = [str(field.column) for field in fields]
        terms = ", ".join(moved.get(name, name) for name in names)
        table = model._meta.db_table
        yield (
            f"COPY {table} ({', '.join(names)}) FROM STDIN",
            _blocks(f"SELECT {terms} FROM {table} WHERE {where.get(model, here)}"),  # noqa: S608
        )


def _blocks(query: str) -> Iterator[bytes]:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as copying:
        yield from map(bytes, copying)
