"""The same verbs on many cases, row by row: what can be decided is, the rest says why not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from consultations.models import Case, Decision, Reason, User
from consultations.moderation import decide
from consultations.moderation.record import DecisionRefused

# A case, and the number of the version that the moderator read.
Read: TypeAlias = tuple[Case, int]


@dataclass(frozen=True)
class Outcome:
    """What was decided, and what was refused and why."""

    done: list[Decision] = field(default_factory=list)
    refused: list[tuple[Case, str]] = field(default_factory=list)


def publish_many(*, read: Iterable[Read], by: User, at: datetime) -> Outcome:
    """Publish each, in a transaction of its own."""
    outcome = Outcome()
    for case, number in read:
        try:
            outcome.done.append(decide.publish(case=case, version_number=number, by=by, at=at))
        except DecisionRefused as refusal:
            outcome.refused.append((case, str(refusal)))
    return outcome


def reject_many(
    *, read: Iterable[Read], reason: Reason, note: str, by: User, at: datetime
) -> Outcome:
    """Reject each for the same reason, in a transaction of its own."""
    outcome = Outcome()
    for case, number in read:
        try:
            decision = decide.reject(
                case=case, version_number=number, reason=reason, note=note, by=by, at=at
            )
            outcome.done.append(decision)
        except DecisionRefused as refusal:
            outcome.refused.append((case, str(refusal)))
    return outcome
