"""Django's EMAIL_BACKEND: what allauth and Django send goes through the outbox as all mail does."""

import re
from collections.abc import Sequence
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.mail.letter import Action, Block, Code, Letter, Paragraph
from consultations.models import Message, User

# allauth's codes: letters and digits without vowels, in groups or not
_CODE = re.compile(r"(?=.*[0-9A-Z])[0-9A-Z]{3,12}(?:-[0-9A-Z]{2,8}){0,3}")
_LINK = re.compile(r"https?://\S+")


class OutboxBackend(BaseEmailBackend):
    """Queues in the stream of codes, before everything else; nothing is sent in the request."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue each message once for each of its recipients; return how many messages."""
        with transaction.atomic():
            for message in email_messages:
                for address in message.recipients():
                    _queue(message, address)
        return len(email_messages)


def letter_of(message: EmailMessage) -> Letter:
    """Return the message's plain text as a letter, a code or link alone on its line."""
    pieces = re.split(r"\n\s*\n", str(message.body).replace("\r\n", "\n"))
    blocks = tuple(_block(piece.strip()) for piece in pieces if piece.strip())
    return Letter(" ".join(str(message.subject).split()), blocks)


def _queue(message: EmailMessage, address: str) -> None:
    outbox.queue(
        stream=Message.Stream.SECURITY,
        key=f"security:{uuid4().hex}",
        to=address,
        letter=letter_of(message),
        at=timezone.now(),
        user=User.objects.filter(email__iexact=address).order_by("pk").first(),
    )


def _block(piece: str) -> Block:
    if _CODE.fullmatch(piece):
        return Code(piece)
    if _LINK.fullmatch(piece):
        return Action(_("Open this page"), piece)
    return Paragraph(piece)
