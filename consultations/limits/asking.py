"""How often a range of addresses asked of late, counted by all processes of a host together.

Reading writes nothing to the database, so the counters stand in a small file that every process
maps: a few hundred kilobytes of slots, of which a range has one by a keyed hash. Two ranges may
share a slot, which nobody can bring about without the key. No address is stored, and what is lost
with the file is one window's counting. Each host counts for itself.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection

from consultations.limits import address_range

log = structlog.get_logger(__name__)
SLOTS = 1 << 16
_SLOT = struct.Struct("=II")  # the window, and how often
_lock = threading.Lock()


def count(what: str, address: str, seconds: int) -> tuple[int, int]:
    """Count one question of something from an address's range, in windows of so many seconds.

    Returns how many that makes in this window, and in how many seconds the next begins.
    """
    window, gone = divmod(int(time.time()), seconds)
    return counted(f"{what} {address_range(address)}", window), seconds - gone


def counted(asker: str, window: int) -> int:
    """Count one question of an asker; return how many that makes in this window."""
    held, descriptor = _table()
    place = _place(asker) * _SLOT.size
    with _alone(descriptor):
        known, number = _SLOT.unpack_from(held, place)
        number = number + 1 if known == window else 1
        _SLOT.pack_into(held, place, window, number)
    return int(number)


def forget(what: str, address: str) -> None:
    """Forget how often something was asked for from an address's range: a test begins anew."""
    held, descriptor = _table()
    place = _place(f"{what} {address_range(address)}") * _SLOT.size
    with _alone(descriptor):
        _SLOT.pack_into(held, place, 0, 0)


def _place(asker: str) -> int:
    """The slot: sites of one machine that have other databases or secrets count apart."""
    said = f"{connection.settings_dict['NAME']} {asker}".encode()
    key = settings.SECRET_KEY.encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    hashed = hashlib.blake2b(said, key=key, digest_size=4).digest()
    return int.from_bytes(hashed) % SLOTS


@contextmanager
def _alone(descriptor: int) -> Iterator[None]:
    """Hold off other threads, then other processes: a lock on a file is one process's."""
    with _lock:
        if descriptor < 0:
            yield
            return
        fcntl.lockf(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(descriptor, fcntl.LOCK_UN)


@cache
def _table() -> tuple[mmap.mmap, int]:
    """The slots, and the file that holds them; where there can be none, own memory."""
    size = SLOTS * _SLOT.size
    try:
        descriptor = _file(size)
        return mmap.mmap(descriptor, size), descriptor
    except OSError as error:
        log.warning("requests_counted_by_each_process", error=str(error))
        return mmap.mmap(-1, size), -1


def _file(size: int) -> int:
    """Open the file, with room for all of it; raises OSError where there is none.

    So it does where the file is somebody else's. Were the room not taken at once, writing to the
    mapped file would kill the process on a full disk.
    """
    path = Path(tempfile.gettempdir()) / f"portal-requests-{os.getuid()}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_uid != os.getuid():
            raise PermissionError(f"{path}: not ours")
        os.posix_fallocate(descriptor, 0, size)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
