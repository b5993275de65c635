"""What is asked of quotes: which still read as they were sealed, and since when others do not.

Words are compared as `digests.quoting` sealed them: first where they stood, and then, where words
of that version were ever removed, anywhere in it, as a mask shifts what comes after it.
"""

from collections.abc import Mapping
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
FROM = """
  FROM consultations_commentversion AS version
  JOIN consultations_comment AS comment ON comment.id = version.comment_id
 WHERE version.id = quote.version_id
   AND (%(comment)s::bigint IS NULL OR comment.id = %(comment)s)
"""
DATE = f"""
UPDATE consultations_quote AS quote SET corrected_at = %(at)s {FROM}
   AND quote.corrected_at IS NULL AND NOT ({STANDS})
"""  # noqa: S608  no value is written into it
UNDATE = f"""
UPDATE consultations_quote AS quote SET corrected_at = NULL {FROM}
   AND quote.corrected_at IS NOT NULL AND ({STANDS})
"""  # noqa: S608


class QuoteQuerySet(models.QuerySet["Quote"]):
    """Quotes that have lost their words, or have them again."""

    def date_removed(self, at: datetime, comment: "Comment | None" = None) -> int:
        """Date the quotes that have lost their words: of all comments, or of one; return how many.

        Whatever a queryset was narrowed to, it is asked of all.
        """
        return _run(DATE, {"at": at, "comment": comment.pk if comment else None})

    def undate(self, comment: "Comment") -> int:
        """Take the date off a comment's quotes that read as they did again; return how many."""
        return _run(UNDATE, {"comment": comment.pk})


def _run(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
