"""How every decision is written down: the Decision row, the case, and the ledger entry."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Case, Comment, CommentVersion, Decision, Reason, User
from consultations.models.clock import moment


class DecisionRefused(Exception):  # noqa: N818  a refusal is no error
    """A decision that does not hold, with the sentence that the moderator reads."""


@dataclass(frozen=True)
class Verdict:
    """What a moderator says: the verb, why, who and when."""

    verb: Decision.Verb
    by: User
    at: datetime
    reason: Reason | None = None
    note: str = ""


# A version that is held, or of which words are removed, waits for its decision as before.
LEAVES_WAITING = {Decision.Verb.HOLD, Decision.Verb.REDACT, Decision.Verb.UNREDACT}


def write(
    verdict: Verdict, *, case: Case, version: CommentVersion | None, before: str, after: str
) -> Decision:
    """Add the Decision row; close the case unless the verdict leaves it waiting."""
    if verdict.verb not in LEAVES_WAITING and case.closed_at is None:
        case.closed_at = verdict.at
        case.claimed_by = case.claimed_until = None
        case.save(update_fields=["closed_at", "claimed_by", "claimed_until"])
    return Decision.objects.create(
        case=case,
        version=version,
        verb=verdict.verb,
        state_before=before,
        state_after=after,
        reason=verdict.reason,
        note=verdict.note,
        decided_by=verdict.by,
        decided_at=verdict.at,
    )


ACTS = {
    Decision.Verb.PUBLISH: "comment_published",
    Decision.Verb.REJECT: "comment_rejected",
    Decision.Verb.HOLD: "comment_held",
    Decision.Verb.HIDE: "comment_hidden",
}


def chain(verdict: Verdict, comment: Comment, decision: Decision) -> None:
    """Append a decision on a comment to its consultation's ledger."""
    version = decision.version
    ledger.append(
        consultation_id=decision.case.consultation_id,
        act=ACTS[verdict.verb],
        at=verdict.at,
        payload={
            "recommendation": comment.recommendation.number,
            "response": comment.response.reference,
            "version": version.number if version else 0,
            "from": decision.state_before,
            "to": decision.state_after,
            "reason": verdict.reason.code if verdict.reason else "",
            "by": verdict.by.pk,
        },
    )


def refuse_decided(case: Case) -> None:
    """Raise DecisionRefused where the case no longer waits, saying who decided it and when."""
    if case.closed_at is None:
        return
    last = case.decisions.select_related("decided_by").first()
    if last is None:
        raise DecisionRefused(_("The author has taken this back: there is nothing to decide."))
    raise DecisionRefused(
        _("Already decided: %(verb)s by %(who)s on %(when)s.")
        % {
            "verb": last.get_verb_display(),
            "who": last.decided_by,
            "when": moment(last.decided_at),
        }
    )
