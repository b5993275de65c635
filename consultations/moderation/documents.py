"""The verbs on respondents' documents: publish, reject, hold, hide, restore; each one transaction.

Every verb locks the response first, as the respondent's own verbs do. Nothing of a document is
public before a moderator has published it, whenever comments are moderated.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.models import Case, Decision, Document, Reason, Response, User
from consultations.moderation import letters, record, refusals
from consultations.moderation.record import DecisionRefused, Verdict

State = Document.State
ACTS = {
    Decision.Verb.PUBLISH: "document_published",
    Decision.Verb.REJECT: "document_rejected",
    Decision.Verb.HOLD: "document_held",
    Decision.Verb.HIDE: "document_hidden",
}


@transaction.atomic
def publish(*, case: Case, by: User, at: datetime, note: str = "") -> Decision:
    """Publish a document that waits, in place of the one that was public before.

    One whose respondent allows no publication is accepted, and is not shown. Raises
    DecisionRefused where another decided first or the respondent took it back.
    """
    case, document = _take(case)
    for before in _others(document, State.PUBLISHED):
        before.state = State.REPLACED
        before.save(update_fields=["state"])
        Document.objects.filter(pk=before.pk).drop_content()
    document.state, document.published_at, document.reason = State.PUBLISHED, at, None
    document.save(update_fields=["state", "published_at", "reason"])
    decision = _note(Verdict(Decision.Verb.PUBLISH, by, at, None, note), case, document)
    letters.tell_document(decision, document)
    return decision


@transaction.atomic
def reject(*, case: Case, reason: Reason, note: str, by: User, at: datetime) -> Decision:
    """Refuse a document that waits, for a reason that its respondent is told.

    One that was published before stands. Raises DecisionRefused as `publish` does.
    """
    case, document = _take(case)
    document.state, document.reason = State.REJECTED, reason
    document.save(update_fields=["state", "reason"])
    decision = _note(Verdict(Decision.Verb.REJECT, by, at, reason, note), case, document)
    letters.tell_document(decision, document)
    return decision


@transaction.atomic
def hold(*, case: Case, note: str, by: User, at: datetime) -> Decision:
    """Keep a document for more thought; it stays in the queue, and nobody is told."""
    case, document = _take(case)
    return _note(Verdict(Decision.Verb.HOLD, by, at, None, note), case, document)


@transaction.atomic
def hide(*, document: Document, reason: Reason, note: str, by: User, at: datetime) -> Decision:
    """Take a published document from the public, for a reason that its respondent is told.

    Raises DecisionRefused where it is not published.
    """
    document = _lock(document.pk)
    if document.state != State.PUBLISHED:
        raise DecisionRefused(_("This document is not published, so there is nothing to hide."))
    document.state, document.reason = State.HIDDEN, reason
    document.save(update_fields=["state", "reason"])
    verdict = Verdict(Decision.Verb.HIDE, by, at, reason, note)
    return _note_beside(verdict, document, State.PUBLISHED)


@transaction.atomic
def restore(*, document: Document, note: str, by: User, at: datetime) -> Decision:
    """Show a document again that a moderator had hidden; its respondent is told.

    Raises DecisionRefused where nobody hid it for a reason, another is public by now, a colleague's
    response speaks instead of its own, or its respondent appeals.
    """
    document = _lock(document.pk)
    if document.state != State.HIDDEN or document.reason_id is None:
        raise DecisionRefused(_("No moderator hid this document, so there is nothing to restore."))
    if _others(document, State.PUBLISHED):
        raise DecisionRefused(_("Another document of this response is public by now."))
    if sentence := _spoken_for(document) or refusals.appealed(document):
        raise DecisionRefused(sentence)
    document.state, document.reason = State.PUBLISHED, None
    document.save(update_fields=["state", "reason"])
    verdict = Verdict(Decision.Verb.PUBLISH, by, at, None, note)
    return _note_beside(verdict, document, State.HIDDEN)


def reinstate(*, document: Document, verdict: Verdict) -> str:
    """Publish a document that was rejected or hidden, as an appeal that is upheld asks.

    In the caller's transaction, which has seen that the decision still stands, and tells the
    respondent. Returns the state that it has then; raises DecisionRefused as `restore` does.
    """
    document = _lock(document.pk)
    if _others(document, State.PUBLISHED):
        raise DecisionRefused(_("Another document of this response is public by now."))
    if sentence := _spoken_for(document):
        raise DecisionRefused(sentence)
    before = document.state
    document.state, document.reason = State.PUBLISHED, None
    document.published_at = document.published_at or verdict.at
    document.save(update_fields=["state", "published_at", "reason"])
    _note(verdict, _case_beside(verdict, document), document, before)
    return document.state


def set_aside(response: Response, at: datetime) -> None:
    """Show nothing more of what a response carries that a colleague's speaks instead of."""
    known = Document.objects.filter(response=response, state__in=[State.SUBMITTED, State.PUBLISHED])
    Case.objects.waiting().filter(document__response=response).update(closed_at=at)
    known.update(state=State.HIDDEN)


def _spoken_for(document: Document) -> str:
    """Refuse to show what belongs to a response that was set aside for a colleague's."""
    return refusals.spoken_for(document.response) if document.response else ""


def _others(document: Document, state: str) -> list[Document]:
    there = Document.objects.filter(response=document.response, state=state)
    return list(there.exclude(pk=document.pk).order_by("pk"))


def _lock(document_id: int) -> Document:
    """Lock the document's response, and return the document as it stands after the wait."""
    responses = Response.objects.select_for_update(of=("self",), no_key=True)
    response = responses.filter(documents=document_id).first()
    if response is None:
        raise DecisionRefused(_("This is the owner’s own document: withdraw it."))
    document = Document.objects.select_related("consultation", "uploaded_by").get(pk=document_id)
    document.response = response
    return document


def _take(case: Case) -> tuple[Case, Document]:
    """Lock what is decided; raise DecisionRefused unless it is a document that waits."""
    if case.document_id is None:
        raise DecisionRefused(_("This is no document."))
    document = _lock(case.document_id)
    locked = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    record.refuse_decided(locked)
    if document.state != State.SUBMITTED:
        raise DecisionRefused(_("The author has taken this back: there is nothing to decide."))
    return locked, document


def _note_beside(verdict: Verdict, document: Document, before: str) -> Decision:
    """Write down, and tell of, a decision on what waits no more, on a case of its own."""
    decision = _note(verdict, _case_beside(verdict, document), document, before)
    letters.tell_document(decision, document)
    return decision


def _case_beside(verdict: Verdict, document: Document) -> Case:
    return Case.objects.create(
        consultation_id=document.consultation_id,
        document=document,
        since=verdict.at,
        closed_at=verdict.at,
    )


def _note(
    verdict: Verdict, case: Case, document: Document, before: str = State.SUBMITTED
) -> Decision:
    """Write a decision down, on the ledger too."""
    decision = record.write(verdict, case=case, version=None, before=before, after=document.state)
    ledger.append(
        consultation_id=document.consultation_id,
        act=ACTS[verdict.verb],
        at=verdict.at,
        payload={
            "document": document.reference,
            "response": document.response.reference if document.response else "",
            "from": before,
            "to": document.state,
            "reason": verdict.reason.code if verdict.reason else "",
            "by": verdict.by.pk,
            "decided": [ledger.seal_decision(decision, document.reference)],
        },
    )
    return decision
