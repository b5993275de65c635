"""The public archive of editions, and what a reader chooses to receive."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import policy
from consultations.digests import subscribe
from consultations.digests.due import next_edition_at
from consultations.digests.render import period_of, upcoming, view
from consultations.forms import SubscriptionForm
from consultations.mail.stopped import stopped
from consultations.models import Consultation, Edition, User, database_now


@login_not_required
@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """List a consultation's editions, newest first."""
    now = timezone.now()
    consultation = readable(request, slug, now)
    numbers = consultation.editions.order_by("-number", "pk").values_list("number", "period")
    context = {
        "consultation": consultation,
        "public": consultation.shows_answers(now),
        "editions": [
            {"number": number, "period": period_of(period.lower, period.upper)}
            for number, period in numbers
        ],
        "upcoming": upcoming(next_edition_at(consultation, now), consultation),
    }
    return render(request, "digests/index.html", context)


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one edition: frozen figures, and the quotations that still stand."""
    now = timezone.now()
    consultation = readable(request, slug, now)
    edition = get_object_or_404(Edition, consultation=consultation, number=number)
    others = consultation.editions.filter(number__in=[number - 1, number + 1])
    there = set(others.values_list("number", flat=True))
    context = {
        "consultation": consultation,
        "public": consultation.shows_answers(now),
        "edition": view(edition),
        "earlier": number - 1 if number - 1 in there else None,
        "later": number + 1 if number + 1 in there else None,
    }
    return render(request, "digests/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and keep what the visitor wants by e-mail; nothing is chosen beforehand."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    chosen = subscribe.chosen_by(user, consultation)
    said = request.POST if request.method == "POST" else None
    form = SubscriptionForm.showing(chosen, said)
    overtaken = ""
    if said is not None and form.is_valid():
        choice, seen = form.cleaned_data["choice"], form.cleaned_data["seen"]
        now = database_now()
        try:
            subscribe.choose(user=user, consultation=consultation, choice=choice, seen=seen, at=now)
        except subscribe.SubscribeError as error:
            overtaken = str(error)
            chosen = subscribe.chosen_by(user, consultation)
            form = SubscriptionForm.showing(chosen)
        else:
            messages.success(request, _("Your choice is saved."))
            return redirect("digests.settings", slug=slug)
    context = {
        "consultation": consultation,
        "form": form,
        "subscription": chosen,
        "overtaken": overtaken,
        "address": stopped(user),
        "upcoming": upcoming(next_edition_at(consultation, timezone.now()), consultation),
    }
    status = 409 if overtaken else 422 if form.errors else 200
    return render(request, "digests/settings.html", context, status=status)


def readable(request: HttpRequest, slug: str, at: datetime) -> Consultation:
    """Return the consultation whose answers the visitor may read now; else it does not exist."""
    user = request.user if isinstance(request.user, User) else None
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    if not policy.may_read_answers(user, consultation, at):
        raise Http404
    return consultation
