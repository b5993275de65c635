"""Documents handed out as downloads, and the lists of them; attaching one is in `evidence`."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations import files, participation, policy
from consultations.models import (
    Consultation,
    Document,
    DocumentContent,
    Recommendation,
    User,
    database_now,
)
from consultations.models.addresses import REFERENCE_ALPHABET
from consultations.models.beside import beside_the_whole, from_json
from consultations.models.documents import DocumentQuerySet
from consultations.moderation import readings

# How many stand on the consultation's own page, and on each page of their list.
FIRST, PAGE = 5, 50
# Whatever a file holds, a browser that opens it all the same runs nothing of it.
HARMLESS = "default-src 'none'; frame-ancestors 'none'; sandbox"


@login_not_required
@require_safe
def fetch(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Hand out a document that the reader may have, to keep and never to show; else 404."""
    user = request.user if isinstance(request.user, User) else None
    document = get_object_or_404(
        Document.objects.select_related("consultation", "response"),
        consultation__in=Consultation.objects.visible_to(user).filter(slug=slug),
        reference=reference,
    )
    if not (policy.may_fetch(user, document, database_now()) or _beside(user, document)):
        raise Http404
    tag = f'"{document.sha256}"'
    if tag in request.headers.get("If-None-Match", ""):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        if user is not None and policy.reads_on_record(user, document.consultation_id):
            readings.of_document(document=document, by=user, at=database_now())
        answer = HttpResponse(_content(document), headers=_headers(document))
    # It may be withdrawn: nobody keeps it without asking again.
    answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
    return answer


@login_not_required
@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """List the evidence that respondents sent and a moderator published, newest first."""
    user = request.user if isinstance(request.user, User) else None
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    now = timezone.now()
    shown = policy.may_read_answers(user, consultation, now)
    found = _public(consultation, request.GET.get("older")) if shown else []
    context = {
        "consultation": consultation,
        "answers_shown": shown,
        "staff_only": shown and not consultation.shows_answers(now),
        "sent": found[:PAGE],
        "older": found[PAGE - 1].reference if len(found) > PAGE else "",
        "later_page": "older" in request.GET,
    }
    return render(request, "documents/index.html", context)


def _beside(user: User | None, document: Document) -> bool:
    """Whether the document belongs to a response that the user writes in, as a guest too."""
    if user is None or document.response is None:
        return False
    return document.response in participation.responses_of(user, document.consultation)


def of(place: Consultation | Recommendation) -> list[Document]:
    """Return the owner's documents of what was fetched with them (see `beside`)."""
    return from_json(place.beside)  # type: ignore[union-attr]


def with_whole(rows: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """Return consultations, each with the owner's documents about the whole of it."""
    return rows.annotate(beside=beside_the_whole())


def first_sent(consultation: Consultation, user: User | None) -> dict[str, Any]:
    """Return the newest evidence for the consultation's page, and whether there is more."""
    if not policy.may_read_answers(user, consultation, timezone.now()):
        return {"sent": [], "more_sent": False}
    found = list(_all_public(consultation)[: FIRST + 1])
    return {"sent": found[:FIRST], "more_sent": len(found) > FIRST}


def _all_public(consultation: Consultation) -> DocumentQuerySet:
    return Document.objects.public().filter(consultation=consultation)


def _public(consultation: Consultation, older: str | None) -> list[Document]:
    """Return a page of evidence and one more, from the start or after a reference; else 404."""
    found = _all_public(consultation)
    if older is not None:
        if len(older) != 8 or set(older) - set(REFERENCE_ALPHABET):
            raise Http404
        found = found.after(get_object_or_404(found, reference=older))
    return list(found[: PAGE + 1])


def _headers(document: Document) -> dict[str, str]:
    return {
        "Content-Type": files.Kind(document.kind).content_type,
        "Content-Disposition": files.disposition(document.file_name),
        "Content-Length": str(document.size),
        "Content-Security-Policy": HARMLESS,
        "X-Content-Type-Options": "nosniff",
    }


def _content(document: Document) -> bytes:
    """Return the bytes, the one copy that a request holds; 404 where they are gone."""
    content = DocumentContent.objects.filter(document=document).values_list("content", flat=True)
    kept = content.first()
    if kept is None:
        raise Http404
    return bytes(kept)
