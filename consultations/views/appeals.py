"""Appealing against a moderator's decision: made once, in the author's words, and followed."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consultations import policy
from consultations.forms import TidyField, kept
from consultations.models import Consultation, Decision, Response, User, database_now
from consultations.models.appeal import AGAINST, ends_at, last_day
from consultations.moderation import appealable, appeals
from consultations.moderation.appeals import AppealError
from consultations.views import responses


class AppealForm(forms.Form):
    """Why the author thinks that the decision is wrong."""

    words = TidyField(
        label=gettext_lazy("Why is our decision wrong?"),
        limit=appeals.MOST_WORDS,
        lines=True,
        help_text=gettext_lazy(
            "Say it in your own words, up to 3,000 characters. Only moderators read it."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "data-limit": appeals.MOST_WORDS}),
        error_messages={"required": gettext_lazy("Write why our decision is wrong.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    """Ask why the decision is wrong; what was appealed against already is shown."""
    consultation, against, response, user = _own(request, slug, decision)
    # What a colleague wrote meanwhile is not lost to the one who came second.
    if appealable.appeal_of(against) is not None and not request.POST.get("words"):
        return redirect("appeals.show", slug=slug, decision=decision)
    may_appeal = policy.signs_off(user, response)
    if request.method == "POST" and not may_appeal:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = AppealForm(posted, initial=kept.restored(request))
    status, problem = 422 if form.errors else 200, ""
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            appeals.make(decision=against, words=words, by=user, at=database_now())
        except AppealError as error:
            status, problem = 409, str(error)
        else:
            kept.forget(request)
            return redirect("appeals.show", slug=slug, decision=decision)
    context = {
        "consultation": consultation,
        "decision": against,
        "removed": appealable.words_removed(against),
        "phase": consultation.phase(timezone.now()),
        "may_appeal": may_appeal,
        "over": timezone.now() >= ends_at(against),
        "stands": appealable.stands(against),
        "last_day": last_day(against),
        "form": form,
        "problem": problem,
    }
    return render(request, "appeals/make.html", context, status=status)


@require_safe
def show(request: HttpRequest, slug: str, decision: int) -> HttpResponse:
    """Show an appeal to who made it: that it is here, how long it waits, and how it ended."""
    consultation, against, _response, _user = _own(request, slug, decision)
    appeal = appealable.appeal_of(against)
    if appeal is None:
        return redirect("appeals.make", slug=slug, decision=decision)
    context = {
        "consultation": consultation,
        "decision": against,
        "removed": appealable.words_removed(against),
        "appeal": appeal,
        "target": consultation.target_days,
    }
    return render(request, "appeals/show.html", context)


def _own(
    request: HttpRequest, slug: str, decision: int
) -> tuple[Consultation, Decision, Response, User]:
    """Return a decision about what the visitor, or their organisation, has said here; else 404."""
    user, consultation = responses.visitor(request, slug)
    found = Decision.objects.filter(
        pk=decision, case__consultation=consultation, verb__in=AGAINST
    ).select_related(*appealable.ABOUT)
    against = found.first()
    subject = (against.case.comment or against.case.document) if against else None
    response = subject.response if subject else None
    if against is None or response is None or not policy.speaks_for(user, response):
        raise Http404
    return consultation, against, response, user
