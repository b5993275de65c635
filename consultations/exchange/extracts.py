"""What a file holds: which rows, in which order, with which columns of `records`.

The rows are chosen once, by their keys, and read by the thousand: however many they are, no more
is held. Who reads `streams` or `workbooks` never waits inside a transaction.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Func, Model, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from consultations import records
from consultations.models import (
    Comment,
    Consultation,
    Decision,
    Edition,
    OfficialAnswer,
    Recommendation,
    User,
)
from consultations.models.comment_queries import CommentQuerySet
from consultations.records import Cell, Column
from consultations.text import FORMULA

# A lot is one statement, which a web process ends after a few seconds, however busy the server.
CHUNK = 2_000
# The first rows are few, so that they leave at once.
FIRST_CHUNK = 100
RISKY = f"ARRAY[{', '.join(f'chr({ord(sign)})' for sign in FORMULA)}]"


@dataclass(frozen=True, slots=True)
class Extract:
    """One kind of file: what its rows are, in which order, and which columns they have."""

    name: str
    title: str | Promise
    model: type[Model]
    columns: Sequence[Column]
    order: Sequence[str] = ("pk",)
    # Whether it holds of the words what the public may read, and nothing else.
    publishable: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A file that every reader of a consultation may have, and the rows of it there are."""

    extract: Extract
    rows: Callable[[Consultation, datetime], QuerySet[Any]]


COMMENTS = Extract("comments", gettext_lazy("Publishable comments"), Comment, records.COMMENT)
COMMENTS_WHOLE = Extract(
    "comments_whole",
    gettext_lazy("Comments with everything"),
    Comment,
    records.COMMENT_WHOLE,
    publishable=False,
)
DECISIONS = Extract("decisions", gettext_lazy("Decisions"), Decision, records.DECISION)
DECISIONS_WHOLE = Extract(
    "decisions_whole",
    gettext_lazy("Decisions with the words decided on"),
    Decision,
    records.DECISION_WHOLE,
    publishable=False,
)
EXTRACTS = {one.name: one for one in (COMMENTS, COMMENTS_WHOLE, DECISIONS, DECISIONS_WHOLE)}


def _comments(here: Consultation, _at: datetime) -> CommentQuerySet:
    return Comment.objects.filter(recommendation__consultation=here)


def _recommendations(here: Consultation, _at: datetime) -> QuerySet[Any]:
    return Recommendation.objects.filter(consultation=here, current__isnull=False)


def _official(here: Consultation, at: datetime) -> QuerySet[Any]:
    return OfficialAnswer.objects.standing().shown(at).filter(recommendation__consultation=here)


def _digests(here: Consultation, _at: datetime) -> QuerySet[Any]:
    return Edition.objects.filter(consultation=here).public()


# In the order of the pages: two comments of one response do not stand together for being sent so.
IN_ORDER = ("recommendation__number", "first_published_at", "pk")
TABLES = {
    table.extract.name: table
    for table in (
        Table(
            Extract(
                "comments", gettext_lazy("Published comments"), Comment, records.COMMENT, IN_ORDER
            ),
            _comments,
        ),
        Table(
            Extract(
                "recommendations",
                gettext_lazy("Recommendations"),
                Recommendation,
                records.RECOMMENDATION,
                ("number", "pk"),
            ),
            _recommendations,
        ),
        Table(
            Extract(
                "official-response",
                gettext_lazy("Official response"),
                OfficialAnswer,
                records.OFFICIAL_ANSWER,
                ("recommendation__number", "pk"),
            ),
            _official,
        ),
        Table(
            Extract("digests", gettext_lazy("Digests"), Edition, records.EDITION, ("number", "pk")),
            _digests,
        ),
    )
}


def chosen(found: QuerySet[Any], order: Sequence[str] = ("pk",)) -> "array[int]":
    """Return the keys of the rows found, in order, in eight bytes each."""
    said = found.order_by().aggregate(keys=ArrayAgg("pk", order_by=order, default=Value([])))
    return array("q", said["keys"])


def lots(extract: Extract, keys: Sequence[int]) -> Iterator[QuerySet[Any]]:
    """Yield the rows of these keys as queries of so many at a time, a few at first."""
    yield from parted(extract.model._base_manager.all(), keys, extract.order)


def visible(table: Table, here: Consultation, user: User | None, at: datetime) -> QuerySet[Any]:
    """Return the rows that a reader of the consultation may see; the door asks who is one."""
    rows = table.rows(here, at)
    return rows.visible_to(user, at) if isinstance(rows, CommentQuerySet) else rows


def visible_to_readers(table: Table, here: Consultation, at: datetime) -> QuerySet[Any]:
    """Return the rows that every reader of the consultation may see."""
    rows = table.rows(here, at)
    return rows.visible_to_readers(at) if isinstance(rows, CommentQuerySet) else rows


def read(table: Table, rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """Yield rows of a table as queries of so many at a time.

    Each asks again for what was asked: what is hidden meanwhile is left out.
    """
    yield from parted(rows, chosen(rows, table.extract.order), table.extract.order)


def parted(
    rows: QuerySet[Any], keys: Sequence[int], order: Sequence[str]
) -> Iterator[QuerySet[Any]]:
    """Yield the rows of these keys, so many at a time, a few at first."""
    start, size = 0, FIRST_CHUNK
    while start < len(keys):
        yield rows.filter(pk__in=list(keys[start : start + size])).order_by(*order)
        start, size = start + size, CHUNK


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
    """Return how each column is read for a file that a spreadsheet opens."""
    return [one.read() if one.made else Harmless(one.read()) for one in extract.columns]


def chunks(extract: Extract, found: Iterator[QuerySet[Any]]) -> Iterator[list[tuple[Cell, ...]]]:
    """Yield the rows of these queries, each lot at once, safe to open in a spreadsheet."""
    for rows in found:
        with by_keys():
            lot = list(records.cells(rows, sources(extract)))
        yield lot


@contextmanager
def by_keys() -> Iterator[None]:
    """Have PostgreSQL find each row of a lot by its key, and read no table from end to end.

    For some thousand rows it would rather read whole tables, and again for the next lot.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
