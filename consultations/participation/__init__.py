"""Responding: send, amend, withdraw; enter, retype and check; each in one transaction."""

from consultations.participation.answers import (
    MOST_CHARACTERS,
    Answer,
    ClosedError,
    ConflictError,
    CorrectedError,
    ParticipationError,
)
from consultations.participation.enter import enter
from consultations.participation.paper import MOST_ON_PAPER, Paper, PaperError, Said
from consultations.participation.post import post
from consultations.participation.responses import response_of, responses_of
from consultations.participation.retype import check, retype
from consultations.participation.withdraw import withdraw

__all__ = [
    "MOST_CHARACTERS",
    "MOST_ON_PAPER",
    "Answer",
    "ClosedError",
    "ConflictError",
    "CorrectedError",
    "Paper",
    "PaperError",
    "ParticipationError",
    "Said",
    "check",
    "enter",
    "post",
    "response_of",
    "responses_of",
    "retype",
    "withdraw",
]
