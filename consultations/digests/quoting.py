"""Quotes: sealed when an edition is made, looked up again whenever it is read.

A redaction, a withdrawal or an erasure reaches every edition so, old ones included.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consultations.models import Quote
from consultations.models.clock import day_of

# The words are compared as `seal` wrote them: characters from `start` (from 0) to before `end`.
NOTE_REMOVED = """
UPDATE consultations_quote AS quote SET corrected_at = %(at)s
  FROM consultations_commentversion AS version
  JOIN consultations_comment AS comment ON comment.id = version.comment_id
 WHERE quote.corrected_at IS NULL AND version.id = quote.version_id
   AND (NOT comment.listed OR comment.public_version_id IS DISTINCT FROM version.id
        OR encode(sha256(convert_to(quote.salt || substring(comment.public_text
               FROM quote.start + 1 FOR quote."end" - quote.start), 'UTF8')), 'hex') <> quote.hash)
"""


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
    words = comment.public_text[quote.start : quote.end]
    stands = comment.listed and comment.public_version_id == quote.version_id
    if not stands or _hash(quote.salt, words) != quote.hash:
        return Spoken("", _removed(quote), "", "", "", "", quote.block, "", number)
    comment.public_version = quote.version
    return Spoken(
        text=words,
        removed="",
        said_by=f"{comment.signature() or _('Name withheld')}, {comment.get_kind_display()}",
        region=comment.shown_region.name if comment.shown_region else "",
        stance=comment.stance,
        stance_label=str(comment.get_stance_display()),
        block=quote.block,
        reference=comment.reference,
        recommendation=number,
    )


def note_removed(at: datetime) -> int:
    """Date the quotes that have lost their words since the last look; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_REMOVED, {"at": at})
        return int(cursor.rowcount)


def _removed(quote: Quote) -> str:
    if quote.corrected_at is None:
        return _("A quotation was removed since this digest was made.")
    return _("A quotation was removed on %(day)s.") % {"day": day_of(quote.corrected_at)}


def _hash(salt: str, words: str) -> str:
    return hashlib.sha256((salt + words).encode()).hexdigest()
