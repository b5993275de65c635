"""What a form's reader typed, kept where the form could not be taken: an error, or a log-out.

What is typed on a recommendation before anybody logs in has a place of its own, `views.typed`.
"""

from collections.abc import Mapping

from django.http import HttpRequest

ANSWER = (
    "stance",
    "text",
    "permission",
    "key",
    "based_on",
    "answering",
    "draft",
    "whose",
    "notices",
)
# What a respondent has typed, by view, and nothing else: no page repeats a password, or a field of
# another form, lest somebody else's words be sent with a click.
FORMS: Mapping[str, tuple[str, ...]] = {
    "comments.post": ANSWER,
    "drafts.save": ANSWER,
    "reports.make": ("why", "words"),
    "appeals.make": ("words",),
    "questions.answer": ("chosen", "text", "why", "based_on", "draft", "whose"),
    "responses.confidentiality": ("reason", "whose"),
    "sign_off.state": ("represents", "consulted", "outcome", "body", "expected_on", "whose"),
    "desk.notes": ("text", "whose"),
}
# Fields in which people write at length: these are shown, the others travel hidden.
WRITTEN: Mapping[str, frozenset[str]] = {
    "comments.post": frozenset({"text"}),
    "drafts.save": frozenset({"text"}),
    "reports.make": frozenset({"words"}),
    "appeals.make": frozenset({"words"}),
    "questions.answer": frozenset({"text", "why"}),
    "responses.confidentiality": frozenset({"reason"}),
    "sign_off.state": frozenset({"represents", "consulted", "body"}),
    "desk.notes": frozenset({"text"}),
}
KEY = "kept"


def typed(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Return what this form holds: each field's name, its value, and whether people write it."""
    match = request.resolver_match
    view = match.view_name if match else ""
    return [
        (name, value, name in WRITTEN[view])
        for name in FORMS.get(view, ())
        for value in request.POST.getlist(name)
    ]


def keep(request: HttpRequest) -> None:
    """Keep what this form holds in the session, for the same page once its reader is logged in."""
    said = {name: value for name, value, _written in typed(request)}
    if said:
        request.session[KEY] = {"path": request.path, "said": said}


def restored(request: HttpRequest) -> dict[str, str]:
    """Return what was kept for this page, or nothing; makes no session and changes none."""
    kept = request.session.get(KEY, {}) if request.session.session_key else {}
    said: dict[str, str] = kept.get("said", {}) if kept.get("path") == request.path else {}
    return said


def forget(request: HttpRequest) -> None:
    """Drop what was kept for this page, once it is sent."""
    if restored(request):
        del request.session[KEY]
