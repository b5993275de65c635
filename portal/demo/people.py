"""The sample's accounts: who a visitor of the demonstration may be."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "consultations" / "data" / "sample.toml"
ROLES = {
    "employer": "employer",
    "local_leader": "council leader",
    "moderator": "moderator",
    "officer": "officer",
}


@dataclass(frozen=True)
class Person:
    """One account of the sample, with the word that says what it is for."""

    email: str
    name: str
    password: str
    part: str


@functools.cache
def people() -> tuple[Person, ...]:
    """Return the sample's accounts in the order of its file."""
    rows = tomllib.loads(SAMPLE.read_text(encoding="utf-8"))["accounts"]
    return tuple(
        Person(
            email=row["email"],
            name=row["name"],
            password=row["password"],
            part=ROLES.get(row.get("kind", row["role"]), row["role"]),
        )
        for row in rows
    )


def person(email: str) -> Person | None:
    """Return the sample's account of this address, or nothing: no other account is opened."""
    return next((each for each in people() if each.email == email), None)


def by_part(part: str) -> Person:
    """Return the person who plays a part."""
    return next(each for each in people() if each.part == part)
