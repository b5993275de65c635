"""The one clock that decides: the database's."""

from datetime import datetime

from django.db import connection, models


class StatementTimestamp(models.Func):
    """The instant at which the database began the present statement."""

    function = "statement_timestamp"
    arity = 0
    output_field = models.DateTimeField()


def database_now() -> datetime:
    """Return the database's present instant (UTC), which orders all that is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row = cursor.fetchone()
    now: datetime = row[0]
    return now
