"""What was typed before log-in, kept in the session until it is sent."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.forms import kept as forms
from consultations.models import Question, Recommendation

KEY = "typed"
FIELDS = ("stance", "text", "permission", "chosen", "why")
# A session holds the words of the last few recommendations and questions.
MOST = 20


def keep(request: HttpRequest, on: Recommendation | Question) -> None:
    """Keep what this form says; several choices stand in one text, parted by commas."""
    said = {name: ",".join(request.POST.getlist(name)) for name in FIELDS if name in request.POST}
    stored = request.session.get(KEY, {})
    others = {key: words for key, words in stored.items() if key != _key(on)}
    request.session[KEY] = {**dict(list(others.items())[-MOST:]), _key(on): said}


def ask_first(request: HttpRequest, on: Recommendation | Question) -> HttpResponse:
    """Keep what this form says, ask the visitor who they are, and bring them back to it."""
    keep(request, on)
    about_you = f"{reverse('people.about_you')}?{urlencode({'next': _page(on)})}"
    if request.user.is_authenticated:
        return redirect(about_you)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': about_you})}")


def set_aside(request: HttpRequest, slug: str) -> HttpResponse | None:
    """Keep what was typed in a name that its author writes in no more, and say where it waits.

    None where nothing was typed.
    """
    if not any(value for _name, value, written in forms.typed(request) if written):
        return None
    forms.keep(request)
    messages.warning(
        request,
        _(
            "This was not saved: you write in another name now. If you change back, you find your "
            "words on the page where you wrote them."
        ),
    )
    return redirect("responses.mine", slug=slug)


def where(request: HttpRequest) -> str:
    """Return the address of the page where the words typed last wait, or "".

    Whoever signs up by another link than the one offered still gets back to their words.
    """
    stored = request.session.get(KEY, {}) if request.session.session_key else {}
    last = next(iter(reversed(stored)), "")
    if not last:
        return ""
    model = Question if last.startswith("q") else Recommendation
    rows = model._default_manager.filter(pk=last.removeprefix("q"))
    found = rows.select_related("consultation").first()
    return _page(found) if found else ""


def kept(request: HttpRequest, on: Recommendation | Question) -> dict[str, str] | None:
    """Return what was kept for this page, if anything; makes no session."""
    if not request.session.session_key:
        return None
    said: dict[str, str] | None = request.session.get(KEY, {}).get(_key(on))
    return {name: value for name, value in said.items() if value} if said else None


def forget(request: HttpRequest, on: Recommendation | Question) -> None:
    """Drop what was kept, once it is sent."""
    stored = request.session.get(KEY, {}) if request.session.session_key else {}
    if _key(on) in stored:
        request.session[KEY] = {key: value for key, value in stored.items() if key != _key(on)}


def _key(on: Recommendation | Question) -> str:
    return f"q{on.pk}" if isinstance(on, Question) else str(on.pk)


def _page(on: Recommendation | Question) -> str:
    """Return the address of the form, on its page."""
    name = "questions.answer" if isinstance(on, Question) else "recommendations.show"
    return f"{reverse(name, args=[on.consultation.slug, on.number])}#answer"
