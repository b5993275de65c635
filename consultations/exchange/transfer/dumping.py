"""Writes a consultation to a file: one snapshot of the database, streamed by COPY."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from consultations import ledger
from consultations.exchange.transfer import choosing, file
from consultations.exchange.transfer.carried import OWN, SHARED, columns, model_of, rows
from consultations.models import Consultation

APPS = ("account", "consultations")
CONTENT = "consultations.DocumentContent"
# Documents go in pieces, so that none is ever held whole.
PIECE = 512 * 1024
# A file takes as long as it takes; all statements of it see the same instant.
ONE_SNAPSHOT = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL TIME ZONE 'UTC'
"""


def dump(*, consultation: Consultation, path: Path, at: datetime) -> Mapping[str, int]:
    """Write a consultation to a new file, whole; return how many rows of each model it holds.

    That it was taken is on its ledger first, and so in the file. Raises TransferError where the
    file cannot be written; nothing of that name is left behind then.
    """
    with file.writing(path, _header(consultation, at)) as writer:
        with transaction.atomic():
            payload = {"consultation": consultation.slug, "by": None}
            ledger.append(
                consultation_id=consultation.pk, act="consultation_dumped", at=at, payload=payload
            )
        with _snapshot():
            choosing.choose(consultation.pk)
            for label in (*SHARED, *OWN):
                for row in _rows(*_query(label, consultation.pk)):
                    writer.row(label, row)
    return writer.counts


def state_of_database() -> list[str]:
    """Return the migrations that a file depends on, as they are applied here.

    Not one that stands for its steps: where these were taken one by one, nothing may have noted it.
    """
    loader = MigrationLoader(connection)
    steps = loader.applied_migrations.keys() - loader.replacements.keys()
    return sorted(f"{app}.{name}" for app, name in steps if app in APPS)


def _header(consultation: Consultation, at: datetime) -> dict[str, Any]:
    return {
        "slug": consultation.slug,
        "title": consultation.title,
        "written_at": at.isoformat(),
        "migrations": state_of_database(),
    }


@contextmanager
def _snapshot() -> Iterator[None]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(ONE_SNAPSHOT)
        yield


def _query(label: str, consultation_id: int) -> tuple[str, Sequence[Any]]:
    """Return the SQL of the rows of one model, by their numbers."""
    model = model_of(label)
    key = str(model._meta.pk.column)
    values: Sequence[Any] = [label]
    chosen = "SELECT id FROM chosen WHERE model = %s"
    if label in OWN:
        found = rows(label, consultation_id).order_by().values_list("pk")
        chosen, values = found.query.sql_with_params()
    names = ", ".join(f'"{field.column}"' for field in columns(label))
    held, order = f'"{model._meta.db_table}"', f'"{key}"'
    if label == CONTENT:
        names = f"document_id, part, substring(content FROM part * {PIECE} + 1 FOR {PIECE}) content"
        held += f", generate_series(0, (octet_length(content) - 1) / {PIECE}) AS part"
        order += ", part"
    return (
        f'SELECT {names} FROM {held} WHERE "{key}" IN ({chosen}) ORDER BY {order}',  # noqa: S608
        values,
    )


def _rows(sql: str, values: Sequence[Any]) -> Iterator[str]:
    """Yield the rows of a query as JSON, without holding more than one."""
    statement = f"COPY (SELECT row_to_json(held) FROM ({sql}) AS held) TO STDOUT"  # noqa: S608
    with connection.cursor() as cursor, cursor.copy(statement, values) as copying:
        for (row,) in copying.rows():
            yield row
