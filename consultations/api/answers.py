"""How the API answers: JSON with an ETag, open to every site, a fault as RFC 9457 has it."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page

from consultations.limits.asking import count

View = Callable[..., HttpResponse]
# From one range of addresses, by all processes of a host.
MOST, WINDOW = 600, 60
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, RateLimit, RateLimit-Policy, Retry-After",
    "Access-Control-Max-Age": "86400",
}
# Anybody may keep an answer, and asks by its ETag whether it is still so: what an author or a
# moderator takes back is in no copy that is a minute old.
_KEPT = "public, no-cache"
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
            del found["Content-Type"]
        elif request.method not in _METHODS:
            found = problem(HTTPStatus.METHOD_NOT_ALLOWED, "Only reading is possible here.")
            found["Allow"] = ", ".join(_METHODS)
        else:
            found = _limited(request, answering, named)
        for name, value in _CORS.items():
            found[name] = value
        return found

    return answered


def _limited(request: HttpRequest, answering: View, named: dict[str, Any]) -> HttpResponse:
    """Answer, or refuse where one range of addresses asks too often; say how often it still may.

    As the draft of the IETF on RateLimit fields has it (draft-ietf-httpapi-ratelimit-headers-10).
    """
    asked, wait = count("api", _address(request), WINDOW)
    if asked > MOST:
        found = problem(HTTPStatus.TOO_MANY_REQUESTS, f"Ask again in {wait} seconds.")
        found["Retry-After"] = str(wait)
    else:
        found = answering(request, **named)
        found["Cache-Control"] = _KEPT
    found["RateLimit-Policy"] = f'"api";q={MOST};w={WINDOW}'
    found["RateLimit"] = f'"api";r={max(MOST - asked, 0)};t={wait}'
    return found


def problem(status: HTTPStatus, detail: str) -> HttpResponse:
    """Return a fault as a problem (RFC 9457)."""
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
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


def _address(request: HttpRequest) -> str:
    """The asker's address, by the proxies that are trusted, or "" where it is not told."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        return ""
