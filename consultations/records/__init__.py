"""What may leave the portal: the one public shape of each noun, for exports and pages alike.

`columns` says what a record is; `comments` and `decisions` have theirs.
"""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.records.columns import Cell, Column, cells
from consultations.records.comments import COMMENT, COMMENT_WHOLE
from consultations.records.consultations import CONSULTATION, RECOMMENDATION
from consultations.records.decisions import DECISION, DECISION_WHOLE
from consultations.records.editions import EDITION, OFFICIAL_ANSWER

# What the site says about the files: the name of each, and its columns.
DICTIONARIES: tuple[tuple[str, str | Promise, Sequence[Column]], ...] = (
    ("comments", _("Published comments"), COMMENT),
    ("comments-whole", _("Comments with everything, for officers"), COMMENT_WHOLE),
    ("recommendations", _("Recommendations"), RECOMMENDATION),
    ("official-response", _("Official response"), OFFICIAL_ANSWER),
    ("digests", _("Digests"), EDITION),
    ("decisions", _("Decisions, the words decided on for those who decide"), DECISION_WHOLE),
)

__all__ = [
    "COMMENT",
    "COMMENT_WHOLE",
    "CONSULTATION",
    "DECISION",
    "DECISION_WHOLE",
    "DICTIONARIES",
    "EDITION",
    "OFFICIAL_ANSWER",
    "RECOMMENDATION",
    "Cell",
    "Column",
    "cells",
]
