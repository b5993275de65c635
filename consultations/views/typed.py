"""What was typed before log-in, kept in the session until it is sent."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from consultations.models import Recommendation

KEY = "typed"
FIELDS = ("stance", "text", "permission")
# A session holds the words of the last few recommendations.
MOST = 20


def keep(request: HttpRequest, recommendation: Recommendation) -> None:
    """Keep what this form says."""
    said = {name: request.POST.get(name, "") for name in FIELDS}
    stored = request.session.get(KEY, {})
    others = {key: words for key, words in stored.items() if key != str(recommendation.pk)}
    request.session[KEY] = {**dict(list(others.items())[-MOST:]), str(recommendation.pk): said}


def ask_first(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Keep what this form says, ask the visitor who they are, and bring them back to it."""
    keep(request, recommendation)
    path = reverse(
        "recommendations.show", args=[recommendation.consultation.slug, recommendation.number]
    )
    about_you = f"{reverse('people.about_you')}?{urlencode({'next': f'{path}#answer'})}"
    if request.user.is_authenticated:
        return redirect(about_you)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': about_you})}")


def where(request: HttpRequest) -> str:
    """Return the address of the page where the words typed last wait, or "".

    Whoever signs up by another link than the one offered still gets back to their words.
    """
    stored = request.session.get(KEY, {}) if request.session.session_key else {}
    last = Recommendation.objects.filter(pk__in=list(stored)[-1:]).select_related("consultation")
    for found in last:
        path = reverse("recommendations.show", args=[found.consultation.slug, found.number])
        return f"{path}#answer"
    return ""


def kept(request: HttpRequest, recommendation: Recommendation) -> dict[str, str] | None:
    """Return what was kept for this recommendation, if anything; makes no session."""
    if not request.session.session_key:
        return None
    said: dict[str, str] | None = request.session.get(KEY, {}).get(str(recommendation.pk))
    return {name: value for name, value in said.items() if value} if said else None


def forget(request: HttpRequest, recommendation: Recommendation) -> None:
    """Drop what was kept, once it is sent."""
    stored = request.session.get(KEY, {}) if request.session.session_key else {}
    if str(recommendation.pk) in stored:
        request.session[KEY] = {
            key: value for key, value in stored.items() if key != str(recommendation.pk)
        }
