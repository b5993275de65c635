"""Responding: send, amend and withdraw a comment, each in one transaction."""

from consultations.participation.answers import (
    MOST_CHARACTERS,
    Answer,
    ClosedError,
    ConflictError,
    CorrectedError,
    ParticipationError,
)
from consultations.participation.post import post
from consultations.participation.responses import response_of, responses_of
from consultations.participation.withdraw import withdraw

__all__ = [
    "MOST_CHARACTERS",
    "Answer",
    "ClosedError",
    "ConflictError",
    "CorrectedError",
    "ParticipationError",
    "post",
    "response_of",
    "responses_of",
    "withdraw",
]
