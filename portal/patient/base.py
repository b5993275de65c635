"""The database ENGINE: Django's own, which waits for an answer no longer than PATIENCE says.

PostgreSQL's own time-outs need a server that runs, and the kernel's a network that loses packets.
A server that is frozen, or a proxy that has lost it, takes what it is sent and says nothing; only
the one who waits can end that.
"""

from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import RV, PQGen

# An idle connection is asked whether it lives: with the time to make a new one, under six seconds.
PROBE_SECONDS = 1.5


class Connection(psycopg.Connection[Any]):
    """A connection that closes itself where the server says nothing for too long."""

    patience: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait as psycopg does; who names a time-out, such as a listener, keeps it."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.errors._WaitTimeout as error:
            self.close()
            raise psycopg.OperationalError(f"no answer in {self.patience} s") from error


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with connections that wait for PATIENCE seconds, or for ever."""

    Database = SimpleNamespace(  # type: ignore[assignment]
        **{**vars(psycopg), "connect": Connection.connect}
    )

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection that knows how long to wait."""
        connection = super().get_new_connection(conn_params)
        connection.patience = self.settings_dict["PATIENCE"]
        return connection

    def is_usable(self) -> bool:
        """Whether the connection lives; one that must think about it does not."""
        asked = self.connection
        if asked is not None:
            asked.patience = PROBE_SECONDS
        try:
            return super().is_usable()
        finally:
            if asked is not None:
                asked.patience = self.settings_dict["PATIENCE"]

    def set_autocommit(self, autocommit: bool, *more: Any, **named: Any) -> None:
        """Leave a transaction whose connection is gone without making another one for that."""
        if self.connection is not None or not autocommit:
            super().set_autocommit(autocommit, *more, **named)
