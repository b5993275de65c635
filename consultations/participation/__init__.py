"""Responding: send, amend, withdraw and report a comment, each in one transaction."""

from consultations.participation.answers import (
    MOST_CHARACTERS,
    Answer,
    ClosedError,
    ConflictError,
    CorrectedError,
    ParticipationError,
)
from consultations.participation.post import post
from consultations.participation.report import MOST_WORDS, report
from consultations.participation.responses import response_of, responses_of
from consultations.participation.withdraw import withdraw

__all__ = [
    "MOST_CHARACTERS",
    "MOST_WORDS",
    "Answer",
    "ClosedError",
    "ConflictError",
    "CorrectedError",
    "ParticipationError",
    "post",
    "report",
    "response_of",
    "responses_of",
    "withdraw",
]
