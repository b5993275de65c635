"""Statements that join very many tables, planned at no cost: in the order in which they name them.

PostgreSQL weighs every order of eight tables, and then of eight more: for the thirty of a review
page that took ten times as long as to read them. Outwards from one row the order is plain.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

LIMIT = "SET LOCAL join_collapse_limit"


@contextmanager
def joined_as_named() -> Iterator[None]:
    """Have the queries of this block join their tables in the order in which they name them.

    They must begin at rows that are few, or read in the order of an index. Each stays one round
    trip, and no other statement is planned so.
    """
    with connection.execute_wrapper(_as_named):
        yield


def _as_named(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if not sql.startswith("SELECT"):
        return execute(sql, params, many, context)
    done = execute(f"{LIMIT} = 1;{sql};{LIMIT} TO DEFAULT", params, many, context)
    context["cursor"].nextset()  # from what the first statement answers to the rows
    return done
