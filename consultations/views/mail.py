"""Leaving a consultation's mail: the one page that works without log-in, cookie or CSRF token."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consultations.mail import unsubscribe as leaving
from consultations.models import Subscription, database_now

Choice = Subscription.Choice


@login_not_required
@csrf_exempt  # the token in the address is the right to do this; mail programs send no other
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link would stop (GET), or stop it (POST; one-click: RFC 8058)."""
    subscription = leaving.find(token)
    if subscription is None:
        raise Http404
    if request.method != "POST":
        return _page(request, "mail/unsubscribe.html", subscription)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        leaving.stop(token=token, at=database_now())
        return HttpResponse(_("You will get no more of these e-mails.\n"), "text/plain")
    return _choose(request, token)


def _choose(request: HttpRequest, token: str) -> HttpResponse:
    """Do what one of the page's two buttons says; where it cannot be, show what stands."""
    choice, now = request.POST.get("choice", ""), database_now()
    if choice == Choice.NOTHING:
        return _page(request, "mail/unsubscribe_done.html", leaving.stop(token=token, at=now))
    if choice != Choice.MILESTONES:
        return HttpResponseBadRequest(_("Nothing was changed.\n"), content_type="text/plain")
    seen = request.POST.get("seen", "")
    try:
        chosen = leaving.less_often(token=token, seen=seen, at=now)
    except leaving.LeavingError as error:
        shown = leaving.find(token)
        return _page(request, "mail/unsubscribe.html", shown, refused=str(error), status=409)
    return _page(request, "mail/unsubscribe_done.html", chosen)


def _page(
    request: HttpRequest,
    template: str,
    subscription: Subscription | None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    if subscription is None:
        raise Http404
    context: dict[str, Any] = {
        "consultation": subscription.consultation,
        "choice": subscription.choice,
        "complained_at": subscription.complained_at,
        "seen": subscription.stamp,
        "refused": refused,
        "action": request.path,
    }
    return render(request, template, context, status=status)
