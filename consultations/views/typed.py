"""What was typed before log-in, kept in the session until it is sent."""

from django.http import HttpRequest
from django.urls import reverse

from consultations.models import Recommendation

KEY = "typed"
FIELDS = ("stance", "text", "permission")
# A session holds the words of a few recommendations, and no more than a form takes.
MOST = 20
MOST_CHARACTERS = 20_000


def keep(request: HttpRequest, recommendation: Recommendation) -> None:
    """Keep what this form says."""
    said = {name: request.POST.get(name, "")[:MOST_CHARACTERS] for name in FIELDS}
    stored = dict(list(request.session.get(KEY, {}).items())[-MOST:])
    # PostgreSQL's text holds no NUL; the form refuses it when it is sent in earnest.
    clean = {name: value.replace("\x00", "") for name, value in said.items()}
    request.session[KEY] = {**stored, str(recommendation.pk): clean}


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
