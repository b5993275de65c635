"""The results of a consultation: counted by a worker, read here as one row."""

from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
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
    counted = Results.objects.readable().filter(consultation=consultation).first()
    expected = ExpectedShare.objects.filter(consultation=consultation).select_related("region")
    figures = counted.figures if counted else None
    closed = consultation.phase(now) == consultation.Phase.CLOSED
    context = {
        "consultation": consultation,
        "public": consultation.shows_answers(now),
        "closed": closed,
        "final": standing_final(consultation) if closed else None,
        "counted_at": counted.counted_at if counted else None,
        "results": page(consultation, figures, expected) if figures else None,
    }
    return render(request, "results/show.html", context)


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
