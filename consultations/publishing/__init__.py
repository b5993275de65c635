"""Writing, publishing and correcting a consultation; reading one from a report file."""

from consultations.publishing.legal import legal_texts
from consultations.publishing.report import Report, ReportError, parse
from consultations.publishing.write import PublishingError, Words, needs_reason, publish, save

__all__ = [
    "PublishingError",
    "Report",
    "ReportError",
    "Words",
    "legal_texts",
    "needs_reason",
    "parse",
    "publish",
    "save",
]
