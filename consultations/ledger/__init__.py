"""The hash-chained record of consequential acts: append to it, verify it, and seal words in it.

`chain` has the byte format; `words` compares what is stored with what was sealed, and
`redactions` so what is removed from it.
"""

from consultations.ledger.chain import JSON, Fault, LedgerError, append, head, last, verify
from consultations.ledger.redactions import carried, seal_redactions
from consultations.ledger.words import salted_seal, seal, seal_of_batch

__all__ = [
    "JSON",
    "Fault",
    "LedgerError",
    "append",
    "carried",
    "head",
    "last",
    "salted_seal",
    "seal",
    "seal_of_batch",
    "seal_redactions",
    "verify",
]
