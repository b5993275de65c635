"""The same verbs on many cases, row by row: what can be decided is, the rest says why not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from consultations.models import Case, Decision, Reason, User
from consultations.moderation import claims, decide, turns, undo, undo_claims
from consultations.moderation.record import DecisionRefused

# A case, and the number of the version that the moderator read.
Read: TypeAlias = tuple[Case, int]
Verb: TypeAlias = Callable[[Case, int, datetime], Decision]
# Asked anew for each row: a hundred transactions have a hundred instants.
Clock: TypeAlias = Callable[[], datetime]


@dataclass(frozen=True)
class Outcome:
    """What was decided, and what was refused and why."""

    done: list[Decision] = field(default_factory=list)
    refused: list[tuple[Case, str]] = field(default_factory=list)


def each(*, read: Iterable[Read], verb: Verb, by: User, clock: Clock) -> Outcome:
    """Call a verb for each, in a transaction of its own and at the instant of that one.

    What another moderator is reading is left to them.
    """
    outcome = Outcome()
    for case, number in read:
        at = clock()
        try:
            turns.refuse_read(case=case, by=by, at=at)
            outcome.done.append(verb(case, number, at))
        except (DecisionRefused, turns.TurnRefused) as refusal:
            outcome.refused.append((case, str(refusal)))
    return outcome


def publish_many(*, read: Iterable[Read], by: User, clock: Clock, note: str = "") -> Outcome:
    """Publish each."""
    return each(
        read=read,
        verb=lambda case, number, at: decide.publish(
            case=case, version_number=number, by=by, at=at, note=note
        ),
        by=by,
        clock=clock,
    )


def reject_many(
    *, read: Iterable[Read], reason: Reason, note: str, by: User, clock: Clock
) -> Outcome:
    """Reject each for the same reason."""
    return each(
        read=read,
        verb=lambda case, number, at: decide.reject(
            case=case, version_number=number, reason=reason, note=note, by=by, at=at
        ),
        by=by,
        clock=clock,
    )


def hold_many(*, read: Iterable[Read], note: str, by: User, clock: Clock) -> Outcome:
    """Hold each."""
    return each(
        read=read,
        verb=lambda case, number, at: decide.hold(
            case=case, version_number=number, note=note, by=by, at=at
        ),
        by=by,
        clock=clock,
    )


def confirm_many(*, read: Iterable[Read], note: str, by: User, clock: Clock) -> Outcome:
    """Confirm each claim."""
    return each(
        read=read,
        verb=lambda case, _number, at: claims.confirm(case=case, note=note, by=by, at=at)[0],
        by=by,
        clock=clock,
    )


def undo_many(*, taken: Iterable[Decision], by: User, clock: Clock) -> Outcome:
    """Undo each, in the order given: the last first, where several are about one comment."""
    outcome = Outcome()
    for decision in taken:
        try:
            if decision.case.membership_id is not None:
                outcome.done.extend(undo_claims.undo(decision=decision, by=by, at=clock()))
            else:
                outcome.done.append(undo.undo(decision=decision, by=by, at=clock()))
        except DecisionRefused as refusal:
            outcome.refused.append((decision.case, str(refusal)))
    return outcome
