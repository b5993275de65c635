"""Responding: save, send, amend, withdraw, report; enter, retype and check what came on paper."""

from consultations.participation.answers import (
    MOST_CHARACTERS,
    TOO_LATE,
    Answer,
    ClosedError,
    ConflictError,
    CorrectedError,
    OtherNameError,
    ParticipationError,
    Standing,
    UnreadyError,
    Unsent,
)
from consultations.participation.approving import APPROVED_WITHIN, TakenBack, approve, last_day
from consultations.participation.confidentiality import MOST_REASON_CHARACTERS
from consultations.participation.confidentiality import ask as ask_confidentiality
from consultations.participation.desks import NotLeadError
from consultations.participation.documents import attach
from consultations.participation.documents import choose as choose_document
from consultations.participation.documents import remove as remove_document
from consultations.participation.documents import send as send_document
from consultations.participation.draft import discard
from consultations.participation.draft import save as save_draft
from consultations.participation.enter import enter
from consultations.participation.paper import MOST_ON_PAPER, Paper, PaperError, Said
from consultations.participation.post import post
from consultations.participation.questions import UnsentAnswer, save_answer
from consultations.participation.reminders import remind
from consultations.participation.replies import Reply
from consultations.participation.report import MOST_WORDS, report
from consultations.participation.responses import (
    own_and_written_in,
    response_named,
    response_of,
    responses_of,
)
from consultations.participation.retype import check, retype
from consultations.participation.signing import MOST_BODY, MOST_STATED, Statement
from consultations.participation.signing import state as sign_off
from consultations.participation.submit import submit
from consultations.participation.withdraw import withdraw, withdraw_answer

__all__ = [
    "APPROVED_WITHIN",
    "MOST_BODY",
    "MOST_CHARACTERS",
    "MOST_ON_PAPER",
    "MOST_REASON_CHARACTERS",
    "MOST_STATED",
    "MOST_WORDS",
    "TOO_LATE",
    "Answer",
    "ClosedError",
    "ConflictError",
    "CorrectedError",
    "NotLeadError",
    "OtherNameError",
    "Paper",
    "PaperError",
    "ParticipationError",
    "Reply",
    "Said",
    "Standing",
    "Statement",
    "TakenBack",
    "UnreadyError",
    "Unsent",
    "UnsentAnswer",
    "approve",
    "ask_confidentiality",
    "attach",
    "check",
    "choose_document",
    "discard",
    "enter",
    "last_day",
    "own_and_written_in",
    "post",
    "remind",
    "remove_document",
    "report",
    "response_named",
    "response_of",
    "responses_of",
    "retype",
    "save_answer",
    "save_draft",
    "send_document",
    "sign_off",
    "submit",
    "withdraw",
    "withdraw_answer",
]
