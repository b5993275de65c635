"""Undoing a decision on a comment: within ten minutes, by who took it, as a decision of its own.

The letters of a decision wait as long (`letters`), so nobody is told of what is undone. Claims,
documents and reports that are closed with nothing to do are decided for good.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consultations.mail import outbox
from consultations.models import Appeal, Case, Comment, Decision, Edition, User
from consultations.models.telling import await_editions
from consultations.moderation import before, comments, record, redact, refusals
from consultations.moderation.letters import WITHIN, key_of
from consultations.moderation.record import UNDOABLE as UNDOABLE
from consultations.moderation.record import DecisionRefused, Verdict
from consultations.moderation.settled import chain as chain_removal

Verb = Decision.Verb


def until(decision: Decision) -> datetime:
    """Return the instant before which the decision can be undone."""
    return decision.decided_at + WITHIN


def left(decision: Decision, at: datetime) -> timedelta:
    """Return how long the decision can still be undone; nothing once the time is over."""
    return max(until(decision) - at, timedelta())


def may_undo(decision: Decision, by: User, at: datetime) -> bool:
    """Whether `undo` would take the decision back now (few queries, nothing is locked)."""
    if decision.case.comment_id is None:
        return False
    rows = Comment.objects.select_related("recommendation", "response__membership")
    comment = rows.get(pk=decision.case.comment_id)
    return not _refusal(decision, comment, by, at)


@transaction.atomic
def undo(*, decision: Decision, by: User, at: datetime) -> Decision:
    """Bring back all that was before the decision, and tell nobody that it was taken.

    Its letters are suppressed, those that it overtook are queued again; its case and the reports
    that it answered wait again, and words that were removed with it are put back. Raises
    DecisionRefused after ten minutes, for anybody but who took it, and where the author, another
    decision, a colleague who speaks for the organisation or an edition came after it.
    """
    if decision.case.comment_id is None:
        raise DecisionRefused(_("Only decisions on comments can be undone."))
    comment = comments.lock(decision.case.comment_id)
    await_editions(comment.recommendation_id)
    if sentence := _refusal(decision, comment, by, at):
        raise DecisionRefused(sentence)
    answered, removals = _answered(decision, comment), _removals(decision)
    if not outbox.call_back([key_of(one) for one in (decision, *answered, *removals)], at=at):
        raise DecisionRefused(_("Somebody has been told by now, so it can no longer be undone."))
    was, case = comment.state, _reopen(decision)
    before.put_back(comment, decision.stood)
    verdict = Verdict(Verb.UNDO, by, at)
    # The database lets a comment go back only beside the decision that says so: it comes first.
    undone = record.write(
        verdict,
        case=case,
        version=decision.version,
        before=was,
        after=comment.state,
        undoes=decision,
    )
    comments.save(comment)
    _hide_sign_off(decision, comment)
    outbox.revive(decision.stood.get("overtaken", []))
    back = [redact.take_back(removal=one, comment=comment, verdict=verdict) for one in removals]
    for one in answered:
        _ask_again(one, verdict, comment)
    for each in back:
        chain_removal(each)
    record.chain(verdict, comment, undone)
    return undone


def _refusal(decision: Decision, comment: Comment, by: User, at: datetime) -> str:
    """Return the sentence that refuses to undo the decision, or ""."""
    kept = decision.stood
    if decision.verb not in UNDOABLE or not kept:
        return _("This decision cannot be undone.")
    if decision.decided_by_id != by.pk:
        return _("Only who took the decision can undo it.")
    if at >= until(decision):
        return _("The ten minutes in which this could be undone are over.")
    if comment.submitted_version_id != kept["sent"] or comment.state != decision.state_after:
        return _("The comment was changed since, so the decision stands. Decide anew.")
    newest = Decision.objects.filter(case__comment=comment).order_by("-pk").values_list("pk")
    if newest.first() != (decision.pk,):
        return _("Another decision was taken since.")
    if Appeal.objects.filter(_about(decision, comment)).exists():
        return _("An appeal is about it, so it can no longer be undone.")
    if sentence := refusals.spoken_for(comment.response):
        return sentence
    if before.told_otherwise(comment, kept) and _told(decision, comment):
        return _("A digest has told of it since. Decide anew instead.")
    return ""


def _about(decision: Decision, comment: Comment) -> Q:
    """The condition on an appeal against the decision, or which the decision upholds."""
    upheld = Q(decision__case__comment=comment, decided_at=decision.decided_at)
    return Q(decision=decision) | upheld


def _told(decision: Decision, comment: Comment) -> bool:
    """Whether an edition was made since.

    Its figures and its choice rest on the decision; words that are gone, `digests.quoting` removes.
    """
    since = Q(built_at__gte=decision.decided_at) | Q(slot__gt=decision.decided_at)
    told = Edition.objects.telling()
    here = told.filter(consultation_id=comment.recommendation.consultation_id)
    return here.filter(since).exists()


def _answered(decision: Decision, comment: Comment) -> list[Decision]:
    """Return the decisions on readers' reports that this one brought with it, locking their cases.

    They are taken before anything goes on the ledger, whose lock is everybody's.
    """
    keys = decision.stood.get("reports", [])
    if not keys:
        return []
    locked = Case.objects.filter(pk__in=keys, report__comment=comment)
    cases = list(locked.select_for_update(of=("self",), no_key=True).order_by("pk"))
    said = Decision.objects.filter(case__in=cases, undone_by__isnull=True)
    brought = said.exclude(verb=Verb.UNDO).filter(decided_at=decision.decided_at)
    return list(brought.select_related("case", "version").order_by("case", "pk"))


def _removals(decision: Decision) -> list[Decision]:
    """Return the removal of words that was one act with this publication, if there was one."""
    made = Decision.objects.filter(pk=decision.stood.get("removal"))
    return list(made.select_related("case", "version"))


def _reopen(decision: Decision) -> Case:
    """Let the case wait again, if it did."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=decision.case_id)
    if decision.stood["waited"] and case.closed_at is not None:
        case.closed_at = None
        case.save(update_fields=["closed_at"])
    return case


def _ask_again(brought: Decision, verdict: Verdict, comment: Comment) -> None:
    """Let a report wait again that was answered by the decision on the comment."""
    case = brought.case
    case.closed_at = None
    case.save(update_fields=["closed_at"])
    undone = record.write(
        verdict,
        case=case,
        version=brought.version,
        before=brought.state_after,
        after=comment.state,
        undoes=brought,
    )
    record.chain(verdict, comment, undone)


def _hide_sign_off(decision: Decision, comment: Comment) -> None:
    """Show what was signed before, unless somebody has published beside it since."""
    kept, response = decision.stood, comment.response
    if "signed" not in kept or response.shown_sign_off_id != kept["signed"]:
        return
    later = Decision.objects.filter(
        case__comment__response=response,
        verb=Verb.PUBLISH,
        undone_by__isnull=True,
        pk__gt=decision.pk,
    )
    if not later.exists():
        response.shown_sign_off_id = kept["sign_off"]
        response.save(update_fields=["shown_sign_off"])
