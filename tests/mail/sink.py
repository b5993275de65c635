"""A real SMTP server on a real socket that refuses, stalls and hangs up where it is told to."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from time import monotonic, sleep


@dataclass(frozen=True)
class Mail:
    """What the server took, dots unstuffed."""

    recipient: str
    data: bytes

    @property
    def parsed(self) -> EmailMessage:
        message = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def message_id(self) -> str:
        found = re.search(rb"^Message-ID: (\S+)\r$", self.data, re.MULTILINE)
        return found[1].decode() if found else ""


@dataclass(frozen=True)
class Talk:
    """A connection of somebody's, and to whom the mail on it goes."""

    recipient: str
    port: int  # of whoever has connected


@dataclass
class Sink:
    """Takes mail; `answers` and `drops` are by recipient, `watch` is told of every phase.

    `strike` is told of it too, and on which connection.
    """

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)  # (recipient, phase)
    drops: dict[str, str] = field(default_factory=dict)  # recipient: "data" or "dot"
    stalls: dict[str, str] = field(default_factory=dict)
    to_sender: str = "250 ok"
    most_per_connection: int = 0
    pipelining: bool = True  # as every relay of today offers
    connections: int = 0
    envelopes: list[bytes] = field(default_factory=list)  # the commands that came with each MAIL
    watch: Callable[[str, "Sink"], None] = lambda phase, sink: None
    strike: Callable[[str, "Talk"], None] = lambda phase, talk: None

    @property
    def recipients(self) -> list[str]:
        return [mail.recipient for mail in self.mails]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Wait until so many mails have come; fail when they do not."""
        until = monotonic() + seconds
        while len(self.mails) < count:
            assert monotonic() < until, f"{len(self.mails)} mails of {count}"
            sleep(0.01)


class _HangUpError(Exception):
    pass


@contextmanager
def running() -> Iterator[Sink]:
    """Run a sink for as long as the block lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    sink = Sink(port=listener.getsockname()[1])
    threading.Thread(target=_accept, args=(listener, sink), daemon=True).start()
    try:
        yield sink
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, sink: Sink) -> None:
    while True:
        try:
            client = listener.accept()[0]
        except OSError:
            return
        sink.connections += 1
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_talk, args=(client, sink), daemon=True).start()


def _talk(client: socket.socket, sink: Sink) -> None:
    with client, client.makefile("rb") as lines, contextlib.suppress(_HangUpError, OSError):
        _Session(client, lines, sink).run()


class _Session:
    def __init__(self, client: socket.socket, lines: object, sink: Sink) -> None:
        self.client, self.lines, self.sink = client, lines, sink
        self.recipient, self.taken = "", 0

    def say(self, answer: str) -> None:
        self.client.sendall(f"{answer}\r\n".encode())

    def run(self) -> None:
        self.say("220 sink")
        while line := self.lines.readline():  # type: ignore[attr-defined]
            verb = line[:4].upper()
            if verb == b"MAIL" and 0 < self.sink.most_per_connection <= self.taken:
                return self.say("421 4.7.0 enough on this connection")
            if verb == b"MAIL":
                self.sink.envelopes.append(self.waiting(line))
            if verb == b"QUIT":
                return self.say("221 bye")
            if verb == b"EHLO" and self.sink.pipelining:
                self.say("250-sink\r\n250 PIPELINING")
            elif verb == b"RCPT":
                self.rcpt(line)
            elif verb == b"DATA":
                self.data()
            elif verb == b"MAIL":
                self.say(self.sink.to_sender)
            else:
                self.say("250 ok")
        return None

    def waiting(self, line: bytes) -> bytes:
        """Return the first words of a line and of all that came with it."""
        more = self.lines.peek() if self.sink.pipelining else b""  # type: ignore[attr-defined]
        return b" ".join(each[:4] for each in [line, *more.splitlines()])

    def rcpt(self, line: bytes) -> None:
        self.recipient = line.split(b"<")[1].split(b">")[0].decode()
        self.trouble("rcpt")
        self.say(self.sink.answers.get((self.recipient, "rcpt"), "250 ok"))

    def data(self) -> None:
        self.say("354 go on")
        self.trouble("data")
        body = []
        while (line := self.lines.readline()) != b".\r\n":  # type: ignore[attr-defined]
            if not line:
                raise _HangUpError
            body.append(line.removeprefix(b"."))
        answer = self.sink.answers.get((self.recipient, "dot"), "250 2.0.0 taken")
        if answer.startswith("2"):
            self.sink.mails.append(Mail(self.recipient, b"".join(body)))
        self.trouble("dot")
        self.say(answer)
        self.taken += 1
        self.trouble("done")

    def trouble(self, phase: str) -> None:
        self.sink.watch(phase, self.sink)
        self.sink.strike(phase, Talk(self.recipient, self.client.getpeername()[1]))
        if self.sink.stalls.get(self.recipient) == phase:
            sleep(30)
        if self.sink.drops.get(self.recipient) == phase:
            raise _HangUpError
