"""Where the servers of a data folder answer, and whose the folder is. Starts nothing."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.embedded.processes import EmbeddedError

OWNER = NAME = "portal"
PORT = 5432  # only names the socket's file: nothing listens on TCP


@dataclass(frozen=True)
class Servers:
    """Where the two servers answer."""

    database_url: str
    broker_url: str


def socket_folder(data: Path) -> Path:
    """Return the sockets' folder for a data folder: always the same one, and short."""
    base = tempfile.gettempdir()
    mark = hashlib.sha256(f"{os.geteuid()} {data.resolve()}".encode()).hexdigest()[:12]
    return Path(base if len(base) <= 60 else "/tmp") / f"cp-{mark}"  # noqa: S108 - see private


def urls(data: Path) -> Servers:
    """Return where the servers of a data folder answer once they run. Starts nothing."""
    sockets = socket_folder(data)
    return Servers(
        f"postgresql://{OWNER}@/{NAME}?host={sockets}&port={PORT}",
        f"redis+socket://{sockets}/valkey.sock?virtual_host=0",
    )


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold a data folder for this process alone; the lock goes when the process does."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(f"The data in {data} is in use by another process.") from None
        yield
