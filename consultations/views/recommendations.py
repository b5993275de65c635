"""A recommendation's page: its text, what others say, the form, and the published comments."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consultations import policy, search
from consultations.forms import AnswerForm, new_key
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Recommendation,
    Response,
    StatementTimestamp,
    User,
)
from consultations.organisations import standing
from consultations.participation import response_of
from consultations.views import figures, reading, typed


@dataclass(frozen=True)
class Mine:
    """What the visitor has said so far in this consultation."""

    response: Response | None
    comments: dict[int, Comment]
    organisation: str
    for_organisation: bool


def visible(user: User | None, slug: str, number: int) -> tuple[Recommendation, datetime]:
    """Return a recommendation that the user may see, and the database's instant; else 404."""
    recommendation = get_object_or_404(
        Recommendation.objects.filter(
            consultation__in=Consultation.objects.visible_to(user).filter(slug=slug), number=number
        )
        .select_related("consultation", "current__correction")
        .annotate(now=StatementTimestamp())
    )
    return recommendation, recommendation.now  # type: ignore[attr-defined]


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show the recommendation with an empty form, or with what the visitor sent or typed."""
    user = request.user if isinstance(request.user, User) else None
    recommendation, now = visible(user, slug, number)
    return page(request, recommendation, now)


def page(
    request: HttpRequest,
    recommendation: Recommendation,
    now: datetime,
    *,
    form: AnswerForm | None = None,
    problem: str = "",
    other: CommentVersion | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page; `problem` and `other` say why a comment was not taken, and what stands."""
    user = request.user if isinstance(request.user, User) else None
    consultation = recommendation.consultation
    said = mine(user, consultation)
    kept = typed.kept(request, recommendation) if form is None else None
    tallies = search.tallies(recommendation, user, now)
    read = reading.of(request, recommendation, user, now, tallies)
    answers_shown = policy.may_read_answers(user, consultation, now)
    context = {
        "consultation": consultation,
        "recommendation": recommendation,
        "phase": consultation.phase(now),
        "form": form or _form(recommendation, said, kept),
        "kept": kept,
        "problem": problem,
        "other": other,
        "mine": said,
        "comment": said.comments.get(recommendation.pk),
        "others": list(consultation.recommendations.order_by("number", "pk")),
        "answers_shown": answers_shown,
        "staff_only": answers_shown and not consultation.shows_answers(now),
        "figures": figures.of(tallies),
        "reading": read,
    }
    status = 422 if read.form.errors and status == 200 else status
    return render(request, "recommendations/show.html", context, status=status)


def mine(user: User | None, consultation: Consultation) -> Mine:
    """Return the visitor's response and its comments by recommendation (two or three queries)."""
    if user is None:
        return Mine(None, {}, "", for_organisation=False)
    response = response_of(user, consultation)
    if response is None:
        membership = standing(user)
        name = membership.organisation.name if membership else ""
        return Mine(None, {}, name, for_organisation=bool(membership))
    return Mine(
        response,
        said_in(response),
        response.organisation_name,
        for_organisation=response.for_organisation,
    )


def said_in(response: Response) -> dict[int, Comment]:
    """Return a response's comments by recommendation, with whether a change of each waits."""
    waiting = Case.objects.waiting().filter(comment=OuterRef("pk"))
    rows = response.comments.select_related(
        "submitted_version", "public_version", "reason"
    ).annotate(change_waits=Exists(waiting))
    return {row.recommendation_id: row for row in rows}


def _form(recommendation: Recommendation, said: Mine, kept: dict[str, str] | None) -> AnswerForm:
    comment = said.comments.get(recommendation.pk)
    latest = comment.submitted_version if comment else None
    current = recommendation.current
    initial: dict[str, object] = {
        "key": new_key(),
        "based_on": latest.number if latest else 0,
        "answering": current.number if current else 0,
        "notices": recommendation.consultation.notices(),
    }
    if latest:
        initial |= {"stance": latest.stance, "text": latest.text, "permission": latest.permission}
    elif said.response:
        initial["permission"] = said.response.permission
    initial |= kept or {}
    return AnswerForm(initial=initial, organisation=said.for_organisation)
