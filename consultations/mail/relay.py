"""One connection to the relay, which knows in which phase each mail is.

`smtplib.sendmail` hides whether a failure came before or after the final dot; this does not.
"""

import re
import select
import smtplib
import socket
import ssl
from email.utils import parseaddr
from types import TracebackType
from typing import Self

from django.conf import settings

# Until the relay has answered the final dot it may have taken the mail: wait longer for that
# answer than for others (RFC 5321, section 4.5.3.2.6).
PATIENCE = 3
_UNKNOWN_USER = re.compile(
    r"\b5\.1\.1\b|user unknown|unknown user|no such (user|recipient|mailbox)|"
    r"(user|mailbox|recipient|account) (does not|doesn't) exist|mailbox not found",
    re.IGNORECASE,
)


class RelayAwayError(Exception):
    """There is no working connection: nothing was sent, and no mail is to blame."""


class DroppedError(Exception):
    """The connection broke before the final dot: the mail was not sent."""


class DoubtError(Exception):
    """The connection broke after the final dot: nobody can know."""


class RefusedError(Exception):
    """The relay said no to this mail, for now (4xx) or for good (5xx): RFC 5321, RFC 3463."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words

    @property
    def for_good(self) -> bool:
        """Whether trying again is pointless."""
        return self.code >= 500

    @property
    def nobody_there(self) -> bool:
        """Whether the address does not exist: 5.1.1, or 550 in such words."""
        return self.code in {550, 551, 553} and bool(_UNKNOWN_USER.search(self.words))


class Relay:
    """A connection that is opened when first needed, and closed after any error."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None
        self._used = False
        self._said = False  # the commands of this mail, before their answers were heard
        self.sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.quit() if error is None else self.close()

    def open(self) -> None:
        """Connect, greet, encrypt and log in as the settings say; raise RelayAwayError."""
        if self._smtp is not None:
            return
        try:
            self._smtp, self._used = _connected(), False
        except (OSError, smtplib.SMTPException) as error:
            raise RelayAwayError(type(error).__name__) from error

    def offer(self, recipient: str, data: bytes) -> None:
        """Say everything but the final dot. Raises RefusedError, DroppedError or RelayAwayError."""
        envelope = (f"MAIL FROM:<{self.sender}>", f"RCPT TO:<{recipient}>", "DATA")
        try:
            self._begin(envelope)
            self._hear(envelope[1])
            self._hear(envelope[2], expected=3)
            self._open_one().send(stuffed(data))
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise DroppedError(type(error).__name__) from error

    def _begin(self, envelope: tuple[str, ...]) -> None:
        """Say who writes, on a new connection where the relay has had enough of a used one.

        Who is refused there is the sender, so no mail is to blame: RelayAwayError.
        """
        used = self._used
        try:
            self._say(envelope)
            self._hear(envelope[0])
        except (OSError, smtplib.SMTPException, RefusedError) as error:
            self.close()
            if not used:
                raise RelayAwayError(str(error)) from error
            self.open()
            self._begin(envelope)

    def _say(self, envelope: tuple[str, ...]) -> None:
        """Say the whole envelope at once where the relay takes it so (RFC 2920)."""
        smtp = self._open_one()
        self._said = smtp.has_extn("pipelining")
        if self._said:
            smtp.send("".join(f"{command}\r\n" for command in envelope))

    def _hear(self, command: str, expected: int = 2) -> None:
        """Say the command, unless that was done, and hear its answer."""
        smtp = self._open_one()
        if not self._said:
            smtp.putcmd(command)
        code, words = smtp.getreply()
        self._judged(code, words, expected)

    def finish(self) -> str:
        """Send the final dot; return the relay's answer.

        Raises DroppedError where the relay has hung up before it, RefusedError or DoubtError.
        """
        smtp = self._open_one()
        if _has_spoken(smtp):
            self.close()
            raise DroppedError("hung up, or spoke out of turn")
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(settings.EMAIL_TIMEOUT * PATIENCE)
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
            said = self._judged(code, words)
            if smtp.sock is not None:
                smtp.sock.settimeout(settings.EMAIL_TIMEOUT)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise DoubtError(type(error).__name__) from error
        self._used = True
        return said

    def close(self) -> None:
        """Hang up without a word: what was offered and not finished is not sent."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def quit(self) -> None:
        """Take leave politely."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def _open_one(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self._smtp

    def _judged(self, code: int, words: bytes, expected: int = 2) -> str:
        """Return what was said where the code's first digit is the expected one."""
        said = f"{code} {words.decode('utf-8', 'replace')}".replace("\x00", "")
        if code // 100 == expected:
            return said
        self.close()
        if code // 100 in {4, 5}:
            raise RefusedError(code, said)
        raise smtplib.SMTPServerDisconnected(said)


def _has_spoken(smtp: smtplib.SMTP) -> bool:
    """Whether the relay has hung up, or said anything, while it was not its turn."""
    if smtp.sock is None:
        return True
    ear = select.poll()
    ear.register(smtp.sock, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(ear.poll(0))


def stuffed(data: bytes) -> bytes:
    """Return the data with leading dots doubled (RFC 5321, section 4.5.2), ending in a line end."""
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    doubled = ended.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def _greeted() -> smtplib.SMTP:
    """Return a new connection: under our own name, as the host's is nobody's business."""
    host, name, wait = settings.EMAIL_HOST, settings.MAIL_DOMAIN, settings.EMAIL_TIMEOUT
    if settings.EMAIL_USE_SSL:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            host, settings.EMAIL_PORT or 465, name, timeout=wait, context=context
        )
    return smtplib.SMTP(host, settings.EMAIL_PORT or 25, name, timeout=wait)


def _connected() -> smtplib.SMTP:
    """Return a connection that is ready for mail; close it where it cannot be made so."""
    smtp = _greeted()
    try:
        if smtp.sock is not None:
            # body and final dot are two writes: without this the second waits 40 ms for an ACK
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if settings.EMAIL_HOST_USER:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except (OSError, smtplib.SMTPException):
        smtp.close()
        raise
    return smtp
