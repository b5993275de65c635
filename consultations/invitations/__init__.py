"""Inviting organisations to answer: sent once, reminded once, answered or declined, taken back.

How far each has come is asked in `standing`; who an invitation lets in, of `models`. Reading the
contacts from a file lives in `exchange`.
"""

from consultations.invitations.answer import accept, addressed_to, decline, note_opening, sent_to
from consultations.invitations.letters import address
from consultations.invitations.rules import InvitationError
from consultations.invitations.send import Contact, invite, remind
from consultations.invitations.standing import counts, with_standing
from consultations.invitations.withdraw import withdraw

__all__ = [
    "Contact",
    "InvitationError",
    "accept",
    "address",
    "addressed_to",
    "counts",
    "decline",
    "invite",
    "note_opening",
    "remind",
    "sent_to",
    "with_standing",
    "withdraw",
]
