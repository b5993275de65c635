"""How every decision is written down: the Decision row, the case, and the ledger entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Case, Comment, CommentVersion, Decision, Reason, User
from consultations.models.clock import moment

State = Comment.State


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


# What can be undone where it notes how it stood before: on comments (`undo`), and on claims
# (`undo_claims`).
UNDOABLE = {
    *(Decision.Verb.PUBLISH, Decision.Verb.REJECT, Decision.Verb.HOLD, Decision.Verb.HIDE),
    *(Decision.Verb.CONFIRM, Decision.Verb.REFUSE),
}
# What a decision brings with it for the readers who reported: an undo takes them back as well.
ANSWERED = {Decision.Verb.UPHOLD, Decision.Verb.DISMISS}
# A version that is held, or of which words are removed, waits for its decision as before; `undo`
# opens again what it must.
LEAVES_WAITING = {
    Decision.Verb.HOLD,
    Decision.Verb.UNDO,
    Decision.Verb.REDACT,
    Decision.Verb.UNREDACT,
}


def write(
    verdict: Verdict,
    *,
    case: Case,
    version: CommentVersion | None,
    before: str,
    after: str,
    stood: Mapping[str, Any] | None = None,
    undoes: Decision | None = None,
    waits: bool = False,
) -> Decision:
    """Add the Decision row; close the case unless it still `waits`, or the verdict leaves it so.

    `stood` is what an undo brings back, as `before.stood` returns it.
    """
    if verdict.verb not in LEAVES_WAITING and not waits and case.closed_at is None:
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
        stood=stood or {},
        undoes=undoes,
    )


ACTS = {
    Decision.Verb.PUBLISH: "comment_published",
    Decision.Verb.REJECT: "comment_rejected",
    Decision.Verb.HOLD: "comment_held",
    Decision.Verb.HIDE: "comment_hidden",
    Decision.Verb.UNDO: "decision_undone",
}


def chain(verdict: Verdict, comment: Comment, decision: Decision) -> None:
    """Append a decision on a comment to its consultation's ledger."""
    version = decision.version
    payload: dict[str, ledger.JSON] = {
        "recommendation": comment.recommendation.number,
        "response": comment.response.reference,
        "version": version.number if version else 0,
        "from": decision.state_before,
        "to": decision.state_after,
        "reason": verdict.reason.code if verdict.reason else "",
        "by": verdict.by.pk,
        "decided": [ledger.seal_decision(decision, comment.reference)],
    }
    if verdict.verb == Decision.Verb.PUBLISH:
        payload["replaces"] = _replaces(decision)
    if decision.undoes is not None:
        payload["undoes"] = decision.undoes.verb
    if decision.case.report_id is not None:  # a report that waits again
        payload["report"] = decision.case.report_id
    ledger.append(
        consultation_id=decision.case.consultation_id,
        act=ACTS[verdict.verb],
        at=verdict.at,
        payload=payload,
    )


def _replaces(decision: Decision) -> bool:
    """Whether a publication took words, or a sign-off, from the public by showing others."""
    stood, version = decision.stood, decision.version
    shown = stood.get("public_version_id") if decision.state_before == State.PUBLISHED else None
    changed = shown is not None and (version is None or shown != version.pk)
    return changed or stood.get("sign_off") is not None


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
