"""The owner's evidence documents: added beside what is asked, and withdrawn, never replaced.

What respondents attach is in `participation.documents`, what is decided in `moderation.documents`.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import ledger
from consultations.files import File
from consultations.models import Consultation, Document, Recommendation, User

# What one page can show, and one officer can keep in order.
MOST = 50


class DocumentError(Exception):
    """A document that cannot be added or withdrawn so, with the sentence that an officer reads."""


@transaction.atomic
def add(
    *,
    consultation: Consultation,
    recommendation: Recommendation | None,
    title: str,
    file: File,
    by: User,
    at: datetime,
) -> Document:
    """Add a document beside a recommendation, or (None) for the whole consultation.

    Once the consultation has opened the ledger names it. Raises DocumentError where the same
    bytes stand there already, or too many do.
    """
    stored = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    here = Document.objects.of_owner().filter(consultation=stored)
    standing = here.filter(state=Document.State.PUBLISHED)
    if standing.count() >= MOST:
        raise DocumentError(_("There are %(most)s documents already.") % {"most": MOST})
    if standing.filter(sha256=file.sha256, recommendation=recommendation).exists():
        raise DocumentError(_("This very file stands there already."))
    document = Document.objects.store(
        file,
        consultation=stored,
        recommendation=recommendation,
        title=title,
        state=Document.State.PUBLISHED,
        uploaded_by=by,
        uploaded_at=at,
        published_at=at,
    )
    if stored.has_opened(at):
        _record(document, "document_added", by, at, words=ledger.seal(document))
    return document


@transaction.atomic
def withdraw(*, document: Document, why: str, by: User, at: datetime) -> bool:
    """Stop handing a document out; its title, and why, stay on the page.

    Where the consultation is still a draft nobody has seen it, and it is removed: returns whether
    it stays on the page. Raises DocumentError where it is withdrawn already.
    """
    stored = Consultation.objects.select_for_update(no_key=True).get(pk=document.consultation_id)
    fresh = Document.objects.of_owner().filter(pk=document.pk).first()
    if fresh is None or fresh.state != Document.State.PUBLISHED:
        raise DocumentError(_("This document was withdrawn already."))
    if stored.state == Consultation.State.DRAFT:
        fresh.delete()
        return False
    fresh.withdraw(at, why)
    if stored.has_opened(at):
        _record(fresh, "document_withdrawn", by, at)
    return True


def _record(document: Document, act: str, by: User, at: datetime, **more: ledger.JSON) -> None:
    recommendation = document.recommendation
    ledger.append(
        consultation_id=document.consultation_id,
        act=act,
        at=at,
        payload={
            "document": document.reference,
            "recommendation": recommendation.number if recommendation else 0,
            "by": by.pk,
            **more,
        },
    )
