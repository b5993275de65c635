"""A mail server that takes everything and keeps nothing, as fast as Python can.

It is a process of its own, run by its path (`python -I sink.py`) so that it starts at once: it
prints its port, serves until its standard input closes, and prints what it has taken.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

ANSWERS = {
    b"EHLO": b"250-sink\r\n250 PIPELINING\r\n",
    b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
UNKNOWN = b"250 sink\r\n"
END = b"\r\n.\r\n"


@dataclass
class Taken:
    """What a sink has taken."""

    connections: int = 0
    mails: int = 0
    size: int = 0


class Sink:
    """A running sink, seen from the process that started it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._line())

    def stop(self) -> Taken:
        """End it, and return what it has taken."""
        if self._process.stdin:
            self._process.stdin.close()
        taken = Taken(**json.loads(self._line()))
        self._process.wait(10)
        return taken

    def _line(self) -> str:
        return self._process.stdout.readline() if self._process.stdout else ""


@contextmanager
def running() -> Iterator[Sink]:
    """Run a sink in a process that ends with the block, or with us."""
    command = [sys.executable, "-I", __file__]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603
        try:
            yield Sink(process)
        finally:
            process.kill()


class _Session(asyncio.Protocol):
    """One client: commands by the line, and after DATA everything up to the lonely dot."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken
        self.transport: asyncio.Transport | None = None
        self.waiting = bytearray()
        self.in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
            connected = transport.get_extra_info("socket")
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport.write(b"220 sink\r\n")
        self.taken.connections += 1

    def data_received(self, data: bytes) -> None:
        before = len(self.waiting)
        self.waiting += data
        while self._mail(before) if self.in_mail else self._command():
            before = 0

    def _mail(self, before: int) -> bool:
        """Take a mail once it is whole; look only at what is new, and the dot's own length."""
        place = self.waiting.find(END, max(before - len(END), 0))
        if place < 0:
            return False
        self.taken.mails += 1
        self.taken.size += place
        del self.waiting[: place + len(END)]
        self.in_mail = False
        self._say(b"250 taken\r\n")
        return True

    def _command(self) -> bool:
        place = self.waiting.find(b"\r\n")
        if place < 0:
            return False
        verb = bytes(self.waiting[:4]).upper()
        del self.waiting[: place + 2]
        self.in_mail = verb == b"DATA"
        self._say(ANSWERS.get(verb, UNKNOWN))
        return True

    def _say(self, words: bytes) -> None:
        if self.transport:
            self.transport.write(words)


async def _serve() -> None:
    taken, loop = Taken(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Session(taken), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    sys.stdout.write(f"{json.dumps(asdict(taken))}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve())
