"""An organisation's page: what it says in one consultation, recommendation by recommendation."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultations.models import Comment, Consultation, Document, User
from consultations.models.documents import DocumentQuerySet


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str, organisation: str) -> HttpResponse:
    """Show the comments that carry the organisation's name; 404 where the reader may see none.

    There is at most one for each recommendation. The name is the one that they carry.
    """
    user = request.user if isinstance(request.user, User) else None
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    comments = (
        Comment.objects.visible_to(user, timezone.now())
        .with_signatures()
        .select_related("recommendation__current__correction")
        .filter(
            recommendation__consultation=consultation,
            response__organisation__reference=organisation,
            response__for_organisation=True,
            signed=True,
        )
        .order_by("recommendation__number", "pk")
    )
    found = list(comments)
    if not found:
        raise Http404
    context = {
        "consultation": consultation,
        "comments": found,
        "first": found[0],
        "sent": [each for each in _sent(found[0]) if each.signature],
    }
    return render(request, "organisations/show.html", context)


def _sent(comment: Comment) -> DocumentQuerySet:
    """Return the evidence of the response that a comment, which the reader may see, is part of."""
    return Document.objects.public().filter(response=comment.response_id)
