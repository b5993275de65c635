"""Files that staff take away: CSV as it is read, XLSX built by a worker; each is on the ledger.

The rows are chosen once, by their keys, and read by the thousand: however many they are, no more
is held. What a worker does is in `building`; the columns are `records`.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Func, Model, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import ledger, records
from consultations.models import Comment, Consultation, Decision, Job, User
from consultations.records import Cell, Column

# They name people: they go within the hour, as an erasure must reach everything.
KEPT = timedelta(minutes=50)
UNFINISHED = (Job.State.ASKED, Job.State.RUNNING)
CHUNK = 2_000
MOST_SHOWN = 20
# What a spreadsheet takes for a formula where a cell begins with it, full-width forms too.
RISKY = r"ARRAY['=', '+', '-', '@', E'\t', E'\r', E'\n', '＝', '＋', '－', '＠']"
# A spreadsheet reads a CSV that begins so as UTF-8, whatever its country.
MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Extract:
    """One kind of file: what its rows are, and which columns they have."""

    name: str
    title: str | Promise
    model: type[Model]
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Asked:
    """A workbook that somebody asked for, without its rows."""

    pk: int
    asked_at: datetime
    state: str
    error: str
    extract: str
    rows: int


COMMENTS = Extract("comments", gettext_lazy("Publishable comments"), Comment, records.COMMENT)
COMMENTS_WHOLE = Extract(
    "comments_whole", gettext_lazy("Comments with everything"), Comment, records.COMMENT_WHOLE
)
DECISIONS = Extract("decisions", gettext_lazy("Decisions"), Decision, records.DECISION)
DECISIONS_WHOLE = Extract(
    "decisions_whole",
    gettext_lazy("Decisions with the words decided on"),
    Decision,
    records.DECISION_WHOLE,
)
EXTRACTS = {one.name: one for one in (COMMENTS, COMMENTS_WHOLE, DECISIONS, DECISIONS_WHOLE)}


def chosen(found: QuerySet[Any]) -> "array[int]":
    """Return the keys of the rows found, in order, in eight bytes each."""
    said = found.order_by().aggregate(keys=ArrayAgg("pk", order_by="pk", default=Value([])))
    return array("q", said["keys"])


class Harmless(Func):
    """A text that no spreadsheet calculates: an apostrophe before what might begin a formula."""

    template = (
        f"CASE WHEN left(%(expressions)s, 1) = ANY ({RISKY})"
        " THEN '''' || %(expressions)s ELSE NULLIF(%(expressions)s, '') END"
    )
    output_field = TextField()

    def as_sql(self, *rest: Any, **more: Any) -> Any:
        """Return the template, with the values of the text for each place where it stands."""
        statement, values = super().as_sql(*rest, **more)
        return statement, [*values] * 3


def sources(extract: Extract) -> list[Combinable]:
    """Return how each column is read for a file."""
    return [one.read() if one.made else Harmless(one.read()) for one in extract.columns]


def chunks(extract: Extract, keys: Sequence[int]) -> Iterator[list[tuple[Cell, ...]]]:
    """Yield the rows of these keys, so many at a time, safe to open in a spreadsheet."""
    for found in _found(extract, keys):
        yield list(records.cells(found, sources(extract)))


def stream(extract: Extract, choose: Callable[[], Sequence[int]]) -> Iterator[bytes]:
    """Yield a CSV piece by piece; one that cannot be ended says so in its last line.

    The names of the columns leave at once; `choose` then gives the keys of the rows. PostgreSQL
    writes the lines, each lot in one statement that ends before a byte is sent: a browser that
    reads slowly holds nothing back.
    """
    yield (MARK + ",".join(column.name for column in extract.columns) + "\n").encode()
    try:
        for found in _found(extract, choose()):
            yield _lines(found.values_list(*sources(extract)))
    except Exception:
        yield (_("INCOMPLETE: this export failed here. Ask for it again.") + "\n").encode()
        raise


def _found(extract: Extract, keys: Sequence[int]) -> Iterator[QuerySet[Any]]:
    rows = extract.model._base_manager.order_by("pk")
    for start in range(0, len(keys), CHUNK):
        yield rows.filter(pk__in=list(keys[start : start + CHUNK]))


def _lines(rows: QuerySet[Any]) -> bytes:
    """Return rows as the lines of a CSV."""
    statement, values = rows.query.sql_with_params()
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", values) as copying,
    ):
        return b"".join(map(bytes, copying))


@transaction.atomic
def ask(
    *,
    extract: Extract,
    consultation: Consultation,
    keys: Sequence[int],
    chosen_by: Mapping[str, str],
    by: User,
    at: datetime,
) -> Job:
    """Ask a worker for these rows as a workbook; asked again while it waits, it is one job."""
    Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    asked: Any = {"what": Job.What.EXPORT, "consultation": consultation, "asked_by": by}
    order = {
        "extract": extract.name,
        "filter": dict(chosen_by),
        "rows": len(keys),
        "keys": list(keys),
    }
    same = Job.objects.filter(**asked, order=order, state__in=UNFINISHED, expires_at__gt=at)
    return same.order_by("pk").first() or Job.objects.create(
        **asked, order=order, asked_at=at, expires_at=at + KEPT
    )


def asked_for(
    *, extracts: Sequence[str], consultation: Consultation, by: User, at: datetime
) -> list[Asked]:
    """Return the workbooks that a person asked for last and may still fetch, newest first."""
    mine = Job.objects.filter(
        what=Job.What.EXPORT,
        order__extract__in=extracts,
        consultation=consultation,
        asked_by=by,
        expires_at__gt=at,
    )
    told = ("pk", "asked_at", "state", "error", "order__extract", "order__rows")
    return [
        Asked(*row) for row in mine.order_by("-asked_at", "-pk").values_list(*told)[:MOST_SHOWN]
    ]


@transaction.atomic
def note(
    *,
    extract: Extract,
    file: str,
    consultation: Consultation,
    rows: int,
    chosen_by: Mapping[str, str],
    by: User,
    at: datetime,
) -> None:
    """Write a download on the ledger: who, what, by which filter, how many; no words searched."""
    ledger.append(
        consultation_id=consultation.pk,
        act="export_downloaded",
        at=at,
        payload={
            "extract": extract.name,
            "file": file,
            "filter": {
                name: _("words, not kept here") if name == "q" else value
                for name, value in chosen_by.items()
            },
            "rows": rows,
            "by": by.pk,
        },
    )


def parts(job: Job) -> Iterator[bytes]:
    """Yield the file that a worker built, piece by piece."""
    numbers = list(job.parts.order_by("number", "pk").values_list("pk", flat=True))
    for pk in numbers:
        yield bytes(job.parts.values_list("content", flat=True).get(pk=pk))


def file_name(extract: Extract, consultation: Consultation, ending: str, at: datetime) -> str:
    """Return the name under which a browser keeps the file."""
    return f"{consultation.slug}-{extract.name.replace('_', '-')}-{at:%Y-%m-%d-%H%M}.{ending}"
