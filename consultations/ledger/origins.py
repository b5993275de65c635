"""What the entries of a chain that was brought from another database call the rows they name.

A payload names some rows by number (`NAMED`), and an entry's hash is made with the number of its
consultation. Rows have other numbers here; so what came is stored with the numbers of here, and
translated back, entry by entry, to verify it. A chain that came twice has two origins: an entry
belongs to the first whose `last` is not before it. The entry after `last` seals the translation,
so that nobody can lend an act to another person by it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consultations.ledger import hashes
from consultations.models import LedgerNumber, LedgerOrigin, LedgerPayload

PERSON = "consultations.User"
# The keys of payloads under which a number stands that is a row's.
NAMED: Mapping[str, str] = {
    "by": PERSON,
    "user": PERSON,
    "organisation": "consultations.Organisation",
    "membership": "consultations.Membership",
    "request": "consultations.ConfidentialityRequest",
    "report": "consultations.Report",
    "appeal": "consultations.Appeal",
    "decision": "consultations.Decision",
    "message": "consultations.Message",
}
# The act of the entry that follows what came, and the key of its payload that seals the numbers.
LOADED, NUMBERS = "consultation_loaded", "numbers"
CHUNK = 2_000


@dataclass(frozen=True)
class Origin:
    """One database that the chain came from: up to which entry, and its numbers by those here."""

    last: int
    number: int
    numbers: Mapping[tuple[str, int], int]

    def there(self, model: str, here: int) -> int:
        """Return the number that a row had there; a negative one names a row that never came."""
        return self.numbers.get((model, here), abs(here))


@dataclass(frozen=True)
class Origins:
    """Where the entries of one chain came from, the earliest first; nowhere, where all are ours."""

    consultation_id: int
    origins: tuple[Origin, ...]

    def consultation(self, sequence: int) -> int:
        """Return the number that the consultation had where an entry was written."""
        origin = self._of(sequence)
        return origin.number if origin else self.consultation_id

    def number(self, sequence: int, model: str, here: int) -> int:
        """Return the number that a row had where an entry was written."""
        origin = self._of(sequence)
        return origin.there(model, here) if origin else here

    def person(self, sequence: int, here: int | None) -> int | None:
        """Return the number that a person had where an entry was written."""
        return None if here is None else self.number(sequence, PERSON, here)

    def payload(self, sequence: int, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a payload as it was written, with the numbers of where that was."""
        if self._of(sequence) is None:
            return content
        return {
            key: self.number(sequence, NAMED[key], value)
            if key in NAMED and type(value) is int
            else value
            for key, value in content.items()
        }

    def sealed(self, origin: Origin) -> str:
        """Return the hash of an origin's numbers, as the entry after its `last` names them."""
        told = sorted(
            [model, there, self.number(origin.last + 1, model, here)]
            for (model, here), there in origin.numbers.items()
        )
        return hashlib.sha256(hashes.compact([origin.number, told]).encode()).hexdigest()

    def _of(self, sequence: int) -> Origin | None:
        return next((each for each in self.origins if sequence <= each.last), None)


def of(consultation_id: int) -> Origins:
    """Return where a chain's entries came from (one query, one more for each origin)."""
    rows = LedgerOrigin.objects.filter(consultation_id=consultation_id).order_by("last", "pk")
    return Origins(
        consultation_id, tuple(Origin(row.last, row.number, _numbers(row)) for row in rows)
    )


def seal_numbers(consultation_id: int) -> str:
    """Return the hash of the numbers that came last, for `numbers` in the payload of LOADED."""
    came = of(consultation_id)
    return came.sealed(came.origins[-1])


def forged(came: Origins) -> Iterator[int]:
    """Yield the sequence of each entry that should seal the numbers of an origin, and does not."""
    for origin in came.origins:
        said = LedgerPayload.objects.filter(
            entry__consultation_id=came.consultation_id,
            entry__sequence=origin.last + 1,
            entry__act=LOADED,
        ).values_list(f"content__{NUMBERS}", flat=True)
        if said.first() != came.sealed(origin):
            yield origin.last + 1


def _numbers(origin: LedgerOrigin) -> dict[tuple[str, int], int]:
    rows = LedgerNumber.objects.filter(origin=origin).values_list("model", "here", "there")
    return {(model, here): there for model, here, there in rows.iterator(CHUNK)}
