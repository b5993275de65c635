"""What an owner's legal kind selects for a new consultation; each text is editable afterwards."""

import tomllib
from functools import cache
from pathlib import Path
from typing import TypedDict

FILE = Path(__file__).resolve().parent.parent / "data" / "legal.toml"


class LegalTexts(TypedDict):
    """The fields of a consultation that the owner's legal kind fills."""

    confidentiality: str
    lawful_basis: str
    response_clock: bool


@cache
def _kinds() -> dict[str, LegalTexts]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["owner_kinds"]
    return {
        row["code"]: LegalTexts(
            confidentiality=row["confidentiality"].strip(),
            lawful_basis=row["lawful_basis"].strip(),
            response_clock=row["response_clock"],
        )
        for row in rows
    }


def legal_texts(owner_kind: str, owner: str) -> LegalTexts:
    """Return the texts and the clock for a legal kind, with the owner's name set in.

    Raises KeyError for a kind that is not among `OwnerKind`.
    """
    texts = _kinds()[owner_kind]
    return LegalTexts(
        confidentiality=texts["confidentiality"].replace("{owner}", owner),
        lawful_basis=texts["lawful_basis"].replace("{owner}", owner),
        response_clock=texts["response_clock"],
    )
