"""What moderation does to editions that quote: each correction of one is on the ledger."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from consultations import ledger
from consultations.models import Edition


def record(
    editions: Mapping[int, int], *, change: Literal["removed", "restored"], at: datetime
) -> None:
    """Append that quotations gave way to notes, or came back: how many in each edition, by its id.

    Called last in a transaction, as the ledger's lock is everybody's.
    """
    if not editions:
        return
    for edition in Edition.objects.filter(pk__in=editions).order_by("consultation", "number", "pk"):
        payload: dict[str, ledger.JSON] = {
            "number": edition.number,
            "hash": edition.hash,
            change: editions[edition.pk],
        }
        ledger.append(
            consultation_id=edition.consultation_id,
            act="edition_corrected",
            at=at,
            payload=payload,
        )
