"""My response: each comment's state, and the reason where one was rejected."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations.models import Consultation, Subscription, User
from consultations.views import recommendations


@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the visitor, or their organisation, has said in this consultation."""
    user = request.user if isinstance(request.user, User) else None
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    said = recommendations.mine(user, consultation)
    rows = [
        {"recommendation": row, "comment": said.comments.get(row.pk)}
        for row in consultation.recommendations.select_related("current").order_by("number", "pk")
    ]
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "response": said.response,
        "rows": rows,
        "subscription": Subscription.objects.filter(user=user, consultation=consultation).first(),
    }
    return render(request, "responses/mine.html", context)
