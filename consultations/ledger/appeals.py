"""Appeals beside the chain: what became of each is what its last entry says, and none is untold."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from consultations.ledger import hashes
from consultations.models import Appeal, LedgerEntry

KEY = "answer"
MADE = "appeal_made"
ENDED = {f"appeal_{outcome}": outcome for outcome in ("upheld", "dismissed", "void")}
CHUNK = 2_000


def seal_answer(answer: str) -> dict[str, str]:
    """Return the seal of what an author is told of an appeal, for `answer` in its payload."""
    salt = secrets.token_hex(16)
    return {"salt": salt, "hash": hashes.salted(salt, hashes.compact(answer))}


def forged(consultation_id: int) -> Iterator[int]:
    """Yield the sequence of each entry with another outcome than its appeal, or whose is gone.

    0 stands for each appeal of which no entry tells. In memory are all appeals, which are few.
    """
    found = Appeal.objects.filter(decision__case__consultation_id=consultation_id)
    appeals = found.in_bulk()
    waiting = {key for key, appeal in appeals.items() if appeal.waits}
    made, ended, erased = set[int](), set[int](), set[datetime]()
    entries = LedgerEntry.objects.filter(
        consultation_id=consultation_id, act__in=[MADE, *ENDED]
    ).order_by("sequence")
    rows = entries.values_list("sequence", "act", "at", "payload__content")
    for sequence, act, at, said in rows.iterator(CHUNK):
        if said is None:
            erased.add(at)
            continue
        (made if act == MADE else ended).add(said["appeal"])
        appeal = appeals.get(said["appeal"])
        if appeal is None or (act != MADE and not _as_told(appeal, ENDED[act], at, said)):
            yield sequence
    for key, appeal in appeals.items():
        told = key in made or appeal.made_at in erased
        if not told or not (key in ended | waiting or appeal.decided_at in erased):
            yield 0


def _as_told(appeal: Appeal, outcome: str, at: datetime, said: Mapping[str, Any]) -> bool:
    """Whether an appeal ended as an entry says: void by nobody, else by whom and how it says."""
    if (appeal.outcome, appeal.decided_at) != (outcome, at):
        return False
    if outcome == Appeal.Outcome.VOID:
        return appeal.answer == ""
    seal = said.get(KEY)
    same = (appeal.decided_by_id, appeal.independent) == (said["by"], said.get("independent"))
    return same and (
        seal is None or hashes.salted(seal["salt"], hashes.compact(appeal.answer)) == seal["hash"]
    )
