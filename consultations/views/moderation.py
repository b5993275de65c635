"""How a consultation is moderated, in public: the rules, the figures, and how to appeal."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations import policy
from consultations.models import Consultation, Reason, User
from consultations.models.appeal import DAYS
from consultations.moderation import figures


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show for what reasons something is not published, and how often that was decided.

    The figures come with the answers: before, they would tell how many there are.
    """
    user = request.user if isinstance(request.user, User) else None
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    now = timezone.now()
    shown = policy.may_read_answers(user, consultation, now)
    context = {
        "consultation": consultation,
        "public": consultation.shows_answers(now),
        "reasons": list(Reason.objects.filter(retired=False)),
        "days": DAYS,
        "told": figures.so_far(consultation.pk) if shown else None,
    }
    return render(request, "moderation/show.html", context)
