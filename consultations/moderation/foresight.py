"""What a decision on many cases will do to each, said before it is taken; nothing is locked here.

The verbs decide again when it comes to it: what has changed meanwhile is refused by them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import Case, Comment, Decision, Permission, User
from consultations.models.clock import clock_time
from consultations.moderation import turns

State, Verb = Comment.State, Decision.Verb
Sentence = str | Promise

PUBLISHED = gettext_lazy("will be published")
COUNTED = gettext_lazy("will be counted and not shown, as the author asked")
READ = gettext_lazy("already public: marked as read")
REJECTED = gettext_lazy("will not be published; the author is told why")
TAKEN_AWAY = gettext_lazy("public now: will be hidden; the author is told why")
CHANGE_REFUSED = gettext_lazy("a change: will not be accepted, and the public version stands")
HELD = gettext_lazy("will be held, and stay in the queue")
CONFIRMED = gettext_lazy("claims will be confirmed; the people are told")


@dataclass(frozen=True)
class Outlook:
    """The cases to which the same will happen, and whether anything will."""

    sentence: Sentence
    decides: bool
    cases: list[Case] = field(default_factory=list)


def outlooks(
    verb: Decision.Verb, cases: Iterable[Case], *, by: User, at: datetime
) -> list[Outlook]:
    """Return the cases grouped by what the verb will do to each; those that it leaves come last."""
    found: dict[tuple[bool, str], Outlook] = {}
    for case in cases:
        why_not = _why_not(verb, case, by, at)
        sentence = why_not or _outcome(verb, case)
        key = (not why_not, str(sentence))
        found.setdefault(key, Outlook(sentence, not why_not)).cases.append(case)
    return sorted(found.values(), key=lambda outlook: (not outlook.decides, -len(outlook.cases)))


def _why_not(verb: Decision.Verb, case: Case, by: User, at: datetime) -> str:
    """Return why the verb will leave the case as it is, or ""."""
    if case.closed_at is not None:
        return _("already decided")
    other = turns.reader(case, at)
    if other is not None and case.claimed_until is not None and other.pk != by.pk:
        until = clock_time(case.claimed_until)
        return _("%(who)s is reading it until %(until)s") % {"who": other, "until": until}
    if verb == Verb.CONFIRM:
        return "" if case.membership_id is not None else _("not a claim: decide it on its own page")
    if case.comment is None:
        return _("not a comment: decide it on its own page")
    if case.comment.asked is None:
        return _("taken back by its author")
    if verb == Verb.PUBLISH and case.comment.response.unchecked:
        return _("typed by an officer: a second person first checks it against the original")
    return ""


def _outcome(verb: Decision.Verb, case: Case) -> Sentence:
    comment = case.comment
    if verb == Verb.CONFIRM or comment is None or comment.asked is None:
        return CONFIRMED
    seen = comment.public_version_id == comment.asked.pk
    public = comment.state == State.PUBLISHED
    if verb == Verb.HOLD:
        return HELD
    if verb == Verb.REJECT:
        if not public:
            return REJECTED
        return TAKEN_AWAY if seen else CHANGE_REFUSED
    if public and seen:
        return READ
    unpublished = comment.asked.permission == Permission.UNPUBLISHED
    return COUNTED if unpublished else PUBLISHED
