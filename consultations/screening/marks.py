"""The marks that a text bears by itself: a code each, and how much of it was found.

They order and label; they never reject. What they mean is said in words in the admin.
"""

import re
from typing import TypedDict

from consultations.analysis.language import seems_other_than
from consultations.analysis.personal import personal_data

# In the order of their weight: the first is the first that a moderator reads.
CODES = (
    *("card", "national_insurance", "email", "phone", "postcode"),
    *("links", "shouting", "repeated_characters", "repeated_text", "language"),
    *("rate_account", "rate_organisation", "rate_address"),
)
_LINK = re.compile(
    r"https?://\S+|\bwww\.\S+"
    r"|(?<![@\w.-])(?:[a-z\d-]+\.)+(?:com|org|net|info|biz|io|co|uk|eu|tv|ly|me|shop|site)\b(?!@)",
    re.IGNORECASE,
)
_RUN = re.compile(r"(\w)\1{5,}|([^\w\s])\2{5,}|\b(\w+)(?:\W+\3\b){4,}", re.IGNORECASE)
# Of a text with so many letters at least, so many in a hundred are capitals.
_LETTERS, _CAPITALS = 20, 60


class Mark(TypedDict):
    """What was found (one of CODES), and how many times or how much."""

    code: str
    count: int


def marks_of(text: str, language: str) -> list[Mark]:
    """Return the marks of a text that is expected to be in this language."""
    found = {
        **personal_data(text),
        "links": len(_LINK.findall(text)),
        "shouting": _shouted(text),
        "repeated_characters": sum(1 for _run in _RUN.finditer(text)),
        "language": int(seems_other_than(language, text)),
    }
    return ordered(found)


def ordered(found: dict[str, int]) -> list[Mark]:
    """Return a mark for each code that was found, in the order of CODES."""
    return [Mark(code=code, count=found[code]) for code in CODES if found.get(code)]


def _shouted(text: str) -> int:
    """Return how many letters in a hundred are capitals, where most are; else 0."""
    cased = [each for each in text if each.isupper() or each.islower()]
    if len(cased) < _LETTERS:
        return 0
    share = 100 * sum(map(str.isupper, cased)) // len(cased)
    return share if share >= _CAPITALS else 0
