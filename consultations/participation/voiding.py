"""Appeals that came to nothing because their author changed or took back what they are about."""

from collections.abc import Iterable
from datetime import datetime

from consultations import ledger
from consultations.models import Appeal, Response, User


def record(
    ended: Iterable[Appeal], response: Response, number: int, *, user: User, at: datetime
) -> None:
    """Put on the ledger, last of all, that these appeals about recommendation `number` ended."""
    for appeal in ended:
        version = appeal.decision.version
        ledger.append(
            consultation_id=response.consultation_id,
            act="appeal_void",
            at=at,
            payload={
                "response": response.reference,
                "appeal": appeal.pk,
                "decision": appeal.decision_id,
                "by": user.pk,
                "recommendation": number,
                "version": version.number if version else 0,
            },
        )
