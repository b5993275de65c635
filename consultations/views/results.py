"""The results of a consultation: counted by a worker, read here as one row."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations.models import ExpectedShare, Results
from consultations.results.render import page
from consultations.views.digests import readable


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who answered and what they think, to whoever may read the answers now."""
    now = timezone.now()
    consultation = readable(request, slug, now)
    counted = Results.objects.filter(consultation=consultation, figures__isnull=False).first()
    expected = ExpectedShare.objects.filter(consultation=consultation).select_related("region")
    figures = counted.figures if counted else None
    context = {
        "consultation": consultation,
        "public": consultation.shows_answers(now),
        "closed": consultation.phase(now) == consultation.Phase.CLOSED,
        "counted_at": counted.counted_at if counted else None,
        "results": page(consultation, figures, expected) if figures else None,
    }
    return render(request, "results/show.html", context)
