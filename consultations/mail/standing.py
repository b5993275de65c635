"""What every mail carries around its letter: why it was sent, how to leave, and its list."""

import json
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _

from consultations.mail import unsubscribe
from consultations.mail.leases import Claimed
from consultations.mail.letter import Footer, Letter, LetterError, Parts, Ready, render, slot
from consultations.mail.mime import TOKEN, Compiled, MailingList, compiled
from consultations.models import Message

Stream = Message.Stream


def list_footer(title: str) -> Footer:
    """Return the footer of a digest or milestone, for `Compiled.fill` to put the token into."""
    leave = unsubscribe.address(slot(TOKEN))
    why = _("You get this because you follow “%(title)s”, or answered it.") % {"title": title}
    return Footer(why=why, unsubscribe=leave, less_often=leave)


def mailing_list(slug: str) -> MailingList:
    """Return the list that a consultation's digests and milestones belong to."""
    return MailingList(slug, f"{settings.SITE_URL}/consultations/{slug}/digests/")


def compose(message: Claimed) -> bytes:
    """Return the bytes of a mail that carries its own letter; raise LetterError if it cannot be."""
    if message.edition_id is not None:
        raise LetterError("its edition could not be written for this reader")
    if message.stream == Stream.DIGEST and message.token:
        mail = _shared(json.dumps(message.letter), message.slug, message.title)
    else:
        mail = _own(message)
    return mail.fill(
        to=message.to,
        message_id=message.message_id,
        date=message.queued_at,
        token=message.token,
    )


def _own(message: Claimed) -> Compiled:
    """Return a mail to one reader: a letter with its footer, or what was written whole."""
    if "html" in message.letter:
        ready = Ready.from_json(message.letter)
        return compiled(Parts(ready.text, ready.html), subject=ready.subject)
    letter = Letter.from_json(message.letter)
    parts = render(letter, Footer(why=_why(message.stream)))
    return compiled(parts, subject=letter.subject)


@lru_cache(maxsize=4)
def _shared(letter_json: str, slug: str, title: str) -> Compiled:
    """Return a milestone, which is the same for all its readers, compiled once."""
    letter = Letter.from_json(json.loads(letter_json))
    parts = render(letter, list_footer(title))
    return compiled(parts, subject=letter.subject, mailing_list=mailing_list(slug))


def _why(stream: int) -> str:
    if stream == Stream.SECURITY:
        return _(
            "You get this because somebody, probably you, gave this address on our site. "
            "If it was not you, you need do nothing."
        )
    if stream == Stream.INVITATION:
        return _(
            "You get this because whoever runs a consultation on our site gave us this address, "
            "to invite your organisation. We use it for nothing else."
        )
    return _("You get this because you take part in a consultation on our site.")
