"""A mail's bytes: headers and both parts, made once, and filled for each reader.

Python's `email` package costs a millisecond a mail; an edition goes to a hundred thousand, so
what they share is encoded once (quoted-printable, RFC 2045) and only the slots are replaced.
"""

import base64
import binascii
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from html import escape

from django.conf import settings
from django.utils.encoding import punycode

from consultations.mail import unsubscribe
from consultations.mail.blocks import SLOT_CLOSES, SLOT_OPENS, LetterError, ascii_line
from consultations.mail.letter import Parts

LIMIT = 90_000  # bytes: mail programs cut longer ones off
TOKEN = "token"  # noqa: S105 - the name of the slot that holds the reader's unsubscribe token
_SLOT = re.compile(f"{SLOT_OPENS}([a-z_]+){SLOT_CLOSES}")
# "=_" cannot occur in quoted-printable or base64, so the boundary needs no search (RFC 2045, 6.7)
_BOUNDARY = "=_portal_part"
_SOFT = b"=\r\n"
Chunk = bytes | tuple[str, bool]  # literal bytes, or a slot's name and whether it is in HTML


@dataclass(frozen=True, slots=True)
class MailingList:
    """What list mail says about its list: RFC 2919 and RFC 2369."""

    slug: str
    archive: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """What fills a slot and was encoded before: many readers get the same."""

    text: bytes
    html: bytes


@dataclass(frozen=True, slots=True)
class Compiled:
    """A mail with everything in place but what is the reader's own."""

    subject: str
    chunks: tuple[Chunk, ...]
    mailing_list: MailingList | None = None

    def fill(
        self,
        *,
        to: str,
        message_id: str,
        date: datetime,
        token: str = "",
        slots: Mapping[str, str | Parts | Encoded] | None = None,
    ) -> bytes:
        """Return one reader's mail: CRLF line ends, dots not yet stuffed.

        The slot `token` is filled with `token`. Raises LetterError for a slot with nothing to fill
        it, an address that is not ASCII, or a list mail of more than 90 kB.
        """
        values: dict[str, str | Parts | Encoded] = {TOKEN: token, **(slots or {})}
        head = _headers(self.subject, to, message_id, date)
        if self.mailing_list is not None:
            head += _list_headers(self.mailing_list, token)
        body = [
            chunk if isinstance(chunk, bytes) else _filled(chunk, values) for chunk in self.chunks
        ]
        data = b"".join([head.encode("ascii"), *body])
        if self.mailing_list is not None and len(data) > LIMIT:
            raise LetterError(f"{len(data)} bytes of {LIMIT}: this would be cut off")
        return data


def compiled(parts: Parts, *, subject: str, mailing_list: MailingList | None = None) -> Compiled:
    """Return the mail with its shared bytes encoded once; its parts may hold `letter.slot`s."""
    chunks: list[Chunk] = [
        f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{_BOUNDARY}"'
        "\r\n\r\n".encode()
    ]
    for content_type, text in (("text/plain", parts.text), ("text/html", parts.html)):
        encoding, encoded = _encoded(text, is_html=content_type == "text/html")
        head = (
            f"--{_BOUNDARY}\r\nContent-Type: {content_type}; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
        )
        chunks += [head.encode(), *encoded, b"\r\n"]
    chunks.append(f"--{_BOUNDARY}--\r\n".encode())
    return Compiled(ascii_line(subject), tuple(_merged(chunks)), mailing_list)


def encoded(parts: Parts) -> Encoded:
    """Return a piece that several mails hold, encoded once."""
    return Encoded(_quoted_printable(parts.text), _quoted_printable(parts.html))


def chained(pieces: Iterable[Encoded]) -> Encoded:
    """Return the pieces one after another."""
    kept = tuple(pieces)
    return Encoded(
        _SOFT.join(piece.text for piece in kept), _SOFT.join(piece.html for piece in kept)
    )


def _encoded(text: str, *, is_html: bool) -> tuple[str, list[Chunk]]:
    """Return the transfer encoding and the chunks; base64 where that is shorter, without slots."""
    pieces = _SLOT.split(text)
    chunks: list[Chunk] = []
    for place, piece in enumerate(pieces):
        if place % 2:
            chunks += [_SOFT, (piece, is_html), _SOFT]
        else:
            chunks.append(_quoted_printable(piece))
    if len(pieces) == 1:
        short = base64.encodebytes(text.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
        if len(short) < len(chunks[0]):
            return "base64", [short]
    return "quoted-printable", chunks


def _quoted_printable(text: str) -> bytes:
    encoded = binascii.b2a_qp(text.replace("\r\n", "\n").encode(), istext=True)
    return encoded.replace(b"\n", b"\r\n")


def _filled(chunk: tuple[str, bool], values: Mapping[str, str | Parts | Encoded]) -> bytes:
    name, is_html = chunk
    value = values.get(name)
    if value is None:
        raise LetterError(f"nothing to fill the slot {name!r} with")
    if isinstance(value, Encoded):
        return value.html if is_html else value.text
    if isinstance(value, Parts):
        return _quoted_printable(value.html if is_html else value.text)
    return _quoted_printable(escape(value) if is_html else value)


def _merged(chunks: list[Chunk]) -> list[Chunk]:
    merged: list[Chunk] = []
    for chunk in chunks:
        if merged and isinstance(chunk, bytes) and isinstance(merged[-1], bytes):
            merged[-1] += chunk
        else:
            merged.append(chunk)
    return merged


def _headers(subject: str, to: str, message_id: str, date: datetime) -> str:
    return (
        f"From: {_from(settings.DEFAULT_FROM_EMAIL)}\r\n"
        f"To: {ascii_address(to)}\r\n"
        f"Subject: {_folded(subject)}\r\n"
        f"Message-ID: {message_id}\r\n"
        f"Date: {_dated(date)}\r\n"
        "Auto-Submitted: auto-generated\r\n"
    )


@lru_cache(maxsize=4)
def _from(address: str) -> str:
    return formataddr(parseaddr(address))


@lru_cache(maxsize=16)
def _folded(subject: str) -> str:
    return "\r\n ".join(textwrap.wrap(subject, 68, break_long_words=False))


@lru_cache(maxsize=16)
def _dated(date: datetime) -> str:
    return format_datetime(date.astimezone(UTC))


def _list_headers(mailing_list: MailingList, token: str) -> str:
    """Return the list's headers; the one-click ones only where a token makes them work."""
    leave = (
        f"List-Unsubscribe: <{unsubscribe.address(token)}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    return (
        f"List-Id: <{mailing_list.slug}.{settings.MAIL_DOMAIN}>\r\n"
        f"List-Archive: <{mailing_list.archive}>\r\n"
    ) + (leave if token else "")


def ascii_address(address: str) -> str:
    """Return the address with its domain in ASCII (RFC 5891); raise LetterError if it has none."""
    local, at, domain = address.rpartition("@")
    if not address.isascii():
        domain = punycode(domain)
    ready = f"{local}{at}{domain}"
    if not ready.isascii() or re.search(r"[\s<>\x00-\x1f\x7f]", ready) or not local:
        raise LetterError("an address that cannot be written in ASCII")
    return ready
