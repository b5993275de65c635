"""Likely personal data in a text, by its form alone."""

import re
import unicodedata

_PATTERNS = {
    "email": re.compile(r"(?<![^\s@<>()])[^\s@<>()]+@[^\s@<>()]+\.[^\W\d_]{2,}"),
    "phone": re.compile(
        r"(?<![\w.])(?:\+\s?\d{1,3}|00\s?\d{2}|\(?0)(?:[\s().\-/]{0,3}\d){8,11}(?!\w)"
    ),
    "postcode": re.compile(
        r"\b(?:GIR|[A-PR-UWYZ](?:\d[\dA-HJKPSTUW]?|[A-HK-Y]\d[\dABEHMNPRVWXY]?))"
        r"[ \t]*\d[ABD-HJLNP-UW-Z]{2}\b",
        re.IGNORECASE,
    ),
    "national_insurance": re.compile(
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ -]?\d{2}){3}[ -]?[A-D]\b", re.IGNORECASE
    ),
}


def likely_personal(text: str) -> tuple[str, ...]:
    """Return the codes of what the text seems to hold, in alphabetical order.

    Codes: email, national_insurance, phone, postcode. Full-width and other compatible forms are
    read as the characters they stand for. A form is no proof either way.
    """
    plain = unicodedata.normalize("NFKC", text)
    return tuple(sorted(code for code, form in _PATTERNS.items() if form.search(plain)))
