"""The organisation's desk: who sits at it, who is asked to, and what colleagues note there.

What is written at it and sent is in `participation`; what a moderator decides, in `moderation`.
"""

from consultations.desk.joining import (
    DeskError,
    accept,
    add,
    answer_for,
    ask,
    dismiss,
    found,
    invite,
    take_back,
)
from consultations.desk.notes import note, notes
from consultations.desk.people import (
    colleagues,
    invitations,
    may_invite,
    member_of,
    requests,
)

__all__ = [
    "DeskError",
    "accept",
    "add",
    "answer_for",
    "ask",
    "colleagues",
    "dismiss",
    "found",
    "invitations",
    "invite",
    "may_invite",
    "member_of",
    "note",
    "notes",
    "requests",
    "take_back",
]
