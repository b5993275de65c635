"""Files that leave as they are read: CSV and JSON Lines; PostgreSQL writes their lines.

A file that cannot be ended is seen to be cut by whoever reads it: its last line says so and is
neither CSV nor JSON, and the connection is closed before the transfer ends (HTTP/1.1), so that
`curl` fails.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consultations.exchange.extracts import Extract, by_keys, sources

# A spreadsheet reads a CSV that begins so as UTF-8, whatever its country.
MARK = "\ufeff"
# Characters that JSON never holds as they are, so that a line of it leaves as it stands.
RAW = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written: its ending, its first line, and the lines of some rows."""

    ending: str
    content_type: str
    head: Callable[[Extract], str]
    lines: Callable[[Extract, QuerySet[Any]], bytes]
    # What stands before the sentence that the file is cut, so that no reader takes it for a row.
    cut: str = ""


def stream(form: Form, extract: Extract, found: Iterable[QuerySet[Any]]) -> Iterator[bytes]:
    """Yield a file piece by piece; one that cannot be ended says so in its last line, and raises.

    The first line leaves at once, before a row is asked for. Each lot of rows is one statement,
    which ends before a byte is sent: a browser that reads slowly holds nothing back.
    """
    yield form.head(extract).encode()
    try:
        for rows in found:
            yield form.lines(extract, rows)
    except Exception:
        said = _("INCOMPLETE: this file failed here. Ask for it again.")
        yield f"{form.cut}{said}\n".encode()
        raise


def _names(extract: Extract) -> str:
    return MARK + ",".join(column.name for column in extract.columns) + "\n"


def _csv(extract: Extract, rows: QuerySet[Any]) -> bytes:
    statement, values = rows.values_list(*sources(extract)).query.sql_with_params()
    return _copied(f"COPY ({statement}) TO STDOUT (FORMAT csv)", values)


def _objects(extract: Extract, rows: QuerySet[Any]) -> bytes:
    """Return each row as the object that the API gives, texts as they are."""
    read = [column.read() for column in extract.columns]
    statement, values = rows.values_list(*read).query.sql_with_params()
    names = ", ".join(connection.ops.quote_name(column.name) for column in extract.columns)
    objects = f"row_to_json(line) FROM ({statement}) AS line ({names})"
    return _copied(f"COPY (SELECT {objects}) TO STDOUT ({RAW})", values)


def _copied(statement: str, values: Any) -> bytes:
    composing: Any = connection.ops  # PostgreSQL's, which the stubs do not know
    with (
        by_keys(),
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(composing.compose_sql(statement, values)) as copying,
    ):
        return b"".join(map(bytes, copying))


# A quotation mark that nothing closes: whatever reads CSV strictly stops there.
CSV = Form("csv", "text/csv; charset=utf-8", _names, _csv, cut='"')
LINES = Form("jsonl", "application/jsonl; charset=utf-8", lambda _extract: "", _objects)
FORMS = {form.ending: form for form in (CSV, LINES)}
