"""What the demonstration's mail server has filed, read for the pages under /outbox/."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from portal.demo.sink import number

LINK = re.compile(r"https?://[^\s<>\"]+")
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
# Links of a framed mail open in the whole window, not inside the frame.
BASE_TAG = '<base target="_top">'


@dataclass(frozen=True)
class Mail:
    """One filed message: what it says of itself, and its two parts."""

    number: int
    subject: str
    sender: str
    to: str
    date: datetime | None
    text: str
    html: str

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """Return the text cut at its links, as pairs of text and address (empty where none)."""
        return list(_pieces(self.text))

    @property
    def framed(self) -> str:
        """Return the HTML part so that its links leave the frame."""
        if HEAD.search(self.html):
            return HEAD.sub(lambda head: head.group() + BASE_TAG, self.html, count=1)
        return BASE_TAG + self.html


def mails(folder: Path, *, before: int, limit: int) -> list[Mail]:
    """Return the newest mails below a number, newest first."""
    numbers = sorted((number(path) for path in folder.glob("*.eml")), reverse=True)
    chosen = [each for each in numbers if 0 < each < before][:limit]
    return [found for each in chosen if (found := mail(folder, each))]


def mail(folder: Path, which: int) -> Mail | None:
    """Return one mail, or nothing."""
    path = folder / f"{which}.eml"
    if not path.is_file():
        return None
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Mail(
        number=which,
        subject=str(message["Subject"] or "(no subject)"),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        date=_date(message),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Cut a text at its links; a full stop or bracket after an address is not part of it."""
    end = 0
    for found in LINK.finditer(text):
        address = found.group().rstrip(".,;:!?)]'")
        if text[end : found.start()]:
            yield text[end : found.start()], ""
        yield address, address
        end = found.start() + len(address)
    if text[end:]:
        yield text[end:], ""
