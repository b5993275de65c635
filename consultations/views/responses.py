"""My response: what is done, what is left, and sending it; its receipt, and a copy to print."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import participation, policy
from consultations.forms import ConfidentialityForm, SendForm, SubscriptionForm, kept
from consultations.models import (
    Case,
    Consultation,
    Subscription,
    User,
    database_now,
)
from consultations.organisations import memberships_of, standing, standing_among
from consultations.views import parts, people, recommendations, sign_off, typed
from consultations.views.official import answered


@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the visitor, and their organisation, have said here and what is left to say."""
    user, consultation = visitor(request, slug)
    now = timezone.now()
    memberships = list(memberships_of(user))
    membership = standing_among(user, memberships)
    found = parts.of(user, consultation, membership, now)
    phase = consultation.phase(now)
    context = {
        "consultation": consultation,
        "phase": phase,
        "responses": found,
        "answered": _answered(found, now) if phase == Consultation.Phase.CLOSED else set(),
        **sign_off.context(membership, consultation, found[0].response),
        "memberships": memberships,
        "subscription": Subscription.objects.filter(user=user, consultation=consultation).first(),
    }
    return render(request, "responses/mine.html", context)


def _answered(found: Sequence[parts.Part], at: datetime) -> set[int]:
    """Return which of the visitor's comments the official response answers."""
    return answered((row.comment for part in found for row in part.rows if row.comment), at)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every draft in full, and send them all."""
    user, consultation = visitor(request, slug)
    problem = ""
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not form.is_valid():
        problem = _("The page was not complete. Check your answers again.")
    elif request.method == "POST":
        membership = standing(user)
        try:
            recommendations.refuse_other_name(
                user, membership, consultation, form.cleaned_data["whose"]
            )
            participation.submit(
                user=user,
                membership=membership,
                consultation=consultation,
                notices=form.cleaned_data["notices"],
                read=form.drafts(),
                read_answers=form.answers(),
                document=form.cleaned_data["document"],
                at=database_now(),
                address=people.address(request),
            )
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            return redirect("responses.receipt", slug=slug)
    membership = standing(user)
    part = parts.of(user, consultation, membership)[0]
    if not part.drafted and not problem:
        return redirect("responses.mine", slug=slug)
    signing = sign_off.context(membership, consultation, part.response)
    known = {
        "notices": consultation.notices(),
        "read": part.read,
        "document": part.document.reference if part.document else "",
        "whose": signing["whose"],
    }
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "part": part,
        **signing,
        "form": SendForm(initial=known),
        "problem": problem,
    }
    return render(request, "responses/check.html", context, status=409 if problem else 200)


@require_safe
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the response is here, with its reference, and what comes next."""
    user, consultation = visitor(request, slug)
    response = participation.response_of(user, consultation)
    if response is None or response.submitted_at is None:
        return redirect("responses.mine", slug=slug)
    chosen = Subscription.objects.filter(user=user, consultation=consultation).first()
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "response": response,
        "waits": Case.objects.before_publication().filter(comment__response=response).exists(),
        "subscription": chosen,
        "form": None if chosen else SubscriptionForm(),
    }
    return render(request, "responses/receipt.html", context)


@require_safe
def printed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the visitor's response on one page, drafts marked as such, to print or keep."""
    user, consultation = visitor(request, slug)
    context = {
        "consultation": consultation,
        "part": parts.of(user, consultation, standing(user))[0],
        "now": timezone.now(),
    }
    return render(request, "responses/printed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confidentiality(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a request that the response be kept confidential, and show what became of others."""
    user, consultation = visitor(request, slug)
    said = recommendations.mine(user, consultation)
    response = said.response
    if response is None:
        return typed.set_aside(request, slug) or redirect("responses.mine", slug=slug)
    may_ask = policy.signs_off(user, response)
    if request.method == "POST" and not may_ask:
        raise PermissionDenied
    problem = recommendations.other_name(request, user, said.membership, consultation)
    posted = request.POST if request.method == "POST" else None
    form = ConfidentialityForm(posted, initial=kept.restored(request))
    if request.method == "POST" and not problem and form.is_valid():
        try:
            participation.ask_confidentiality(
                response=response,
                reason=form.cleaned_data["reason"],
                user=user,
                at=database_now(),
            )
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            kept.forget(request)
            messages.success(request, _("We have your request. You are told what is decided."))
            return redirect("responses.confidentiality", slug=slug)
    requests = list(response.confidentiality_requests.all())
    waits = any(each.decided_at is None for each in requests)
    context = {
        "consultation": consultation,
        "requests": requests,
        "name": said.organisation,
        "whose": said.whose,
        "may_ask": may_ask,
        "form": None if not may_ask or (waits and not problem) else form,
        "problem": problem,
    }
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "responses/confidentiality.html", context, status=status)


def visitor(request: HttpRequest, slug: str) -> tuple[User, Consultation]:
    """Return who asks, and the consultation, which they may see; else 404."""
    user = people.person(request)
    return user, get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
