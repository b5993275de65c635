"""My response: each comment's state, and the reason where one was rejected."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations import participation
from consultations.models import Consultation, Recommendation, Response, Subscription
from consultations.views import people, recommendations


@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the visitor, and their organisation, have said in this consultation."""
    user = people.person(request)
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    asked = list(consultation.recommendations.select_related("current").order_by("number", "pk"))
    found = participation.responses_of(user, consultation)
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "responses": [
            {"response": each, "current": place == 0, "rows": _rows(each, asked)}
            for place, each in enumerate(found or [None])
        ],
        "subscription": Subscription.objects.filter(user=user, consultation=consultation).first(),
    }
    return render(request, "responses/mine.html", context)


def _rows(response: Response | None, asked: list[Recommendation]) -> list[dict[str, object]]:
    said = recommendations.said_in(response) if response else {}
    return [{"recommendation": row, "comment": said.get(row.pk)} for row in asked]
