"""The front page, a consultation's page, and the preview of one that is not published."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from consultations import policy, publishing
from consultations.digests.final import is_to_come, standing_final
from consultations.models import Consultation, Permission, Recommendation, Stance, Tally, User
from consultations.models.beside import beside_recommendation
from consultations.models.question import asks as are_asked
from consultations.views import asked, documents, figures, official


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List what is open, what opens soon and what has closed."""
    now = timezone.now()
    user = request.user if isinstance(request.user, User) else None
    published = list(
        Consultation.objects.visible_to(user).filter(state=Consultation.State.PUBLISHED)
    )
    groups = {
        phase: [found for found in published if found.phase(now) == phase]
        for phase in Consultation.Phase
    }
    context = {
        "open": sorted(groups[Consultation.Phase.OPEN], key=lambda row: row.closes_at or now),
        "upcoming": sorted(
            groups[Consultation.Phase.UPCOMING], key=lambda row: row.opens_at or now
        ),
        "closed": groups[Consultation.Phase.CLOSED],
    }
    return render(request, "consultations/home.html", context)


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a consultation: its introduction, recommendations, dates and corrections."""
    user = request.user if isinstance(request.user, User) else None
    consultation = _visible(user, slug)
    sent = documents.first_sent(consultation, user)
    return render(request, "consultations/show.html", _page(consultation, user) | sent)


@login_not_required
@require_safe
def printed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything that is asked on one page, to print or to take to a committee."""
    user = request.user if isinstance(request.user, User) else None
    consultation = _visible(user, slug)
    asked = {"stances": Stance.choices, "permissions": Permission.choices}
    return render(request, "consultations/printed.html", _page(consultation, user) | asked)


@login_not_required
@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show a consultation before it is published, to whoever holds its preview link."""
    for consultation in documents.with_whole(Consultation.objects.filter(preview_token=token)):
        if constant_time_compare(consultation.preview_token, token):
            if consultation.state == Consultation.State.PUBLISHED:
                return redirect("consultations.show", slug=consultation.slug)
            return render(request, "consultations/preview.html", _page(consultation, None))
    raise Http404


def _visible(user: User | None, slug: str) -> Consultation:
    """Return a consultation that the user may see, with the documents about the whole of it."""
    return get_object_or_404(documents.with_whole(Consultation.objects.visible_to(user)), slug=slug)


def _page(consultation: Consultation, user: User | None) -> dict[str, object]:
    now = timezone.now()
    shown = policy.may_read_answers(user, consultation, now)
    phase = consultation.phase(now)
    closed = phase == consultation.Phase.CLOSED
    recommendations = list(
        Recommendation.objects.filter(consultation=consultation)
        .select_related("current")
        .annotate(asks=are_asked(), beside=beside_recommendation())
        .prefetch_related(Prefetch("tallies", queryset=Tally.objects.order_by("pk")))
        .order_by("number", "pk")
    )
    asks = any(row.asks for row in recommendations)
    steps = asked.steps(consultation, None) if asks else []
    rows: list[dict[str, Any]] = [
        {
            "recommendation": row,
            "figures": figures.of(row.tallies.all(), closed=closed) if shown else None,
            "questions": [step for step in steps if step.question.recommendation_id == row.pk],
            "documents": documents.of(row),
        }
        for row in recommendations
    ]
    final = standing_final(consultation) if shown and closed else None
    standing = official.standing_of(consultation, recommendations, user, now)
    for row in rows:
        row["official"] = standing.answers.get(row["recommendation"].pk)
    return {
        "consultation": consultation,
        "official": standing,
        "phase": phase,
        "rows": rows,
        "steps": steps,
        "general": [step for step in steps if step.question.recommendation_id is None],
        "documents": documents.of(consultation),
        "final": final,
        "final_to_come": shown and closed and final is None and is_to_come(consultation, now),
        "corrections": [
            {"correction": row, "changes": publishing.told(row.changes)}
            for row in consultation.corrections.all()
        ],
        "answers_shown": shown,
    }
