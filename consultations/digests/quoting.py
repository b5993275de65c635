"""Quotes: sealed when an edition is made, looked up again whenever it is read.

A redaction, a withdrawal or an erasure reaches every edition so, old ones included.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consultations.models import Comment, Quote
from consultations.models.clock import day_of
from consultations.moderation import quoted


@dataclass(frozen=True)
class Spoken:
    """One quotation as it may be shown now: the words, or a note (`removed`) in their place.

    `said_by` is the name line: a name or "Name withheld", and the kind; `region` only if shown.
    """

    text: str
    removed: str
    said_by: str
    region: str
    stance: str
    stance_label: str
    block: str
    reference: str
    recommendation: int


def seal(words: str) -> tuple[str, str]:
    """Return a new salt, and the salted hash of the words."""
    salt = secrets.token_hex(16)
    return salt, _hash(salt, words)


def content_hash(number: int, facts: Mapping[str, Any], quotes: Iterable[Quote]) -> str:
    """Return the hash of what an edition says: its facts, its quotes by place and sealed words.

    The same before it is saved and whenever it is read again.
    """
    held = sorted([q.recommendation.number, q.position, q.start, q.end, q.hash] for q in quotes)
    content = {"number": number, "facts": facts, "quotes": held}
    written = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("ascii")).hexdigest()


def quotes_of(edition_id: int) -> QuerySet[Quote]:
    """Return an edition's quotes in their order, with all that `spoken` reads (one query)."""
    comment = "version__comment"
    rows = Quote.objects.filter(edition=edition_id).select_related(
        "recommendation", f"{comment}__response", f"{comment}__shown_region"
    )
    return rows.order_by("recommendation__number", "position", "pk")


def spoken(quote: Quote) -> Spoken:
    """Return a quote as it may be shown now.

    It keeps its words while its comment is listed, stands in the version that was quoted, and
    reads as it did. Whether its edition may be read at all is asked at the door.
    """
    comment, number = quote.version.comment, quote.recommendation.number
    words = _words(quote, comment)
    if not words:
        return Spoken("", _removed(quote), "", "", "", "", quote.block, "", number)
    comment.public_version = quote.version
    return Spoken(
        text=words,
        removed="",
        said_by=name_line(comment),
        region=comment.shown_region.name if comment.shown_region else "",
        stance=comment.stance,
        stance_label=str(comment.get_stance_display()),
        block=quote.block,
        reference=comment.reference,
        recommendation=number,
    )


def name_line(comment: Comment) -> str:
    """Return who a comment is by, as its public version shows it: a name or none, and the kind."""
    return f"{comment.signature() or _('Name withheld')}, {comment.get_kind_display()}"


def note_changes(at: datetime) -> int:
    """Date the quotes that have lost their words since the last look; return how many.

    Those that have theirs again (what hid them was taken back) lose the date. Each edition is on
    the ledger as corrected, once for each quote; a transaction for each consultation, so that
    none waits for two ledgers.
    """
    lost: Counter[int] = Counter()
    for consultation_id in Quote.objects.consultations_with_changed():
        with transaction.atomic():
            found = Quote.objects.undate(consultation_id=consultation_id)
            gone = Quote.objects.date_removed(at, consultation_id=consultation_id)
            quoted.record(found, change="restored", at=at)
            quoted.record(gone, change="removed", at=at)
        lost += gone
    return lost.total()


def _words(quote: Quote, comment: Comment) -> str:
    """Return the words that were sealed, wherever they stand in the comment now, or "".

    Words removed before a quote, or put back there, move it: where it does not stand any more,
    it is looked for. The database dates the quotes by the same rule (`models.quote_queries`).
    """
    if not comment.listed or comment.public_version_id != quote.version_id:
        return ""
    said, length = comment.public_text, quote.end - quote.start
    for start in chain([quote.start], range(len(said) - length + 1)):
        if _hash(quote.salt, said[start : start + length]) == quote.hash:
            return said[start : start + length]
    return ""


def _removed(quote: Quote) -> str:
    if quote.corrected_at is None:
        return _("A quotation was removed since this digest was made.")
    return _("A quotation was removed on %(day)s.") % {"day": day_of(quote.corrected_at)}


def _hash(salt: str, words: str) -> str:
    return hashlib.sha256((salt + words).encode()).hexdigest()
