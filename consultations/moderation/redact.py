"""The verbs that remove words of a comment from what the public reads, and put them back.

The version keeps its words; who reads the public text, the search, an edition or an export, reads
a mask in their place. Both verbs lock the response first, as all verbs on comments do.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultations.analysis.masks import MASK, Removed, mask, masked
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Decision,
    Reason,
    Redaction,
    User,
)
from consultations.models.clock import moment
from consultations.models.redaction import RedactionQuerySet
from consultations.moderation import (
    comments,
    decide,
    refusals,
    removal_letters,
)
from consultations.moderation.record import DecisionRefused, Verdict
from consultations.moderation.settled import Settled, chain, overtake_published, settle
from consultations.text import words

State = Comment.State
GONE = {State.WITHDRAWN, State.ERASED}


@transaction.atomic
def redact(
    *,
    comment: Comment,
    version_number: int,
    spans: Iterable[tuple[int, int]],
    reason: Reason,
    by: User,
    at: datetime,
    note: str = "",
) -> Decision:
    """Remove spans (start, end) of the version's words from what the public reads.

    The version is the public one or the newest; one that waits goes on waiting. The author is
    told at once where the public read it, and otherwise with the decision that publishes it.
    Raises DecisionRefused where the author has changed or taken back the comment, and where the
    spans overlap one another or what is removed already, or leave nothing.
    """
    verdict = Verdict(Decision.Verb.REDACT, by, at, reason, note)
    settled = _remove(comments.lock(comment.pk), version_number, spans, verdict)
    chain(settled)
    return settled.decision


def _remove(
    comment: Comment,
    version_number: int,
    spans: Iterable[tuple[int, int]],
    verdict: Verdict,
    *,
    waits: bool = False,
) -> Settled:
    """Remove spans of a locked comment, and tell its author where the public read them.

    The letter `waits` where the removal can be undone, as it can with a publication alone.
    """
    reason = verdict.reason
    if reason is None:
        raise TypeError("words are removed for a reason")
    version = _version(comment, version_number)
    wanted = sorted({Removed(start, end, mask(reason.code)) for start, end in spans})
    before = [each.place for each in version.redactions.in_force()]
    _refuse_spans(version.text, wanted, before)
    Redaction.objects.bulk_create(
        Redaction(
            version=version,
            start=each.start,
            end=each.end,
            mask=each.mask,
            reason=reason,
            redacted_by=verdict.by,
            redacted_at=verdict.at,
        )
        for each in wanted
    )
    comment.redacted = True
    settled = settle(verdict, comment, version, [version])
    if settled.public:
        overtake_published(comment, version, verdict.at)
        removal_letters.tell_redacted(settled.decision, comment, version, waits=waits)
    return settled


@transaction.atomic
def redact_and_publish(
    *,
    comment: Comment,
    version_number: int,
    spans: Iterable[tuple[int, int]],
    reason: Reason,
    by: User,
    at: datetime,
    note: str = "",
    signed: int | None = None,
) -> Decision:
    """Remove the spans of the version that waits, and publish the rest; both or neither.

    So they are undone: both, by `undo` of the publication, which is returned.
    Raises DecisionRefused as `redact` does, and where the version does not wait.
    """
    comment = comments.lock(comment.pk)
    case = Case.objects.waiting().filter(comment=comment).first()
    if case is None:
        raise DecisionRefused(_("This version does not wait for a decision: it was made."))
    verdict = Verdict(Decision.Verb.REDACT, by, at, reason, note)
    settled = _remove(comment, version_number, spans, verdict, waits=True)
    # The ledger's lock comes last: publishing takes reports, and shows or withholds regions.
    said: Any = {"version_number": version_number, "by": by, "at": at, "note": note}
    said |= {"removal": settled.decision, "ahead": partial(chain, settled)}
    return decide.publish(case=case, signed=signed, **said)


@transaction.atomic
def unredact(
    *, comment: Comment, redaction: Redaction, by: User, at: datetime, note: str = ""
) -> Decision:
    """Let the public read again what the redaction removed; its row is ended, and kept.

    So are those of the same words in earlier versions of the same text. Raises DecisionRefused
    where that was done already, the author appeals against it, or has changed or taken back the
    comment.
    """
    comment = comments.lock(comment.pk)
    row = _row(comment, redaction)
    version = _version(comment, row.version.number)
    if sentence := refusals.appealed_removal(row):
        raise DecisionRefused(sentence)
    if row.ended_at is not None:
        raise DecisionRefused(
            _("%(who)s put these words back already, on %(when)s.")
            % {"who": row.ended_by, "when": moment(row.ended_at)}
        )
    here = Redaction.objects.in_force().filter(version__comment=comment)
    same = here.filter(version__text=version.text, start=row.start, end=row.end)
    settled = _end(Verdict(Decision.Verb.UNREDACT, by, at, None, note), comment, version, same)
    if settled.public:
        removal_letters.tell_unredacted(settled.decision, comment, version)
    chain(settled)
    return settled.decision


def reinstate(*, decision: Decision, verdict: Verdict) -> str:
    """Let the public read again all that one decision removed, as an appeal that is upheld asks.

    In the caller's transaction, which has seen that the decision still stands, and tells the
    author. Returns the state of the comment.
    """
    comment = comments.lock(decision.case.comment_id or 0)
    if comment.public_version is None:
        raise DecisionRefused(_("This comment was never published."))
    rows = Redaction.objects.in_force().made_by(decision)
    chain(_end(verdict, comment, comment.public_version, rows))
    return comment.state


def take_back(*, removal: Decision, comment: Comment, verdict: Verdict) -> Settled:
    """Put back all that a decision removed, as undoing it asks, in the caller's transaction.

    The caller has locked the comment, and appends what is returned to the ledger, by `chain`.
    """
    rows = Redaction.objects.in_force().made_by(removal)
    if removal.version is None:
        raise TypeError("words are removed from a version")
    return _end(verdict, comment, removal.version, rows, removal)


def _end(
    verdict: Verdict,
    comment: Comment,
    version: CommentVersion,
    rows: RedactionQuerySet,
    undoes: Decision | None = None,
) -> Settled:
    """End these removals of words of a locked comment, in every version that they stand in."""
    touched = CommentVersion.objects.filter(redactions__in=rows).order_by("number", "pk")
    ended = list(touched.distinct())
    Redaction.objects.filter(pk__in=[each.pk for each in rows]).update(
        ended_by=verdict.by, ended_at=verdict.at
    )
    comment.redacted = Redaction.objects.in_force().filter(version__comment=comment).exists()
    return settle(verdict, comment, version, ended, undoes)


def versions_of(comment: Comment) -> list[CommentVersion]:
    """Return the versions that may be redacted now: the public one, and the newest."""
    if comment.state in GONE:
        return []
    shown = comment.public_version if comment.state in decide.STANDING else None
    both = [each for each in (shown, comment.submitted_version) if each and not each.erased_at]
    return both[:1] if len({version.pk for version in both}) == 1 else both


def _row(comment: Comment, redaction: Redaction) -> Redaction:
    """Return a redaction of the comment as it stands after the wait, with who ended it."""
    rows = Redaction.objects.select_related("version", "ended_by")
    return rows.get(pk=redaction.pk, version__comment=comment)


def _version(comment: Comment, number: int) -> CommentVersion:
    """Return the version with this number; raise DecisionRefused where another is read now."""
    versions = versions_of(comment)
    if not versions:
        raise DecisionRefused(_("The author has taken this back: the public reads none of it."))
    for version in versions:
        if version.number == number:
            return version
    raise DecisionRefused(
        _("The author changed this comment while you read it. Read version %(number)s below.")
        % {"number": versions[-1].number}
    )


def _refuse_spans(text: str, wanted: Sequence[Removed], before: Sequence[Removed]) -> None:
    """Raise DecisionRefused unless these are words of the text, each removed once."""
    if not wanted:
        raise DecisionRefused(_("Choose at least one passage to remove."))
    for each in wanted:
        if not 0 <= each.start < each.end <= len(text):
            raise DecisionRefused(_("A passage lies outside the text. Find the words again."))
        if any(each.start < other.end and other.start < each.end for other in before):
            raise DecisionRefused(
                _("Some of these words are removed already. Look at the text below, and choose.")
            )
    if any(second.start < first.end for first, second in pairwise(wanted)):
        raise DecisionRefused(
            _("Two passages overlap. Untick one of them, or find both as one passage.")
        )
    if not words(MASK.sub("", masked(text, [*before, *wanted]))):
        raise DecisionRefused(_("Nothing would be left of it: reject or hide the comment instead."))
