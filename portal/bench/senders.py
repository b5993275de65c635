"""How fast others send: ready mails by `smtplib`, by Django, and as bare bytes.

The file is run by its path too (`python senders.py WAY PORT`), so that two send at once: it reads
the mails, in base64 on a line of JSON, then sends as many as each further line says, and answers
with the seconds.
"""

import base64
import json
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from email import message_from_bytes, policy
from functools import lru_cache
from time import perf_counter

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

SENDER, READER, DOMAIN = "no-reply@localhost", "reader@example.org", "localhost"
LISTED = ("List-Id", "List-Archive", "List-Unsubscribe", "List-Unsubscribe-Post")
OK = b"250"


class SendingError(Exception):
    """The sink did not take what it was sent."""


def by_smtplib(kept: Sequence[bytes], size: int, port: int) -> None:
    """Send mails that are ready on one kept connection: nothing is written, nothing noted."""
    with smtplib.SMTP("127.0.0.1", port, DOMAIN) as client:
        if client.sock:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(size):
            client.sendmail(SENDER, [READER], kept[number % len(kept)])


def by_django(kept: Sequence[bytes], size: int, port: int) -> None:
    """Write each mail anew and send it on one kept connection, as Django's manual says to."""
    backend = EmailBackend("127.0.0.1", port, use_tls=False, use_ssl=False)
    backend.open()
    for number in range(size):
        subject, text, html, headers = _written(kept[number % len(kept)])
        mail = EmailMultiAlternatives(subject, text, SENDER, [READER], headers=headers)
        mail.attach_alternative(html, "text/html")
        backend.send_messages([mail])
    backend.close()


def by_socket(kept: Sequence[bytes], size: int, port: int) -> None:
    """Send as fast as the sink can take: two turns a mail, and not a byte looked at."""
    envelope = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{READER}>\r\nDATA\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as client, client.makefile("rb") as answers:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers.readline()
        for number in range(size):
            client.sendall(envelope)
            for _answer in range(3):
                answers.readline()
            client.sendall(kept[number % len(kept)] + b"\r\n.\r\n")
            if answers.readline()[:3] != OK:
                raise SendingError("the sink refuses")


WAYS: dict[str, Callable[[Sequence[bytes], int, int], None]] = {
    "smtplib": by_smtplib,
    "django": by_django,
    "socket": by_socket,
}


class Sender:
    """A process that sends in one way to one port, seen from the one that started it."""

    def __init__(self, way: str, port: int, kept: Sequence[bytes]) -> None:
        command = [sys.executable, "-I", __file__, way, str(port)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)  # noqa: S603
        self._say(json.dumps([base64.b64encode(data).decode() for data in kept]))
        self._hear()

    def begin(self, size: int) -> None:
        """Let it send so many."""
        self._say(str(size))

    def end(self) -> float:
        """Wait until it has; return the seconds. Raises SendingError where it could not."""
        return float(self._hear())

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def _say(self, line: str) -> None:
        if self._process.stdin:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    def _hear(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise SendingError("a sender has died")
        return line


@lru_cache(maxsize=1_024)
def _written(data: bytes) -> tuple[str, str, str, dict[str, str]]:
    """Return the subject, both parts and the list's headers of a mail."""
    mail = message_from_bytes(data, policy=policy.default)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    if text is None or html is None:
        raise SendingError("a mail without both parts")
    headers = {name: str(mail[name]) for name in LISTED}
    return str(mail["Subject"]), str(text.get_content()), str(html.get_content()), headers


def _serve(way: str, port: int) -> None:
    kept = [base64.b64decode(each) for each in json.loads(sys.stdin.readline())]
    settings.configure(USE_I18N=False)
    WAYS[way](kept, len(kept), port)  # what is made once is made
    _answer("ready")
    for line in sys.stdin:
        began = perf_counter()
        WAYS[way](kept, int(line), port)
        _answer(str(perf_counter() - began))


def _answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
