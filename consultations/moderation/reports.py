"""The verbs on readers' reports: read and nothing to do, or upheld by hiding the comment.

A report is upheld by `decide`, where a comment is taken from the public: the moderator hides the
comment once, and every report of it that waits is answered.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Case, Comment, Decision, Report, User
from consultations.moderation import letters, record
from consultations.moderation.record import DecisionRefused, Verdict

ACTS = {Decision.Verb.DISMISS: "report_dismissed", Decision.Verb.UPHOLD: "report_upheld"}
RELATED = (
    "report__reporter",
    "report__version",
    "report__comment__reason",
    "report__comment__response",
    "report__comment__recommendation__consultation",
)


@transaction.atomic
def dismiss(*, case: Case, by: User, at: datetime, note: str = "") -> Decision:
    """Close a report: the comment stays as it is, and the reader is told.

    Raises DecisionRefused where the report was decided already, and where reports have taken the
    comment from view: whoever decides on the comment answers them all.
    """
    if case.report_id is None:
        raise DecisionRefused(_("This is no report of a reader’s."))
    Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    locked = Case.objects.select_related("consultation", *RELATED).get(pk=case.pk)
    record.refuse_decided(locked)
    if locked.report is not None and took(locked.report.comment):
        raise DecisionRefused(
            _("Reports took this comment from view: decide on the comment, which answers them all.")
        )
    return _decide(Verdict(Decision.Verb.DISMISS, by, at, None, note), locked)


def took(comment: Comment) -> bool:
    """Whether reports have taken the comment from view, and nobody has decided on that since."""
    reason = comment.reason
    hidden = comment.state == Comment.State.HIDDEN
    return hidden and reason is not None and reason.code == reason.REPORTED


def take(comment: Comment) -> list[Case]:
    """Lock and return the reports of a comment that wait, before anything goes on the ledger."""
    waiting = Case.objects.waiting().filter(report__comment=comment)
    locked = waiting.select_for_update(of=("self",), no_key=True).order_by("pk")
    keys = list(locked.values_list("pk", flat=True))
    found = Case.objects.filter(pk__in=keys).select_related("consultation", *RELATED)
    return list(found.order_by("pk"))


def uphold(cases: list[Case], verdict: Verdict) -> None:
    """Answer the reports taken: the comment that they are about has gone from the public."""
    for case in cases:
        _decide(Verdict(Decision.Verb.UPHOLD, verdict.by, verdict.at, verdict.reason), case)


def clear(cases: list[Case], verdict: Verdict) -> None:
    """Answer the reports taken: a moderator has read the comment, and it is shown again."""
    for case in cases:
        _decide(Verdict(Decision.Verb.DISMISS, verdict.by, verdict.at), case)


def _decide(verdict: Verdict, case: Case) -> Decision:
    """Write down what was decided on a report, on the ledger too, and tell its reader."""
    report = case.report
    if report is None:
        raise TypeError("a case of a report")
    state = report.comment.state
    decision = record.write(verdict, case=case, version=report.version, before=state, after=state)
    ledger.append(
        consultation_id=case.consultation_id,
        act=ACTS[verdict.verb],
        at=verdict.at,
        payload=_payload(report, verdict, decision),
    )
    letters.tell_reporter(decision, report)
    return decision


def _payload(report: Report, verdict: Verdict, decision: Decision) -> dict[str, ledger.JSON]:
    return {
        "recommendation": report.comment.recommendation.number,
        "response": report.comment.response.reference,
        "version": report.version.number,
        "report": report.pk,
        "reason": verdict.reason.code if verdict.reason else "",
        "by": verdict.by.pk,
        "decided": [ledger.seal_decision(decision, report.comment.reference)],
    }
