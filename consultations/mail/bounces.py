"""What comes back by e-mail: delivery reports (RFC 3464) and complaints (ARF, RFC 5965).

The relay hands each mail that arrives at the sender's address to `manage.py take_bounces`. A report
is believed only where it names a Message-ID that we made, and the very address we wrote to: both
together are known to whoever received the mail, and to nobody else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from typing import Any

from django.db import transaction

from consultations.mail import unsubscribe
from consultations.mail.leases import suppress
from consultations.models import Message

State, Stream = Message.State, Message.Stream
# No such mailbox or domain, one that cannot be, that has moved, or that takes no mail; other codes
# under 5.1 speak of the sender's address (RFC 3463, section 3.2; RFC 7505).
NOBODY = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}
_CODE = re.compile(r"\b[245]\d\d[ -]([245]\.\d{1,3}\.\d{1,3})\b")
LARGEST = 2_000_000  # bytes: a report with the whole of our largest mail in it is a tenth of that


class ReportError(Exception):
    """A mail that is no report, with a sentence that says why."""


class Kind(StrEnum):
    """What a report says became of a mail."""

    NOBODY = "nobody"  # there is no such address
    # Refused for good for another reason: full, too large, unwanted. The address is kept: a full
    # mailbox (5.2.2) is emptied, and most policies against us are of a day.
    REFUSED = "refused"
    DELAYED = "delayed"  # the relay goes on trying, or says that it has delivered
    COMPLAINT = "complaint"  # its reader pressed "this is spam"


@dataclass(frozen=True, slots=True)
class Report:
    """What one mail says about one of ours: `address` in lower case, `words` as the relay gave."""

    kind: Kind
    message_id: str
    address: str
    words: str


def read(raw: bytes) -> list[Report]:
    """Return what a mail reports, one for each address that it names.

    Raises ReportError for a mail that is no report of these two standards, that is too large, or
    that does not hold the headers of ours.
    """
    if len(raw) > LARGEST:
        raise ReportError("larger than any report")
    mail = message_from_bytes(raw, policy=default)
    kind = str(mail.get_param("report-type", "")).lower()
    if mail.get_content_type() != "multipart/report":
        raise ReportError("not a report")
    message_id, to = _ours(mail)
    if kind == "delivery-status":
        return list(_delivery(mail, message_id))
    if kind == "feedback-report":
        return [Report(Kind.COMPLAINT, message_id, to, "complaint")]
    raise ReportError(f"a report of another type: {kind[:40]}")


@transaction.atomic
def take(report: Report, *, at: datetime) -> bool:
    """Do what a report asks; return whether it was about a mail of ours to that address.

    Nobody there: the mail has failed, and the address gets nothing more. Refused: the mail has
    failed, for staff to see. A complaint: its reader is sent no more digests; a stranger who was
    invited gets nothing more at all. Codes and receipts go on, or nobody could log in again. A
    report that comes twice changes nothing the second time.
    """
    message = _found(report)
    if message is None:
        return False
    if report.kind in {Kind.NOBODY, Kind.REFUSED}:
        _fail(message, report, at)
    if report.kind == Kind.NOBODY or (report.kind == Kind.COMPLAINT and message.user_id is None):
        suppress(message.to, reason=report.words, at=at)
    elif report.kind == Kind.COMPLAINT and message.user_id is not None:
        unsubscribe.complained(
            user_id=message.user_id, consultation_id=message.consultation_id, at=at
        )
    return True


def _found(report: Report) -> Message | None:
    mails = Message.objects.select_for_update(no_key=True).filter(
        message_id=report.message_id, to__iexact=report.address
    )
    return mails.order_by("pk").first()


def _fail(message: Message, report: Report, at: datetime) -> None:
    """Mark what had been sent, or was in doubt, as failed; what failed before is left alone."""
    sent = Message.objects.filter(pk=message.pk, state__in=[State.SENT, State.UNKNOWN])
    sent.update(state=State.FAILED, reply=report.words[:500], done_at=at, settled_by=None)


def _ours(report: EmailMessage) -> tuple[str, str]:
    """Return the Message-ID and the address of the mail that was sent back, headers or whole."""
    for part in report.walk():
        held: Any = None
        if part.get_content_type() == "message/rfc822":
            held = part.get_payload()
            held = held[0] if isinstance(held, list) and held else None
        elif part.get_content_type() == "text/rfc822-headers":
            words: Any = part.get_payload(decode=True)
            held = message_from_bytes(words or b"", policy=default)
        if held is not None and held["Message-ID"]:
            to = held["To"].addresses if held["To"] is not None else ()
            return str(held["Message-ID"]).strip(), to[0].addr_spec.lower() if to else ""
    raise ReportError("without the headers of the mail that it is about")


def _delivery(report: EmailMessage, message_id: str) -> Iterator[Report]:
    """Yield what is said of each recipient; the first block of fields is about the mail."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks: Any = part.get_payload()
        for fields in blocks[1:] if isinstance(blocks, list) else ():
            if address := _recipient(fields):
                action = str(fields["Action"] or "").lower()
                said = " ".join(str(fields["Diagnostic-Code"] or "").split())
                status = _status(str(fields["Status"] or "").strip(), said)
                yield Report(_kind(action, status), message_id, address, f"{status} {said}".strip())


def _recipient(fields: EmailMessage) -> str:
    """Return the address as we wrote to it; the final one may be where it was forwarded to."""
    named = str(fields["Original-Recipient"] or fields["Final-Recipient"] or "")
    return named.rpartition(";")[2].strip().strip("<>").lower()


def _status(status: str, said: str) -> str:
    """Return the code of the failure: what the other side said where the relay says nothing.

    Exim writes 5.0.0 for every failure, and the remote code in the words alone.
    """
    if not status.endswith(".0.0"):
        return status
    told = _CODE.search(said)
    return told[1] if told else status


def _kind(action: str, status: str) -> Kind:
    if action != "failed" or not status.startswith("5."):
        return Kind.DELAYED
    return Kind.NOBODY if status.split()[0] in NOBODY else Kind.REFUSED
