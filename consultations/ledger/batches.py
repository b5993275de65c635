"""Words that came in by the thousand: a seal of each in a row, and one hash of all in the chain."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from consultations.ledger import hashes
from consultations.models import AnswerSeal, Seal

CHUNK = 2_000
# The hash of all seals of a batch, each with the place of its words, in the order of their keys.
BATCH = """
SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws(
           ':', response.reference, asked.number, version.number, seal.hash),
           E'\\n' ORDER BY version.id), ''), 'UTF8')), 'hex')
  FROM consultations_seal AS seal
  JOIN consultations_commentversion AS version ON version.id = seal.version_id
  JOIN consultations_response AS response ON response.id = version.response_id
  JOIN consultations_recommendationversion AS answered ON answered.id = version.answered_id
  JOIN consultations_recommendation AS asked ON asked.id = answered.recommendation_id
 WHERE seal.batch = %s
"""

# The same of the answers to the owner's questions that came in a batch.
ANSWERS = """
SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws(
           ':', response.reference, asked.number, version.number, seal.hash),
           E'\\n' ORDER BY version.id), ''), 'UTF8')), 'hex')
  FROM consultations_answerseal AS seal
  JOIN consultations_questionanswerversion AS version ON version.id = seal.version_id
  JOIN consultations_response AS response ON response.id = version.response_id
  JOIN consultations_question AS asked ON asked.id = version.question_id
 WHERE seal.batch = %s
"""


def salted_seal(stance: str, text: str) -> tuple[str, str]:
    """Return a new salt, and the seal of a comment's words with it, for a row of a batch."""
    salt = secrets.token_hex(16)
    return salt, hashes.salted(salt, hashes.compact([stance, text]))


def salted_answer_seal(chosen: Sequence[int], text: str, why: str) -> tuple[str, str]:
    """Return a new salt, and the seal of an answer to a question with it, for a row of a batch."""
    salt = secrets.token_hex(16)
    return salt, hashes.salted(salt, _answer(chosen, text, why))


def seal_of_batch(batch: UUID) -> str:
    """Return the hash that stands for all words of a batch, as its rows are now."""
    return _hash_of(BATCH, batch)


def seal_of_answers(batch: UUID) -> str:
    """Return the hash that stands for all answers to questions of a batch, as they are now."""
    return _hash_of(ANSWERS, batch)


def _hash_of(query: str, batch: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query, [batch])
        return str(cursor.fetchone()[0])


def _answer(chosen: Sequence[int], text: str, why: str) -> str:
    return hashes.compact([hashes.compact([*chosen]), text, why])


def forged(batch: UUID, said: Mapping[str, Any]) -> bool:
    """Whether a batch lost or gained a row, or words in it are not those sealed (in chunks)."""
    if seal_of_batch(batch) != said.get("seal"):
        return True
    kept = Seal.objects.filter(batch=batch, salt__isnull=False, version__erased_at__isnull=True)
    rows = kept.order_by("version").values_list("salt", "hash", "version__stance", "version__text")
    return _forged_replies(batch, said) or any(
        hashes.salted(str(salt), hashes.compact([stance, text])) != kept_hash
        for salt, kept_hash, stance, text in rows.iterator(CHUNK)
    )


def _forged_replies(batch: UUID, said: Mapping[str, Any]) -> bool:
    """Whether the same is so of the answers to questions that came in it."""
    if "replies_seal" not in said:
        return False
    if seal_of_answers(batch) != said["replies_seal"]:
        return True
    kept = AnswerSeal.objects.filter(
        batch=batch, salt__isnull=False, version__erased_at__isnull=True
    )
    names = ("salt", "hash", "version__chosen", "version__text", "version__why")
    return any(
        hashes.salted(str(salt), _answer(chosen, text, why)) != kept_hash
        for salt, kept_hash, chosen, text, why in kept.order_by("version")
        .values_list(*names)
        .iterator(CHUNK)
    )
