"""Responding: save, send, amend and withdraw, each in one transaction."""

from consultations.participation.answers import (
    MOST_CHARACTERS,
    Answer,
    ClosedError,
    ConflictError,
    CorrectedError,
    ParticipationError,
    UnreadyError,
    Unsent,
)
from consultations.participation.draft import discard
from consultations.participation.draft import save as save_draft
from consultations.participation.post import post
from consultations.participation.reminders import remind
from consultations.participation.responses import response_of, responses_of
from consultations.participation.submit import submit
from consultations.participation.withdraw import withdraw

__all__ = [
    "MOST_CHARACTERS",
    "Answer",
    "ClosedError",
    "ConflictError",
    "CorrectedError",
    "ParticipationError",
    "UnreadyError",
    "Unsent",
    "discard",
    "post",
    "remind",
    "response_of",
    "responses_of",
    "save_draft",
    "submit",
    "withdraw",
]
