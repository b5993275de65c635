"""What people do with all that is held about them: have a copy of it, or delete their account."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from consultations import accounts
from consultations.forms import EraseForm
from consultations.models import PersonalCopy, database_now
from consultations.views import people


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest) -> HttpResponse:
    """Offer a copy of what is held about the visitor; say how far it is."""
    user = people.person(request)
    if request.method == "POST":
        accounts.ask_copy(person=user, by=user, at=database_now())
        return redirect("personal.copy")
    kept = accounts.copy_for(person=user, by=user, at=database_now())
    return render(request, "personal/copy.html", {"copy": kept})


@require_safe
def fetch(request: HttpRequest) -> HttpResponse:
    """Hand out the copy that the visitor has asked for of what is held about them."""
    user = people.person(request)
    kept = accounts.copy_for(person=user, by=user, at=database_now())
    return handed_out(kept)


def handed_out(kept: PersonalCopy | None) -> HttpResponse:
    """Return a copy as a file to save; 404 where there is none, or not yet."""
    if kept is None or kept.content is None:
        raise Http404
    return HttpResponse(
        bytes(kept.content),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="what-we-hold.zip"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator] # allauth is not typed
def erase(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays, and delete the visitor's account once they have confirmed.

    Whoever has a password or a second factor gives it once more first.
    """
    user = people.person(request)
    said = request.POST if request.method == "POST" else None
    form = EraseForm(said, address=user.email, label_suffix="")
    context: dict[str, Any] = {"form": form, "status": 200}
    if request.method == "POST" and form.is_valid():
        try:
            accounts.erase(person=user, by=user, at=database_now())
        except accounts.ErasureRefused:
            context["status"] = 409  # the page names what stands in the way
        else:
            logout(request)
            return redirect("personal.erased")
    context |= {"counts": accounts.count(user), "refusals": accounts.refusals(user)}
    status = 422 if form.errors else context["status"]
    return render(request, "personal/erase.html", context, status=status)


@login_not_required
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Say that the account is deleted, and what happens within the hour."""
    return render(request, "personal/erased.html")
