"""The document that goes with my response: added, sent, taken back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations import participation, policy
from consultations.forms import EvidenceForm
from consultations.models import (
    ConfidentialityRequest,
    Consultation,
    Document,
    Response,
    User,
    database_now,
)
from consultations.moderation import appealable
from consultations.organisations import standing
from consultations.views import parts, recommendations, responses

State = Document.State


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the documents of the visitor's response, and save one."""
    user, consultation = responses.visitor(request, slug)
    if not user.profile_complete:
        onward = urlencode({"next": reverse("evidence.mine", args=[slug])})
        return redirect(f"{reverse('people.about_you')}?{onward}")
    form = EvidenceForm(request.POST, request.FILES) if request.method == "POST" else None
    if form is None:
        return _page(request, user, consultation)
    sound, membership = form.is_valid(), standing(user)
    if problem := recommendations.other_name(request, user, membership, consultation):
        return _page(request, user, consultation, form, problem=problem, status=409)
    if not sound:
        return _page(request, user, consultation, form, status=422)
    try:
        participation.attach(
            user=user,
            membership=membership,
            consultation=consultation,
            at=database_now(),
            **form.cleaned_data,
        )
    except participation.ParticipationError as error:
        return _page(request, user, consultation, form, problem=str(error), status=409)
    messages.success(request, _("Saved. Nobody else sees it until you send it."))
    return redirect("evidence.mine", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Send the document of a response that is sent already."""
    user, consultation, document = _own(request, slug, reference)
    if request.method != "POST":
        return redirect("evidence.mine", slug=slug)
    _refuse_contributor(user, document)
    try:
        participation.send_document(document=document, user=user, at=database_now())
    except participation.ParticipationError as error:
        return _page(request, user, consultation, problem=str(error), status=409)
    messages.success(request, _("Sent. A moderator looks at it before anybody else sees it."))
    return redirect("evidence.mine", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Make another of the saved documents the one to send."""
    user, consultation, document = _own(request, slug, reference)
    if request.method != "POST":
        return redirect("evidence.mine", slug=slug)
    try:
        participation.choose_document(document=document)
    except participation.ParticipationError as error:
        return _page(request, user, consultation, problem=str(error), status=409)
    return redirect("evidence.mine", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Ask first, then throw the document away, or take it back."""
    user, consultation, document = _own(request, slug, reference)
    if document.sent_at is not None:
        _refuse_contributor(user, document)
    problem = ""
    if request.method == "POST":
        try:
            participation.remove_document(document=document, user=user, at=database_now())
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            messages.success(request, _("“%(title)s” is removed.") % {"title": document.title})
            return redirect("evidence.mine", slug=slug)
    response = parts.named(document.response, user, standing(user))
    context = {
        "consultation": consultation,
        "document": document,
        "name": response.organisation_name if response else "",
        "problem": problem,
    }
    return render(request, "evidence/remove.html", context, status=409 if problem else 200)


def _refuse_contributor(user: User, document: Document) -> None:
    """Deny what is for a lead: to send in the organisation's name, and to take back."""
    if document.response is not None and not policy.signs_off(user, document.response):
        raise PermissionDenied


def _page(
    request: HttpRequest,
    user: User,
    consultation: Consultation,
    form: EvidenceForm | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the page; what was typed stays, but for the file, which the browser lets go."""
    current, membership = participation.response_of(user, consultation), standing(user)
    found, now = _documents(user, consultation), timezone.now()
    contested = appealable.on_documents(found, now)
    saved = next(
        (each for each in found if each.state == State.DRAFT and each.response == current), None
    )
    if form is None or problem:
        said = form.cleaned_data if form else {"permission": current.permission if current else ""}
        form = EvidenceForm(initial={**said, "over": saved.reference if saved else ""})
    response = parts.named(current, user, membership)
    in_name = response.for_organisation if response else membership is not None
    context = {
        "consultation": consultation,
        "phase": consultation.phase(now),
        "response": response,
        "whose": recommendations.whose(membership if in_name else None),
        "sent": current is not None and current.submitted_at is not None,
        "may_send": current is None or policy.signs_off(user, current),
        "documents": [(each, contested.get(each.pk)) for each in found],
        "saved": saved,
        "confidential": _asked_confidentiality(current),
        "form": form,
        "problem": problem,
    }
    return render(request, "evidence/mine.html", context, status=status)


def _documents(user: User, consultation: Consultation) -> list[Document]:
    """Return every document of the visitor's responses, the newest first."""
    mine = participation.responses_of(user, consultation)
    rows = Document.objects.filter(response__in=mine)
    related = rows.select_related("response", "reason", "uploaded_by")
    return list(related.order_by("-uploaded_at", "-pk"))


def _asked_confidentiality(response: Response | None) -> bool:
    """Whether a request for confidentiality keeps the response's document from the public."""
    asked = ConfidentialityRequest.objects.filter(response=response)
    return asked.exclude(outcome=ConfidentialityRequest.Outcome.REFUSED).exists()


def _own(request: HttpRequest, slug: str, reference: str) -> tuple[User, Consultation, Document]:
    """Return a document of the visitor's own; any other does not exist."""
    user, consultation = responses.visitor(request, slug)
    mine = participation.responses_of(user, consultation)
    rows = Document.objects.filter(response__in=mine).select_related("response")
    return user, consultation, get_object_or_404(rows, reference=reference)
