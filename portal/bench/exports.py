"""Files of all comments: a CSV beside a bare COPY, a workbook beside xlsxwriter on ready rows."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from resource import getpagesize
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import xlsxwriter
from allauth.mfa.models import Authenticator
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models.expressions import Combinable
from django.test import RequestFactory
from django.urls import reverse

from consultations import records
from consultations.exchange import building, exports, extracts, streams
from consultations.models import Comment, Consultation, Job, Role, User, database_now
from consultations.records import Cell, Column
from consultations.records.columns import Day, Instant
from portal.bench import fill, spoken
from portal.bench.measure import FORM, SECRET, BenchError, Emit, Line, Plan, logged_in

SLUG = "bench-exports"
RECOMMENDATIONS = 5
ROUNDS = 3
MOST_TIMES_COPY = 5
MOST_TIMES_READY = 1.5
MOST_MEGABYTES = 64
MOST_TO_FIRST_BYTE = 1_000
MEGABYTE = 1_000_000
WHOLE = extracts.COMMENTS_WHOLE


def run(plan: Plan, emit: Emit) -> None:
    """Take all comments away, with everything: as a CSV from the admin, as a workbook by a job."""
    consultation, officer = _filled(plan.sizes[-1])
    keys = extracts.chosen(Comment.objects.filter(recommendation__consultation=consultation))
    cookies = logged_in(officer)
    _download(cookies)  # what is imported and compiled once is not the file's
    with _peak() as grown:
        csv = [_download(cookies) for _round in range(ROUNDS)]
    emit(Line("exports.csv.memory", grown(), "MB", len(keys), MOST_MEGABYTES))
    copied = min(_copied(keys) for _round in range(ROUNDS))
    fastest = min(seconds for seconds, _first, _row in csv)
    emit(Line("limit.copy_out", len(keys) / copied, "rows/s", len(keys)))
    emit(Line("exports.csv", len(keys) / fastest, "rows/s", len(keys)))
    emit(Line("exports.csv.ratio_to_copy", fastest / copied, "ratio", len(keys), MOST_TIMES_COPY))
    first = max(first for _seconds, first, _row in csv) * 1_000
    emit(Line("exports.csv.first_byte", first, "ms", len(keys), MOST_TO_FIRST_BYTE))
    row = max(row for _seconds, _first, row in csv) * 1_000
    emit(Line("exports.csv.first_row", row, "ms", len(keys), MOST_TO_FIRST_BYTE))
    for ending in streams.FORMS:
        _public(consultation, ending, emit)
    _workbooks(consultation, officer, keys, emit)


def _public(consultation: Consultation, ending: str, emit: Emit) -> None:
    """Take what is published, as a reader who is not logged in."""
    path = f"{reverse('downloads.index', args=[consultation.slug])}comments.{ending}"
    _pieces(RequestFactory(SERVER_NAME="localhost").get(path).environ)
    with _peak() as grown:
        taken = [
            _pieces(RequestFactory(SERVER_NAME="localhost").get(path).environ)
            for _round in range(ROUNDS)
        ]
    shown = Comment.objects.filter(recommendation__consultation=consultation, listed=True).count()
    name = f"exports.public.{ending}"
    emit(Line(f"{name}.memory", grown(), "MB", shown, MOST_MEGABYTES))
    emit(Line(name, shown / min(seconds for seconds, _first, _row in taken), "rows/s", shown))
    row = max(row for _seconds, _first, row in taken) * 1_000
    emit(Line(f"{name}.first_row", row, "ms", shown, MOST_TO_FIRST_BYTE))


def _workbooks(consultation: Consultation, officer: User, keys: Sequence[int], emit: Emit) -> None:
    _built(consultation, officer, keys[:10])
    with _peak() as grown:
        built = [_built(consultation, officer, keys)]
    emit(Line("exports.xlsx.memory", grown(), "MB", len(keys), MOST_MEGABYTES))
    ready = [row for chunk in extracts.chunks(WHOLE, extracts.lots(WHOLE, keys)) for row in chunk]
    written = [_written(ready)]
    built.append(_built(consultation, officer, keys))
    written.append(_written(ready))
    ratio = min(built) / min(written)
    emit(Line("limit.xlsx_ready", len(keys) / min(written), "rows/s", len(keys)))
    emit(Line("exports.xlsx", len(keys) / min(built), "rows/s", len(keys)))
    emit(Line("exports.xlsx.ratio_to_ready", ratio, "ratio", len(keys), MOST_TIMES_READY))


def _filled(amount: int) -> tuple[Consultation, User]:
    """Let so many comments be there, and an officer."""
    if kept := fill.kept(SLUG):
        return kept
    made = fill.consultation(SLUG, RECOMMENDATIONS)
    people = fill.people(made, -(-amount // RECOMMENDATIONS))
    for recommendation in made.recommendations.select_related("consultation", "current"):
        spoken.comments(recommendation, people)
    officer = fill.moderator(made)
    Role.objects.create(user=officer, consultation=made, right=Role.Right.OFFICER)
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={})
    fill.settle()
    return made, officer


def _download(cookies: str) -> tuple[float, float, float]:
    """Press the button; return what `_pieces` does."""
    said = f"extract=comments_whole&file=csv&csrfmiddlewaretoken={SECRET}"
    environ = (
        RequestFactory(SERVER_NAME="localhost")
        .generic(
            "POST",
            reverse("admin:consultations_comment_download"),
            said,
            content_type=FORM,
            headers={"Cookie": cookies},
        )
        .environ
    )
    return _pieces(environ)


def _pieces(environ: dict[str, Any]) -> tuple[float, float, float]:
    """Ask for a file; return the seconds until the last byte, the first and the first row."""
    statuses: list[str] = []

    def start(
        status: str, headers: list[tuple[str, str]], error: object = None, /
    ) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _bytes: None

    site = WSGIHandler()  # which a server makes once
    began = perf_counter()
    answer = site(environ, start)
    came = [perf_counter() - began for _piece in answer]  # none is kept
    answer.close()
    if statuses != ["200 OK"]:
        raise BenchError(f"the download answered {statuses}")
    return perf_counter() - began, came[0], came[1]


def _copied(keys: Sequence[int]) -> float:
    """Have PostgreSQL send the same columns as they are stored; return the seconds."""
    sources = [_stored(column) for column in records.COMMENT_WHOLE]
    rows = Comment.objects.filter(pk__in=list(keys)).order_by("pk").values_list(*sources)
    statement, values = rows.query.sql_with_params()
    began = perf_counter()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", values) as copying,
    ):
        for _block in copying:
            pass
    return perf_counter() - began


def _stored(column: Column) -> Combinable:
    """Return what a column is made of, where that is a day or an instant."""
    source = column.read()
    if not isinstance(source, Day | Instant):
        return source
    stored: Combinable = source.get_source_expressions()[0]
    return stored


def _built(consultation: Consultation, officer: User, keys: Sequence[int]) -> float:
    """Ask for a workbook, and be the worker that builds and keeps it; return the seconds."""
    job = exports.ask(
        extract=WHOLE,
        consultation=consultation,
        keys=keys,
        chosen_by={},
        by=officer,
        at=database_now(),
    )
    began = perf_counter()
    building.run_one(database_now())
    seconds = perf_counter() - began
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise BenchError(f"the workbook is {job.state}: {job.error}")
    return seconds


def _written(rows: Sequence[Sequence[Cell]]) -> float:
    """Write ready rows by xlsxwriter alone; return the seconds."""
    with TemporaryDirectory() as folder:
        began = perf_counter()
        options = {"constant_memory": True, "tmpdir": folder}
        book = xlsxwriter.Workbook(str(Path(folder) / "ready.xlsx"), options)
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(line, place, cell)
                elif cell is not None:
                    sheet.write_number(line, place, cell)
        book.close()
        return perf_counter() - began


@contextmanager
def _peak() -> Iterator[Callable[[], float]]:
    """Watch this process's memory; give a function that says how many megabytes it grew."""
    start, most, ended = _resident(), 0.0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not ended.wait(0.02):
            most = max(most, _resident())

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield lambda: max(most - start, 0.0)
    finally:
        ended.set()
        watching.join()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * getpagesize() / MEGABYTE
