"""The pages of the demonstration alone: every mail that left, and the change of person."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from portal.demo.outbox import Mail, mails
from portal.demo.outbox import mail as find_mail
from portal.demo.people import person

PAGE = 50
NEWEST = 10**9
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Mail programs allow a mail its own styles, and so does this one answer; nothing else loads.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)


@require_safe
@login_not_required
def outbox(request: HttpRequest) -> HttpResponse:
    """List the mails that left, newest first."""
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NEWEST
    found = mails(_folder(), before=before, limit=PAGE + 1)
    older = found[PAGE - 1].number if len(found) > PAGE else None
    return render(request, "demo/outbox.html", {"mails": found[:PAGE], "older": older})


@require_safe
@login_not_required
def mail(request: HttpRequest, number: int) -> HttpResponse:
    """Show one mail, both its parts."""
    return render(request, "demo/mail.html", {"mail": _mail(number)})


@require_safe
@login_not_required
@xframe_options_sameorigin
def mail_html(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with a mail's HTML part, for the frame on its page."""
    headers = {"Content-Security-Policy": FRAME_POLICY}
    return HttpResponse(_mail(number).framed, headers=headers)


@require_POST
@login_not_required
def become(request: HttpRequest) -> HttpResponse:
    """Log in as a person of the sample, and go where that person works."""
    chosen = person(request.POST.get("email", ""))
    if chosen is None:
        raise Http404
    user = get_user_model().objects.filter(email=chosen.email).first()
    if user is None:
        messages.error(request, _("This demonstration was started without its sample people."))
        return redirect(_way_back(request))
    login(request, user, backend=BACKEND)
    if chosen.part in {"moderator", "officer"}:
        return redirect("admin:index")
    return redirect(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    """Return the page that the person left, unless it is the admin's, which respondents lack."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe and not target.startswith("/admin") else "/"


def _mail(number: int) -> Mail:
    found = find_mail(_folder(), number)
    if found is None:
        raise Http404
    return found


def _folder() -> Path:
    return Path(settings.DEMO_OUTBOX)
