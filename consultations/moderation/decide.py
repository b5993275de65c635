"""The verbs on comments: publish, reject, hold, hide, restore; each one transaction.

Every verb locks the response first, as the author's own verbs do, so that of a moderator and an
author, or of two moderators, one wins and the other is told. Claims are decided in `claims`; what
may follow which is in `models.transitions`; `undo` takes a decision back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Decision,
    Reason,
    Response,
    User,
    transitions,
)
from consultations.moderation import before, comments, letters, record, refusals, reports
from consultations.moderation.record import DecisionRefused, Verdict

State = Comment.State
# What stands in public, or stood there, while a newer version may wait.
STANDING = {State.PUBLISHED, State.HIDDEN}
DECIDABLE = {State.SUBMITTED, State.HELD, *STANDING}


@dataclass(frozen=True)
class Taken:
    """What is decided, locked, and how it stood when it was."""

    case: Case
    comment: Comment
    version: CommentVersion
    stood: Mapping[str, Any]


@transaction.atomic
def publish(
    *,
    case: Case,
    version_number: int,
    by: User,
    at: datetime,
    note: str = "",
    signed: int | None = None,
    removal: Decision | None = None,
    ahead: Callable[[], None] | None = None,
) -> Decision:
    """Publish the version that waits; where it is public already, note that it was looked at.

    `signed` is the key of the sign-off that was read with it, which is then shown as well;
    `removal` took words of it by the same act, and `ahead` appends that to the ledger, before the
    publication and once all else is locked.
    A version whose author allows no publication is accepted: it counts and is not shown.
    Raises DecisionRefused where another decided first, the author has changed the comment, or a
    colleague's response speaks for their organisation.
    """
    taken = _take(case, version_number)
    comment, version = taken.comment, taken.version
    _refuse_by(refusals.unchecked(comment.response))
    seen_already = comment.state == State.PUBLISHED and comment.public_version_id == version.pk
    shown: dict[str, Any] = {}
    if not seen_already:
        _refuse_by(refusals.spoken_for(comment.response))
        if comment.state == State.HIDDEN:
            _refuse_by(refusals.appealed(version))
        if comment.state != State.PUBLISHED:
            _refuse(comment, State.PUBLISHED)
        comment.publish(version, at)
        shown = _show_sign_off(comment.response, signed)
    comment.reviewed = True
    comments.save(comment)
    reported = reports.take(comment) if taken.stood["state"] == State.HIDDEN else []
    verdict = Verdict(Decision.Verb.PUBLISH, by, at, None, note)
    more = {"reports": [case.pk for case in reported], **shown}
    if removal is not None:
        more["removal"] = removal.pk
    decision = _note(verdict, taken, ahead=ahead, **more)
    reports.clear(reported, verdict)
    if not seen_already:
        letters.tell_published(decision, comment, version)
    return decision


@transaction.atomic
def reject(
    *, case: Case, version_number: int, reason: Reason, note: str, by: User, at: datetime
) -> Decision:
    """Refuse the version that waits, for a reason that its author is told.

    A comment that was published before it was looked at is hidden; where an edit of a public
    comment is refused, the earlier version stands. Where readers' reports have taken that from
    view, its case waits on, and so do they. Raises DecisionRefused as `publish` does.
    """
    taken = _take(case, version_number)
    comment, version = taken.comment, taken.version
    unread = reports.took(comment) and comment.public_version_id != version.pk
    if comment.state not in STANDING:
        _refuse(comment, State.REJECTED)
        comment.unpublish(State.REJECTED, reason, at=at)
    elif comment.public_version_id == version.pk:
        comment.unpublish(State.HIDDEN, reason, told=Comment.objects.told(comment), at=at)
    elif comment.state == State.PUBLISHED:
        comment.reason = reason  # a hidden comment keeps the reason by which it counts or not
    comment.reviewed = True
    comments.save(comment)
    reported = reports.take(comment) if comment.state == State.HIDDEN and not unread else []
    verdict = Verdict(Decision.Verb.REJECT, by, at, reason, note)
    decision = _note(verdict, taken, waits=unread, reports=[case.pk for case in reported])
    reports.uphold(reported, verdict)
    letters.tell_rejected(decision, comment, version)
    return decision


@transaction.atomic
def hold(*, case: Case, version_number: int, note: str, by: User, at: datetime) -> Decision:
    """Keep the version that waits for more thought; it stays in the queue, and nobody is told."""
    taken = _take(case, version_number)
    if taken.comment.state == State.SUBMITTED:
        _refuse(taken.comment, State.HELD)
        taken.comment.state = State.HELD
        taken.comment.save(update_fields=["state"])
    return _note(Verdict(Decision.Verb.HOLD, by, at, None, note), taken)


@transaction.atomic
def hide(
    *,
    comment: Comment,
    reason: Reason,
    note: str,
    by: User,
    at: datetime,
    version_number: int | None = None,
) -> Decision:
    """Take a published comment from the public; its words are kept. A waiting edit still waits.

    Every report of it that waits is answered by that, and a letter that it is published, still
    queued, is not sent. Raises DecisionRefused where another version is public than the one that
    was read, if its number is given.
    """
    comment = comments.lock(comment.pk)
    _refuse(comment, State.HIDDEN)
    public = comment.public_version
    if public is not None and version_number not in {None, public.number}:
        raise DecisionRefused(
            _("Another version is public by now. Read version %(number)s below.")
            % {"number": public.number}
        )
    taken = _take_beside(comment, comment.public_version, at)
    comment.unpublish(State.HIDDEN, reason, told=Comment.objects.told(comment), at=at)
    comment.reviewed = True
    comments.save(comment)
    reported = reports.take(comment)
    verdict = Verdict(Decision.Verb.HIDE, by, at, reason, note)
    keys, overtaken = [case.pk for case in reported], _overtake_published(comment, at)
    decision = _note(verdict, taken, reports=keys, overtaken=overtaken)
    reports.uphold(reported, verdict)
    letters.tell_hidden(decision, comment, taken.version)
    return decision


@transaction.atomic
def restore(*, comment: Comment, note: str, by: User, at: datetime) -> Decision:
    """Show a hidden comment again, as it was; its place in the list stays what it was.

    Readers' reports of it that wait are answered by that. Raises DecisionRefused while its author
    appeals: whoever decides on that shows it again, or does not.
    """
    comment = comments.lock(comment.pk)
    if comment.state != State.HIDDEN or comment.public_version is None:
        raise DecisionRefused(_("This comment is not hidden, so there is nothing to restore."))
    _refuse_by(refusals.spoken_for(comment.response) or refusals.appealed(comment.public_version))
    taken = _take_beside(comment, comment.public_version, at)
    comment.publish(taken.version, at)
    comment.reviewed = True
    comments.save(comment)
    reported = reports.take(comment)
    verdict = Verdict(Decision.Verb.PUBLISH, by, at, None, note)
    decision = _note(verdict, taken, reports=[case.pk for case in reported])
    reports.clear(reported, verdict)
    letters.tell_published(decision, comment, taken.version)
    return decision


def _overtake_published(comment: Comment, at: datetime) -> list[str]:
    """Suppress letters, still queued, that tell the author that it is published; return which."""
    said = Decision.objects.filter(case__comment=comment, verb=Decision.Verb.PUBLISH)
    return outbox.overtake([decision.letter_key for decision in said], at=at)


def _refuse(comment: Comment, after: transitions.State) -> None:
    """Raise DecisionRefused where no moderator brings a comment from where it is to this state."""
    _refuse_by(transitions.refusal(transitions.DECIDED, comment.state, after))


def _refuse_by(sentence: str) -> None:
    """Raise DecisionRefused with the sentence, if there is one."""
    if sentence:
        raise DecisionRefused(sentence)


def reinstate(*, comment: Comment, version: CommentVersion, verdict: Verdict) -> str:
    """Publish a version that was rejected or hidden, as an appeal that is upheld asks.

    In the caller's transaction, which has seen that the decision still stands, and tells the
    author. Returns the state that the comment has then; raises DecisionRefused as `restore` does.
    """
    comment = comments.lock(comment.pk)
    _refuse_by(refusals.unchecked(comment.response) or refusals.spoken_for(comment.response))
    if comment.state != State.PUBLISHED:  # a refused change of what is public leaves that so
        table = transitions.OVERTURNED
        _refuse_by(transitions.refusal(table, comment.state, State.PUBLISHED))
    taken = _take_beside(comment, version, verdict.at)
    comment.publish(version, verdict.at)
    comment.reviewed = True
    comments.save(comment)
    _note(verdict, taken)
    return comment.state


def _take(case: Case, version_number: int) -> Taken:
    """Lock what is decided; raise DecisionRefused unless it waits with that very version."""
    if case.report_id is not None:
        raise DecisionRefused(_("This is a reader’s report: hide the comment or close the report."))
    if case.document_id is not None:
        raise DecisionRefused(_("This is a document: download it, then decide on its own page."))
    if case.appeal_id is not None:
        raise DecisionRefused(_("This is an appeal: it is decided on its own page."))
    if case.comment_id is None:
        raise DecisionRefused(_("This is a claim to speak for an organisation: confirm or refuse."))
    comment = comments.lock(case.comment_id)
    locked = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    record.refuse_decided(locked)
    version = comment.asked
    if version is None or comment.state not in DECIDABLE:
        raise DecisionRefused(_("The author has taken this back: there is nothing to decide."))
    if version.number != version_number:
        raise DecisionRefused(
            _("The author changed this comment while you read it. Read version %(number)s below.")
            % {"number": version.number}
        )
    return Taken(locked, comment, version, before.stood(comment, locked))


def _take_beside(comment: Comment, version: CommentVersion | None, at: datetime) -> Taken:
    """Return a version of a locked comment, on a case of its own; the queue is left be.

    Where the open case is about that very version, it is this case.
    """
    case = None
    if version is None:
        raise DecisionRefused(_("This comment was never published."))
    if comment.asked is not None and comment.asked.pk == version.pk:
        case = Case.objects.waiting().filter(comment=comment).first()
    case = case or Case.objects.create(
        consultation_id=comment.recommendation.consultation_id,
        comment=comment,
        since=at,
        closed_at=at,
    )
    return Taken(case, comment, version, before.stood(comment, case))


def _show_sign_off(response: Response, signed: int | None) -> dict[str, int | None]:
    """Show what was signed for the response, where it is what a moderator has just read.

    Returns what an undo needs: nothing where nothing changed.
    """
    known = response.shown_sign_off_id
    if signed is None or response.sign_off_id != signed or signed == known:
        return {}
    response.shown_sign_off_id = signed
    response.save(update_fields=["shown_sign_off"])
    return {"sign_off": known, "signed": signed}


def _note(
    verdict: Verdict,
    taken: Taken,
    *,
    waits: bool = False,
    ahead: Callable[[], None] | None = None,
    **more: Any,
) -> Decision:
    """Write down a decision on what was taken; `more` is what an undo needs besides.

    Its case is closed by what decides it, unless something of it still `waits`.
    """
    decision = record.write(
        verdict,
        case=taken.case,
        version=taken.version,
        before=taken.stood["state"],
        after=taken.comment.state,
        stood={**taken.stood, **more},
        waits=waits,
    )
    if ahead is not None:
        ahead()
    record.chain(verdict, taken.comment, decision)
    return decision
