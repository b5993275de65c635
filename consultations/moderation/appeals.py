"""The verbs on appeals: an author makes one, a moderator upholds or dismisses it.

Every verb locks the response first, as the author's own verbs do: of an author who changes the
comment and a moderator who decides on the appeal, one comes first and the other is told.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger, policy
from consultations.mail import outbox
from consultations.models import Appeal, Case, Decision, Response, User
from consultations.models.appeal import AGAINST, ends_at
from consultations.moderation import (
    appeal_letters,
    appealable,
    decide,
    documents,
    letters,
    record,
    redact,
)
from consultations.moderation.record import DecisionRefused, Verdict

MOST_WORDS = 3_000
Outcome = Appeal.Outcome
VERBS = {
    Outcome.UPHELD: Decision.Verb.OVERTURN,
    Outcome.DISMISSED: Decision.Verb.LET_STAND,
}
RELATED = (
    "made_by",
    "decision__decided_by",
    "decision__reason",
    "decision__version",
    "decision__case__consultation",
    "decision__case__comment__response",
    "decision__case__comment__recommendation__current",
    "decision__case__document__response",
)


class AppealError(Exception):
    """An appeal that cannot be made, with the sentence that its author reads."""


@dataclass(frozen=True)
class Ruling:
    """What is decided on an appeal, and what its author is told of it."""

    upheld: bool
    answer: str
    by: User
    at: datetime
    note: str = ""


@transaction.atomic
def make(*, decision: Decision, words: str, by: User, at: datetime) -> Appeal:
    """Appeal against a decision, once, and put it before another moderator.

    Sent twice, it is one appeal. Raises AppealError where the time is over, the decision no
    longer stands, or somebody else appealed against it already.
    """
    response = _lock_response(decision)
    fresh = Decision.objects.select_related(*appealable.ABOUT).get(pk=decision.pk)
    known = appealable.appeal_of(fresh)
    if known is not None:
        if (known.made_by_id, known.words) == (by.pk, words):
            return known
        raise AppealError(_("There is an appeal against this decision already."))
    if fresh.verb not in AGAINST or not appealable.stands(fresh):
        raise AppealError(
            _("This decision no longer stands, so there is nothing to appeal against.")
        )
    if at >= ends_at(fresh):
        raise AppealError(_("The time to appeal against this decision is over."))
    appeal = Appeal.objects.create(decision=fresh, made_by=by, words=words, made_at=at)
    Case.objects.create(appeal=appeal, consultation_id=fresh.case.consultation_id, since=at)
    # It can no longer be undone, so its letter waits no more: it comes before those of the appeal.
    outbox.hasten(letters.key_of(fresh), at=at)
    appeal_letters.tell_received(appeal)
    _append(appeal, response, "appeal_made", by, at)
    return appeal


@transaction.atomic
def rule(*, case: Case, ruling: Ruling) -> Appeal:
    """Uphold an appeal, which shows what was kept from the public, or dismiss it.

    Where its author has changed what was decided, or it is shown by now, the appeal has nothing
    left to decide: it is closed as void, its author is told, and the caller reads so. Raises
    DecisionRefused where another decided first, or somebody else is to decide.
    """
    appeal, case, response = _take(case)
    deciders = policy.appeal_deciders(appeal)
    if ruling.by.pk not in deciders.people:
        raise DecisionRefused(_("Somebody else decides on this appeal, who did not decide before."))
    if not appealable.stands(appeal.decision):
        _close(appeal, case, ruling.at)
        appeal_letters.tell_void(appeal)
        record_void(appeal, ruling.by, ruling.at)
        return appeal
    appeal.outcome = Outcome.UPHELD if ruling.upheld else Outcome.DISMISSED
    appeal.answer, appeal.decided_by, appeal.decided_at = ruling.answer, ruling.by, ruling.at
    appeal.independent = deciders.independent
    appeal.save(update_fields=["outcome", "answer", "decided_by", "decided_at", "independent"])
    before = after = appeal.decision.state_after
    if ruling.upheld:
        after = _show(appeal.decision, ruling)
    verdict = Verdict(VERBS[appeal.outcome], ruling.by, ruling.at, None, ruling.note)
    version = appeal.decision.version
    ruled = record.write(verdict, case=case, version=version, before=before, after=after)
    appeal_letters.tell_outcome(appeal)
    more: dict[str, ledger.JSON] = {
        "independent": deciders.independent,
        "answer": ledger.seal_answer(appeal.answer),
        "decided": [ledger.seal_decision(ruled)],
    }
    _append(appeal, response, f"appeal_{appeal.outcome}", ruling.by, ruling.at, **more)
    return appeal


def record_void(appeal: Appeal, by: User, at: datetime) -> None:
    """Put on the ledger that an appeal, read with `RELATED`, has ended without a decision."""
    subject = appeal.decision.case.comment or appeal.decision.case.document
    if subject is None or subject.response is None:
        raise TypeError("an appeal is about a comment or a document of a response")
    _append(appeal, subject.response, "appeal_void", by, at)


def _show(decision: Decision, ruling: Ruling) -> str:
    """Show what was kept from the public; return the state that it has then."""
    if decision.verb == Decision.Verb.REDACT:
        again = Verdict(Decision.Verb.UNREDACT, ruling.by, ruling.at, None, ruling.note)
        return redact.reinstate(decision=decision, verdict=again)
    verdict = Verdict(Decision.Verb.PUBLISH, ruling.by, ruling.at, None, ruling.note)
    comment, document = decision.case.comment, decision.case.document
    if comment is not None and decision.version is not None:
        return decide.reinstate(comment=comment, version=decision.version, verdict=verdict)
    if document is None:
        raise TypeError("an appeal is about a comment or a document")
    return documents.reinstate(document=document, verdict=verdict)


def _take(case: Case) -> tuple[Appeal, Case, Response]:
    """Lock the response and the case of an appeal that waits; return both, and the appeal."""
    if case.appeal_id is None:
        raise DecisionRefused(_("This is no appeal."))
    response = _lock_response(Decision.objects.get(appeal=case.appeal_id))
    locked = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    appeal = Appeal.objects.select_related(*RELATED).get(pk=case.appeal_id)
    if appeal.outcome == Outcome.VOID:
        raise DecisionRefused(_("This appeal has ended: what it is about has changed since."))
    record.refuse_decided(locked)
    return appeal, locked, response


def _lock_response(decision: Decision) -> Response:
    """Lock the response that a decision is about."""
    rows = Response.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(comments__cases__decisions=decision).first()
    found = found or rows.filter(documents__cases__decisions=decision).first()
    if found is None:
        raise DecisionRefused(_("This decision is not about a response."))
    return found


def _close(appeal: Appeal, case: Case, at: datetime) -> None:
    """Close what has nothing left to decide: nobody has decided, and nobody is told so."""
    appeal.outcome, appeal.decided_at = Outcome.VOID, at
    appeal.save(update_fields=["outcome", "decided_at"])
    case.closed_at = at
    case.save(update_fields=["closed_at"])


def _append(
    appeal: Appeal, response: Response, act: str, by: User, at: datetime, **more: ledger.JSON
) -> None:
    decision = appeal.decision
    comment, document, version = decision.case.comment, decision.case.document, decision.version
    payload: dict[str, ledger.JSON] = {
        "response": response.reference,
        "appeal": appeal.pk,
        "decision": decision.pk,
        "by": by.pk,
        **more,
    }
    if comment is not None:
        payload |= {
            "recommendation": comment.recommendation.number,
            "version": version.number if version else 0,
        }
    if document is not None:
        payload["document"] = document.reference
    ledger.append(consultation_id=decision.case.consultation_id, act=act, at=at, payload=payload)
