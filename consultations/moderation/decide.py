"""The verbs on comments: publish, reject, hold, hide, restore; each one transaction.

Every verb locks the response first, as the author's own verbs do, so that of a moderator and an
author, or of two moderators, one wins and the other is told. Claims are decided in `claims`.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Decision,
    Reason,
    Response,
    User,
)
from consultations.moderation import letters, record, reports
from consultations.moderation.record import DecisionRefused, Verdict

State = Comment.State
# What stands in public, or stood there, while a newer version may wait.
STANDING = {State.PUBLISHED, State.HIDDEN}
DECIDABLE = {State.SUBMITTED, State.HELD, *STANDING}
RELATED = (
    "region",
    "submitted_version",
    "public_version",
    "recommendation__consultation",
    "recommendation__current",
)


@transaction.atomic
def publish(
    *,
    case: Case,
    version_number: int,
    by: User,
    at: datetime,
    note: str = "",
    signed: int | None = None,
) -> Decision:
    """Publish the version that waits; where it is public already, note that it was looked at.

    `signed` is the key of the sign-off that was read with it, which is then shown as well.
    A version whose author allows no publication is accepted: it counts and is not shown.
    Raises DecisionRefused where another decided first or the author has changed the comment.
    """
    case, comment, version = _take(case, version_number)
    _refuse_unchecked(comment.response)
    before = comment.state
    seen_already = before == State.PUBLISHED and comment.public_version_id == version.pk
    if not seen_already:
        comment.publish(version, at)
        _show_sign_off(comment.response, signed)
    _save_reviewed(comment)
    reported = reports.take(comment) if before == State.HIDDEN else []
    verdict = Verdict(Decision.Verb.PUBLISH, by, at, None, note)
    decision = _note(verdict, case, comment, version, before)
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
    comment is refused, the earlier version stands. Raises DecisionRefused as `publish` does.
    """
    case, comment, version = _take(case, version_number)
    before = comment.state
    if before not in STANDING:
        comment.unpublish(State.REJECTED, reason, at=at)
    elif comment.public_version_id == version.pk:
        comment.unpublish(State.HIDDEN, reason, told=Comment.objects.told(comment), at=at)
    elif before == State.PUBLISHED:
        comment.reason = reason  # a hidden comment keeps the reason by which it counts or not
    _save_reviewed(comment)
    reported = reports.take(comment) if comment.state == State.HIDDEN else []
    verdict = Verdict(Decision.Verb.REJECT, by, at, reason, note)
    decision = _note(verdict, case, comment, version, before)
    reports.uphold(reported, verdict)
    letters.tell_rejected(decision, comment, version)
    return decision


@transaction.atomic
def hold(*, case: Case, version_number: int, note: str, by: User, at: datetime) -> Decision:
    """Keep the version that waits for more thought; it stays in the queue, and nobody is told."""
    case, comment, version = _take(case, version_number)
    before = comment.state
    if before == State.SUBMITTED:
        comment.state = State.HELD
        comment.save(update_fields=["state"])
    return _note(Verdict(Decision.Verb.HOLD, by, at, None, note), case, comment, version, before)


@transaction.atomic
def hide(*, comment: Comment, reason: Reason, note: str, by: User, at: datetime) -> Decision:
    """Take a published comment from the public; its words are kept. A waiting edit still waits.

    Every report of it that waits is answered by that.
    """
    comment = _lock(comment.pk)
    version = comment.public_version
    if comment.state != State.PUBLISHED or version is None:
        raise DecisionRefused(_("This comment is not published, so there is nothing to hide."))
    comment.unpublish(State.HIDDEN, reason, told=Comment.objects.told(comment), at=at)
    _save_reviewed(comment)
    reported = reports.take(comment)
    verdict = Verdict(Decision.Verb.HIDE, by, at, reason, note)
    decision = _note_beside(verdict, comment, version, State.PUBLISHED)
    reports.uphold(reported, verdict)
    letters.tell_hidden(decision, comment, version)
    return decision


@transaction.atomic
def restore(*, comment: Comment, note: str, by: User, at: datetime) -> Decision:
    """Show a hidden comment again, as it was; its place in the list stays what it was.

    Readers' reports of it that wait are answered by that.
    """
    comment = _lock(comment.pk)
    version = comment.public_version
    if comment.state != State.HIDDEN or version is None:
        raise DecisionRefused(_("This comment is not hidden, so there is nothing to restore."))
    _refuse_spoken_for(comment.response)
    comment.publish(version, at)
    _save_reviewed(comment)
    reported = reports.take(comment)
    verdict = Verdict(Decision.Verb.PUBLISH, by, at, None, note)
    decision = _note_beside(verdict, comment, version, State.HIDDEN)
    reports.clear(reported, verdict)
    letters.tell_published(decision, comment, version)
    return decision


def _refuse_unchecked(response: Response) -> None:
    """Raise DecisionRefused where what was typed was not yet compared with the original."""
    if response.unchecked:
        raise DecisionRefused(
            _("An officer typed this: a second person first checks it against the original.")
        )


def _lock(comment_id: int) -> Comment:
    """Lock the comment's response, and return the comment as it stands after the wait."""
    response = Response.objects.select_for_update(of=("self",), no_key=True).get(
        comments__pk=comment_id
    )
    comment = Comment.objects.select_related(*RELATED).get(pk=comment_id)
    comment.response = response
    return comment


def _refuse_spoken_for(response: Response) -> None:
    """Raise DecisionRefused where a colleague's response speaks for the organisation."""
    member = response.membership
    if response.official or not response.for_organisation or member is None or not member.current:
        return
    theirs = Response.objects.filter(
        consultation_id=response.consultation_id,
        organisation_id=member.organisation_id,
        submitted_at__isnull=False,
    )
    if theirs.exists():
        raise DecisionRefused(
            _("A colleague’s response speaks for the organisation, which counts once.")
        )


def _take(case: Case, version_number: int) -> tuple[Case, Comment, CommentVersion]:
    """Lock what is decided; raise DecisionRefused unless it waits with that very version."""
    if case.report_id is not None:
        raise DecisionRefused(_("This is a reader’s report: hide the comment or close the report."))
    if case.document_id is not None:
        raise DecisionRefused(_("This is a document: download it, then decide on its own page."))
    if case.comment_id is None:
        raise DecisionRefused(_("This is a claim to speak for an organisation: confirm or refuse."))
    comment = _lock(case.comment_id)
    locked = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    record.refuse_decided(locked)
    version = comment.submitted_version
    if version is None or comment.state not in DECIDABLE:
        raise DecisionRefused(_("The author has taken this back: there is nothing to decide."))
    if version.number != version_number:
        raise DecisionRefused(
            _("The author changed this comment while you read it. Read version %(number)s below.")
            % {"number": version.number}
        )
    return locked, comment, version


def _save_reviewed(comment: Comment) -> None:
    """Save a decided comment, and show or withhold regions that it shares with others."""
    comment.reviewed = True
    Comment.objects.hold_regions(comment)
    comment.save()
    Comment.objects.share_regions(
        recommendation_id=comment.recommendation_id, kind=comment.kind, region_id=comment.region_id
    )


def _show_sign_off(response: Response, signed: int | None) -> None:
    """Show what was signed for the response, where it is what a moderator has just read."""
    if signed is not None and response.sign_off_id == signed != response.shown_sign_off_id:
        response.shown_sign_off_id = signed
        response.save(update_fields=["shown_sign_off"])


def _note(
    verdict: Verdict, case: Case, comment: Comment, version: CommentVersion, before: str
) -> Decision:
    """Write down a decision on the version that waited."""
    decision = record.write(verdict, case=case, version=version, before=before, after=comment.state)
    record.chain(verdict, comment, decision)
    return decision


def _note_beside(
    verdict: Verdict, comment: Comment, version: CommentVersion, before: str
) -> Decision:
    """Write down a decision on the public version, on a case of its own; the queue is left be.

    Where the open case is about that very version, it is this case, and is closed.
    """
    case = None
    if comment.submitted_version_id == version.pk:
        case = Case.objects.waiting().filter(comment=comment).first()
    case = case or Case.objects.create(
        consultation_id=comment.recommendation.consultation_id,
        comment=comment,
        since=verdict.at,
        closed_at=verdict.at,
    )
    return _note(verdict, case, comment, version, before)
