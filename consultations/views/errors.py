"""What is shown when something goes wrong; whatever was typed stays on the page."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

# What a respondent has typed, and nothing else: an error page repeats no password and no field
# of another form, lest somebody else's words be sent with a click.
KEPT = (
    *("stance", "text", "permission", "key", "based_on", "answering", "draft", "whose", "notices"),
)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer alike for what does not exist and for what may not be seen."""
    return render(request, "errors/404.html", status=404)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this is not allowed."""
    return render(request, "errors/403.html", status=403)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be read."""
    return HttpResponse(render_to_string("errors/400.html"), status=400)


@login_not_required
@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Keep what was typed when the page was too old, or cookies are off.

    The form is offered again only where the browser says that it was ours.
    """
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    context = {"typed": _typed(request), "action": request.path if ours else ""}
    return render(request, "errors/403_csrf.html", context, status=403)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 where the database is away, else 500; neither page touches the database."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    context = {
        "typed": _typed(request),
        "action": request.path,
        "token": request.POST.get("csrfmiddlewaretoken", ""),
        "away": away,
    }
    status = 503 if away else 500
    response = HttpResponse(render_to_string("errors/500.html", context), status=status)
    if away:
        response["Retry-After"] = "30"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what a comment's form held; nothing of any other form."""
    match = request.resolver_match
    if match is None or match.view_name not in {"comments.post", "drafts.save"}:
        return []
    return [(name, request.POST[name]) for name in KEPT if name in request.POST]
