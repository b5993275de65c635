"""A person's account as a whole: a copy of all that is held about them, and their erasure.

`holdings` knows which tables hold what about a person; `erase` takes the person out of them.
"""

from consultations.accounts.copies import ask_copy, build_one, copy_for, forget
from consultations.accounts.counts import Counts, count
from consultations.accounts.erase import ErasureRefused, erase
from consultations.accounts.finish import finish
from consultations.accounts.reach import reach
from consultations.accounts.rules import refusals
from consultations.accounts.unaccounted import copy as copy_of_response
from consultations.accounts.unaccounted import erase_from, is_one_of_theirs

__all__ = [
    "Counts",
    "ErasureRefused",
    "ask_copy",
    "build_one",
    "copy_for",
    "copy_of_response",
    "count",
    "erase",
    "erase_from",
    "finish",
    "forget",
    "is_one_of_theirs",
    "reach",
    "refusals",
]
