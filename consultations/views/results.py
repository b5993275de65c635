"""The results of a consultation: counted by a worker, read here as one row."""

from datetime import datetime
from functools import lru_cache

from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from consultations.digests.final import standing_final
from consultations.models import Consultation, ExpectedShare, Results
from consultations.results.render import page
from consultations.views.digests import readable

FRAMED = {"frame-ancestors": ["*"], "script-src": ["'none'"], "form-action": ["'none'"]}


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who answered and what they think, to whoever may read the answers now."""
    now = timezone.now()
    consultation = readable(request, slug, now)
    counted = Results.objects.readable().filter(consultation=consultation).defer("figures").first()
    public = consultation.shows_answers(now)
    closed = consultation.phase(now) == consultation.Phase.CLOSED
    figures = ""
    if counted is not None:
        shares = ExpectedShare.objects.filter(consultation=consultation)
        figures = _figures(
            counted.pk,
            counted.counted_at,
            tuple(shares.values_list("kind", "region", "percent")),
            (consultation.slug, consultation.title, consultation.owner, consultation.visibility),
            public=public,
            closed=closed,
            language=get_language(),
        )
    context = {
        "consultation": consultation,
        "public": public,
        "closed": closed,
        "final": standing_final(consultation) if closed else None,
        "figures": figures,
    }
    return render(request, "results/show.html", context)


@lru_cache(maxsize=32)
def _figures(
    key: int, counted_at: datetime, *told: object, public: bool, closed: bool, language: str
) -> SafeString:
    """Render the figures once for each count: numbers, nobody's words, the same for every reader.

    `told` and `language` are what else stands in them, so that a change of it renders them anew.
    """
    counted = Results.objects.readable().select_related("consultation").get(pk=key)
    consultation, figures = counted.consultation, counted.figures or {}
    expected = ExpectedShare.objects.filter(consultation=consultation).select_related("region")
    context = {
        "consultation": consultation,
        "public": public,
        "closed": closed,
        "counted_at": counted_at,
        "results": page(consultation, figures, expected),
    }
    return render_to_string("results/figures.html", context)


@login_not_required
@require_safe
@xframe_options_exempt
@csp_replace(FRAMED)  # type: ignore[arg-type]  # typed for views without a part in their address
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the results in little, for other sites to put in a frame: what everybody may read.

    Whoever is logged in sees the same: another site's page is no place for more.
    """
    now = timezone.now()
    consultation = get_object_or_404(Consultation.objects.visible_to(None), slug=slug)
    if not consultation.shows_answers(now):
        raise Http404
    counted = get_object_or_404(Results.objects.readable(), consultation=consultation)
    context = {
        "consultation": consultation,
        "counted_at": counted.counted_at,
        "results": page(consultation, counted.figures or {}, tables=False),
    }
    return render(request, "results/card.html", context)
