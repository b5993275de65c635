"""The document that a response may carry: saved, sent, taken back.

What the owner adds is in `consultations.documents`, what is decided in `moderation.documents`.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.files import File
from consultations.models import Case, Consultation, Document, Membership, Response, User
from consultations.participation import receipt
from consultations.participation.answers import ClosedError, ParticipationError, UnreadyError
from consultations.participation.draft import keep_permission
from consultations.participation.locking import OPEN_NOW
from consultations.participation.opening import open_response

State = Document.State


def attach(
    *,
    user: User,
    membership: Membership | None,
    consultation: Consultation,
    title: str,
    file: File,
    permission: str,
    over: str,
    at: datetime,
) -> Document:
    """Save a document in the user's response, in place of one that was saved and not sent.

    `over` is the reference of the one that stood on the page, "" for none; what was sent stays.
    Raises ClosedError after the deadline, UnreadyError where a colleague saved another meanwhile.
    """
    arguments = (user, membership, consultation, title, file, permission, over, at)
    try:
        return _attach(*arguments)
    except IntegrityError:
        # Two first saves at once: the other made the response; now it is there.
        return _attach(*arguments)


@transaction.atomic
def _attach(
    user: User,
    membership: Membership | None,
    consultation: Consultation,
    title: str,
    file: File,
    permission: str,
    over: str,
    at: datetime,
) -> Document:
    opened = open_response(
        user, membership, consultation, permission=permission, notices=None, at=at
    )
    response = opened.response
    before = saved_in(response)
    if before is not None and before.reference != over:
        raise UnreadyError(
            _(
                "Another document was saved since you opened this page. It stands below: choose "
                "your file again if yours is to take its place."
            )
        )
    if before is not None:
        before.delete()
    keep_permission(response, permission)
    return Document.objects.store(
        file,
        consultation=consultation,
        response=response,
        title=title,
        permission=permission,
        state=State.DRAFT,
        uploaded_by=user,
        uploaded_at=at,
    )


@transaction.atomic
def send(*, document: Document, user: User, at: datetime) -> Document:
    """Send the document of a response that is sent already; sent twice it is sent once.

    Raises ClosedError after the deadline, UnreadyError where it is gone, stands aside, or its
    response was not sent.
    """
    fresh = _lock(document)
    if fresh is not None and fresh.state == State.SUBMITTED:
        return fresh
    if fresh is None or fresh.response is None or fresh.state != State.DRAFT:
        raise UnreadyError(_("This document was replaced since you opened this page."))
    if fresh.response.submitted_at is None:
        raise UnreadyError(_("Send your answers first: the document goes with them."))
    put_forward(fresh, at)
    receipt.send([], [], fresh, user=user, at=at)
    record(fresh, user, at)
    return fresh


@transaction.atomic
def remove(*, document: Document, user: User, at: datetime) -> None:
    """Throw away what is only saved; take back what was sent, from the public too, at once.

    What is taken back keeps its title; its bytes are deleted. Raises ClosedError after the
    deadline for what was sent.
    """
    unsent = document.sent_at is None
    fresh = _lock(document, whatever_the_time=unsent)
    if fresh is None:
        return
    if fresh.sent_at is None:
        fresh.delete()
        return
    if unsent:
        raise UnreadyError(_("This document was sent since you opened this page."))
    if take_back(fresh, at):
        record_taken_back(fresh, user, at)


@transaction.atomic
def choose(*, document: Document) -> None:
    """Make a saved document that stands aside the one to send; the other stands aside."""
    fresh = _lock(document)
    if fresh is None or fresh.state != State.ASIDE:
        raise ParticipationError(_("This document was sent or removed since you opened this page."))
    here = Document.objects.filter(response=fresh.response)
    here.filter(state=State.DRAFT).update(state=State.ASIDE)
    here.filter(pk=fresh.pk).update(state=State.DRAFT)


def saved_in(response: Response) -> Document | None:
    """Return the document of a response that is saved and is to be sent."""
    return Document.objects.filter(response=response, state=State.DRAFT).first()


def refuse_unread(document: Document | None, read: str) -> None:
    """Raise UnreadyError where another document is saved than was read (by reference)."""
    if (document.reference if document else "") != read:
        raise UnreadyError(
            _("A document was saved or removed since you opened this page. Check again.")
        )


def put_forward(document: Document, at: datetime) -> None:
    """Put a saved document before a moderator, in place of one that waits; `record` comes last."""
    waiting = Document.objects.filter(response=document.response, state=State.SUBMITTED)
    for before in waiting.order_by("pk"):
        before.state = State.REPLACED
        before.save(update_fields=["state"])
        _forget(before, at)
    document.state, document.sent_at = State.SUBMITTED, at
    document.save(update_fields=["state", "sent_at"])
    Case.objects.create(
        consultation_id=document.consultation_id, document=document, since=at, marks=[]
    )


def record(document: Document, user: User, at: datetime) -> None:
    """Append the sending of a document to its consultation's ledger."""
    _append(document, "document_sent", user, at, words=ledger.seal(document))


def take_back(document: Document, at: datetime) -> bool:
    """Withdraw what was sent, and delete its bytes; whether it still stood.

    Called with the document as it stands once its response is locked; `record_taken_back` puts it
    on the ledger, last of all.
    """
    if not document.stands:
        return False
    document.withdraw(at)
    _forget(document, at)
    return True


def record_taken_back(document: Document, user: User, at: datetime) -> None:
    """Append to its consultation's ledger that a document was taken back."""
    _append(document, "document_taken_back", user, at)


def _lock(document: Document, *, whatever_the_time: bool = False) -> Document | None:
    """Lock the document's response; return the document as it stands now, None where it is gone.

    Raises ClosedError outside the consultation's time.
    """
    responses = Response.objects.select_for_update(of=("self",), no_key=True)
    response = responses.annotate(open_now=OPEN_NOW).filter(documents=document.pk).first()
    if response is None:
        return None
    if not response.open_now and not whatever_the_time:
        raise ClosedError(_("This consultation has closed: what was sent can no longer change."))
    fresh = Document.objects.filter(pk=document.pk, response=response).first()
    if fresh is not None:
        fresh.response = response
    return fresh


def _forget(document: Document, at: datetime) -> None:
    """Delete the bytes of what is no longer anybody's to see, and take it from the queue."""
    Document.objects.filter(pk=document.pk).drop_content()
    Case.objects.waiting().filter(document=document).update(closed_at=at)


def _append(document: Document, act: str, user: User, at: datetime, **more: ledger.JSON) -> None:
    response = document.response
    ledger.append(
        consultation_id=document.consultation_id,
        act=act,
        at=at,
        payload={
            "document": document.reference,
            "response": response.reference if response else "",
            "permission": document.permission,
            "by": user.pk,
            **more,
        },
    )
