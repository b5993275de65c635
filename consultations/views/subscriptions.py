"""Everything that a person receives by e-mail, on one page that changes only what was clicked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consultations.digests import subscribe
from consultations.digests.subscribe import Followed, SubscribeError
from consultations.forms import SubscriptionForm
from consultations.mail import stopped
from consultations.models import User, database_now
from consultations.views.people import person


@dataclass
class _Row:
    """One consultation of the page; `overtaken` says that a later choice stands."""

    followed: Followed
    form: SubscriptionForm
    overtaken: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the visitor receives about each consultation, and keep what they change."""
    user = person(request)
    followed = subscribe.followed_by(user)
    rows = [_Row(each, _form(each)) for each in followed]
    if request.method == "POST":
        overtaken = _keep(user, followed, request.POST)
        if not overtaken:
            messages.success(request, _("Your choices are saved."))
            return redirect("subscriptions.mine")
        rows = [
            _Row(each, _form(each), overtaken.get(each.consultation.slug, ""))
            for each in subscribe.followed_by(user)
        ]
    told = any(row.overtaken for row in rows)
    context = {"rows": rows, "address": stopped.stopped(user), "overtaken": told, "person": user}
    return render(request, "subscriptions/mine.html", context, status=409 if told else 200)


@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Write to the visitor's address again, which the relay or they themselves had stopped."""
    if stopped.start_again(user=person(request)):
        messages.success(request, _("We write to your address again."))
    return redirect("subscriptions.mine")


def _form(followed: Followed, said: Mapping[str, Any] | None = None) -> SubscriptionForm:
    return SubscriptionForm.showing(followed.chosen, said, prefix=followed.consultation.slug)


def _keep(user: User, followed: list[Followed], said: Mapping[str, Any]) -> dict[str, str]:
    """Keep each choice that was clicked; return what was overtaken, by the consultation's slug."""
    overtaken: dict[str, str] = {}
    for each in followed:
        form = _form(each, said)
        if not form.is_valid() or not form.clicked:
            continue
        try:
            subscribe.choose(
                user=user,
                consultation=each.consultation,
                choice=form.cleaned_data["choice"],
                seen=form.cleaned_data["seen"],
                at=database_now(),
            )
        except SubscribeError as error:
            overtaken[each.consultation.slug] = str(error)
    return overtaken
