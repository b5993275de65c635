"""Saving an answer without sending it, by its button or by the page itself; throwing it away."""

import re
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations import participation
from consultations.forms import AnswerForm
from consultations.models import User
from consultations.models.clock import moment
from consultations.organisations import standing
from consultations.views import onward, people, recommendations, typed


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Save what was written, and go on to what is not answered yet.

    Whoever is not logged in is asked to, and finds the words again. A page that saves by itself
    asks for JSON, and is told the draft's stamp.
    """
    user = request.user if isinstance(request.user, User) else None
    recommendation, now = recommendations.visible(user, slug, number)
    if request.method != "POST":
        return redirect("recommendations.show", slug=slug, number=number)
    if user is None or not user.profile_complete:
        return typed.ask_first(request, recommendation)
    membership = standing(user)
    organisation = recommendations.for_organisation(request, user, membership, recommendation)
    form = AnswerForm(request.POST, organisation=organisation, saving=True)
    by_itself = request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        if by_itself:
            return unsaved(form)
        return recommendations.page(request, recommendation, now, form=form, status=422)
    try:
        recommendations.refuse_other_name(
            user, membership, recommendation.consultation, form.cleaned_data["whose"]
        )
        draft = participation.save_draft(
            user=user,
            membership=membership,
            recommendation=recommendation,
            said=form.unsent(),
            at=now,
        )
    except participation.ParticipationError as error:
        if by_itself:
            problem = _("%(why)s Press “Save and go on” to see both.") % {"why": error}
            return told(HTTPStatus.CONFLICT, problem=problem)
        return recommendations.refused(request, recommendation, form, error)
    typed.forget(request, recommendation)
    if by_itself:
        return told(draft=str(draft.stamp), said=_("Saved at %s.") % moment(draft.written_at))
    return onward.saved(request, user, recommendation)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask first, then throw the draft away."""
    user = people.person(request)
    recommendation, _now = recommendations.visible(user, slug, number)
    mine = recommendations.mine(user, recommendation.consultation)
    draft = mine.drafts.get(recommendation.pk)
    if draft is None:
        return redirect("responses.mine", slug=slug)
    problem = ""
    if request.method == "POST":
        try:
            participation.discard(draft=draft, over=stamp(request.POST.get("draft", "")))
        except participation.ConflictError as error:
            problem = str(error)
        else:
            messages.success(request, _("Your draft is thrown away. What you sent stays sent."))
            return redirect("responses.mine", slug=slug)
    context = {
        "consultation": recommendation.consultation,
        "recommendation": recommendation,
        "draft": draft,
        "name": mine.organisation,
        "problem": problem,
    }
    return render(request, "drafts/discard.html", context, status=409 if problem else 200)


def stamp(text: str) -> UUID | None:
    """Return the stamp that a form names, None where it names none."""
    return UUID(text) if re.fullmatch("[0-9a-f-]{36}", text) else None


def unsaved(form: Form) -> JsonResponse:
    """Tell a page that saves by itself why it could not."""
    found = [each for errors in form.errors.values() for each in errors]
    problem = _("Not saved: %(why)s") % {"why": found[0]}
    return told(HTTPStatus.UNPROCESSABLE_ENTITY, problem=problem)


def told(status: HTTPStatus = HTTPStatus.OK, **what: object) -> JsonResponse:
    """Answer a page that saves by itself."""
    return JsonResponse(what, status=status)
