"""How the API answers: JSON with an ETag, open to every site, a fault as RFC 9457 has it."""

import json
import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page

from consultations.limits import address_range

View = Callable[..., HttpResponse]
# From one range of addresses, in each process of the site. Counted in its memory: reading never
# writes to the database.
MOST, WINDOW = 600, 60
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
    "Access-Control-Max-Age": "86400",
}
_METHODS = ("GET", "HEAD", "OPTIONS")


class RefusedError(Exception):
    """A question that has no answer: the status, and what is wrong with it in a sentence."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def door(view: Callable[..., dict[str, Any]]) -> View:
    """Make a view of a function that returns what is to be said.

    It answers GET and HEAD, and OPTIONS for browsers that ask first; 304 where the asker has the
    same already, 405 for another method, 429 where one range of addresses asks too often.
    """
    answering = conditional_page(_said(view))

    @login_not_required
    @wraps(view)
    def answered(request: HttpRequest, **named: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            found = HttpResponse(status=HTTPStatus.NO_CONTENT)
        elif request.method not in _METHODS:
            found = problem(HTTPStatus.METHOD_NOT_ALLOWED, "Only reading is possible here.")
        elif wait := _too_often(request):
            found = problem(HTTPStatus.TOO_MANY_REQUESTS, f"Ask again in {wait} seconds.")
            found["Retry-After"] = str(wait)
        else:
            found = answering(request, **named)
        if found.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            found["Allow"] = ", ".join(_METHODS)
        for name, value in _CORS.items():
            found[name] = value
        return found

    return answered


def problem(status: HTTPStatus, detail: str) -> HttpResponse:
    """Return a fault as a problem (RFC 9457)."""
    told = {"title": status.phrase, "status": status.value, "detail": detail}
    return HttpResponse(
        json.dumps(told), status=status.value, content_type="application/problem+json"
    )


def _said(view: Callable[..., dict[str, Any]]) -> View:
    def said(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            found = view(request, **named)
        except Http404:
            return problem(HTTPStatus.NOT_FOUND, "There is no such thing, or not in public.")
        except RefusedError as refused:
            return problem(refused.status, refused.detail)
        words = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        return HttpResponse(words, content_type="application/json")

    return said


def _too_often(request: HttpRequest) -> int:
    """Count the request; return for how many seconds its range of addresses is to wait."""
    now = int(time.time())
    cache = caches["requests"]
    key = f"api:{address_range(_address(request))}:{now // WINDOW}"
    cache.add(key, 0, WINDOW * 2)
    try:
        counted = cache.incr(key)
    except ValueError:  # it was culled in between
        counted = 1
    return WINDOW - now % WINDOW if counted > MOST else 0


def _address(request: HttpRequest) -> str:
    """The asker's address, by the proxies that are trusted, or "" where it is not told."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        return ""
