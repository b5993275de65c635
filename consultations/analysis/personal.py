"""Likely personal data in a text, by its form alone; a card's number by its check digit too."""

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
# What every form holds is looked for first, from a digit on, so that most texts are done at once,
# even where they are full of years and sums: a postcode's end, six digits close together.
_INWARD = re.compile(r"\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_CLOSE = re.compile(r"\d(?:[\s().\-/]{0,3}\d){5}")
_CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
CODES = ("card", *sorted(_PATTERNS))


def likely_personal(text: str) -> tuple[str, ...]:
    """Return the codes of what the text seems to hold, in alphabetical order.

    Codes: card, email, national_insurance, phone, postcode. Full-width and other compatible forms
    are read as the characters they stand for. A form is no proof either way.
    """
    return tuple(sorted(personal_data(text)))


def personal_data(text: str) -> dict[str, int]:
    """Return how many of each code of `likely_personal` the text seems to hold."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    close, cards = _CLOSE.search(plain), list[str]()
    if close:
        cards = [found.group() for found in _CARD.finditer(plain) if _checked(found.group())]
    for number in cards:  # so that no part of it is a telephone number besides
        plain = plain.replace(number, " ")
    may = {"email": "@" in plain, "postcode": _INWARD.search(plain)}
    counts = {
        code: len(form.findall(plain)) for code, form in _PATTERNS.items() if may.get(code, close)
    }
    return {code: n for code, n in {"card": len(cards), **counts}.items() if n}


def _checked(number: str) -> bool:
    """Whether the digits end in the check digit of payment cards (Luhn; ISO/IEC 7812-1)."""
    digits = [int(each) for each in reversed(number) if each.isdigit()]
    doubled = (digit * 2 for digit in digits[1::2])
    total = sum(digits[::2]) + sum(each - 9 if each > 9 else each for each in doubled)
    return total % 10 == 0 and len(set(digits)) > 1
