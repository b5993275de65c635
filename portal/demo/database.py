"""Whose the database is, and how far it has been filled: kept in the database's own comment.

The demonstration writes into nobody else's database. It marks one that it made, or found empty,
and notes there each step that it has finished, so that a second start repeats none.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

MARK = "consultation-portal demo"


class NotOursError(Exception):
    """The database is not the demonstration's; the message is one sentence."""


@contextmanager
def connection(url: str) -> Iterator[psycopg.Connection]:
    """Connect; raise NotOursError with the server's own words where that fails."""
    try:
        opened = psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        raise NotOursError(f"The database does not answer: {_first_line(error)}") from error
    try:
        yield opened
    finally:
        opened.close()


def adopt(url: str) -> set[str]:
    """Mark an empty database as ours, and return the steps that ours has already seen.

    Raises NotOursError for a database that holds tables and does not carry our mark.
    """
    with connection(url) as opened:
        comment = _comment(opened)
        if comment.startswith(MARK):
            return set(comment.partition(":")[2].split())
        if comment or _holds_tables(opened):
            raise NotOursError(
                f"The database {opened.info.dbname} was not created by the demonstration, "
                "which writes into no other: name an empty one."
            )
        _write(opened, set())
        return set()


def note(opened: psycopg.Connection, step: str) -> None:
    """Note a finished step, in the transaction that has just done it."""
    done = set(_comment(opened).partition(":")[2].split())
    _write(opened, done | {step})


def _comment(opened: psycopg.Connection) -> str:
    row = opened.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = current_database()"
    ).fetchone()
    return str(row[0] or "") if row else ""


def _holds_tables(opened: psycopg.Connection) -> bool:
    row = opened.execute(
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND n.nspname NOT LIKE 'pg\\_%' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') LIMIT 1"
    ).fetchone()
    return row is not None


def _write(opened: psycopg.Connection, done: set[str]) -> None:
    text = f"{MARK}: {' '.join(sorted(done))}".strip()
    try:
        opened.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(opened.info.dbname), sql.Literal(text)
            )
        )
    except psycopg.Error as error:
        raise NotOursError(
            f"The database {opened.info.dbname} cannot be marked as the demonstration's: "
            f"{_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
