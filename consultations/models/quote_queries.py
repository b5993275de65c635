"""What is asked of quotes: which still read as they were sealed, and since when others do not.

Words are compared as `digests.quoting` sealed them: first where they stood, and then, where words
of that version were ever removed, anywhere in it, as a mask shifts what comes after it.
"""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    from consultations.models.comment import Comment
    from consultations.models.digest import Quote  # noqa: F401  mypy reads the string below

HASH = "encode(sha256(convert_to(quote.salt || {words}, 'UTF8')), 'hex')"
LENGTH = 'quote."end" - quote.start'
THERE = HASH.format(words=f"substring(comment.public_text FROM quote.start + 1 FOR {LENGTH})")
ELSEWHERE = HASH.format(words=f"substring(comment.public_text FROM place FOR {LENGTH})")
STANDS = f"""
CASE WHEN NOT comment.listed OR comment.public_version_id IS DISTINCT FROM version.id THEN false
     WHEN {THERE} = quote.hash THEN true
     WHEN NOT EXISTS (SELECT FROM consultations_redaction WHERE version_id = version.id) THEN false
     ELSE EXISTS (
         SELECT FROM generate_series(1, length(comment.public_text) - ({LENGTH}) + 1) AS place
          WHERE {ELSEWHERE} = quote.hash)
END
"""  # noqa: S608  no value is written into it
# A discarded edition is read by nobody, so that nothing in it is corrected.
OF = """
       consultations_commentversion AS version
  JOIN consultations_comment AS comment ON comment.id = version.comment_id
 CROSS JOIN consultations_edition AS edition
 WHERE version.id = quote.version_id AND edition.id = quote.edition_id
   AND edition.state <> 'discarded'
   AND (%(comment)s::bigint IS NULL OR comment.id = %(comment)s)
   AND (%(consultation)s::bigint IS NULL OR edition.consultation_id = %(consultation)s)
"""
LOST = f"quote.corrected_at IS NULL AND NOT ({STANDS})"
FOUND = f"quote.corrected_at IS NOT NULL AND ({STANDS})"
WHERE_CHANGED = f"""
SELECT DISTINCT edition.consultation_id FROM consultations_quote AS quote, {OF}
   AND (({LOST}) OR ({FOUND}))
 ORDER BY 1
"""  # noqa: S608  no value is written into it
DATE = f"""
UPDATE consultations_quote AS quote SET corrected_at = %(at)s FROM {OF} AND {LOST}
RETURNING quote.edition_id
"""  # noqa: S608  no value is written into it
UNDATE = f"""
UPDATE consultations_quote AS quote SET corrected_at = NULL FROM {OF} AND {FOUND}
RETURNING quote.edition_id
"""  # noqa: S608  no value is written into it


class QuoteQuerySet(models.QuerySet["Quote"]):
    """Quotes that have lost their words, or have them again.

    Whatever a queryset was narrowed to, these are asked of all quotes.
    """

    def consultations_with_changed(self) -> list[int]:
        """Return where quotes have lost their words and bear no date, or have them and bear one."""
        return _run(WHERE_CHANGED)

    def date_removed(
        self, at: datetime, *, comment: "Comment | None" = None, consultation_id: int | None = None
    ) -> Counter[int]:
        """Date the quotes that have lost their words; return how many in each edition, by its id.

        Of one comment, or of one consultation.
        """
        key = comment.pk if comment else None
        return Counter(_run(DATE, at=at, comment=key, consultation=consultation_id))

    def undate(
        self, *, comment: "Comment | None" = None, consultation_id: int | None = None
    ) -> Counter[int]:
        """Take the date off the quotes that read as they did again; return how many, as above."""
        key = comment.pk if comment else None
        return Counter(_run(UNDATE, comment=key, consultation=consultation_id))


def _run(statement: str, **values: Any) -> list[int]:
    """Return the keys that the statement names."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"comment": None, "consultation": None, **values})
        return [row[0] for row in cursor.fetchall()]
