"""The hash-chained record of consequential acts: append to it, verify it, and seal words in it.

`chain` has the byte format; `words` and `batches` compare what is stored with what was sealed,
`redactions` so what is removed from it, `decisions` and `appeals` what was decided. `origins` tells
what came from another database.
"""

from consultations.ledger.appeals import seal_answer
from consultations.ledger.batches import (
    salted_answer_seal,
    salted_seal,
    seal_of_answers,
    seal_of_batch,
)
from consultations.ledger.chain import JSON, Fault, LedgerError, append, head, last, verify
from consultations.ledger.decisions import seal_decision, seal_decisions
from consultations.ledger.origins import LOADED, NAMED, NUMBERS, seal_numbers
from consultations.ledger.redactions import carried, seal_redactions
from consultations.ledger.words import seal

__all__ = [
    "JSON",
    "LOADED",
    "NAMED",
    "NUMBERS",
    "Fault",
    "LedgerError",
    "append",
    "carried",
    "head",
    "last",
    "salted_answer_seal",
    "salted_seal",
    "seal",
    "seal_answer",
    "seal_decision",
    "seal_decisions",
    "seal_numbers",
    "seal_of_answers",
    "seal_of_batch",
    "seal_redactions",
    "verify",
]
