"""Writing, publishing and correcting a consultation; reading one from a report file."""

from consultations.publishing.changes import Change, told
from consultations.publishing.expected import expect
from consultations.publishing.front_matter import ReportError
from consultations.publishing.legal import legal_texts
from consultations.publishing.questions import Asked, remove_question, write_question
from consultations.publishing.report import Report, parse
from consultations.publishing.rules import (
    PublishingError,
    StaleError,
    fingerprint,
    is_year,
    years_sentence,
)
from consultations.publishing.words import Words
from consultations.publishing.write import needs_reason, publish, save

__all__ = [
    "Asked",
    "Change",
    "PublishingError",
    "Report",
    "ReportError",
    "StaleError",
    "Words",
    "expect",
    "fingerprint",
    "is_year",
    "legal_texts",
    "needs_reason",
    "parse",
    "publish",
    "remove_question",
    "save",
    "told",
    "write_question",
    "years_sentence",
]
