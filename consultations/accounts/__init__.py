"""A person's account as a whole: a copy of all that is held about them, and their erasure.

`holdings` knows which tables hold what about a person; `erase` takes the person out of them.
"""

from consultations.accounts.copies import ask_copy, build_one, copy_for, forget
from consultations.accounts.counts import Counts, count
from consultations.accounts.erase import ErasureRefused, erase
from consultations.accounts.finish import finish
from consultations.accounts.reach import reach
from consultations.accounts.rules import refusals

__all__ = [
    "Counts",
    "ErasureRefused",
    "ask_copy",
    "build_one",
    "copy_for",
    "count",
    "erase",
    "finish",
    "forget",
    "reach",
    "refusals",
]
