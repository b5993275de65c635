"""Sending, amending and withdrawing a comment; its receipt and its permanent address."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from consultations import participation, policy
from consultations.forms import AnswerForm, SubscriptionForm
from consultations.models import (
    Case,
    Comment,
    Recommendation,
    Response,
    Subscription,
    User,
    database_now,
)
from consultations.organisations import standing
from consultations.views import asked, official, people, recommendations, typed


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a comment. Whoever is not logged in is asked to, and finds the words again."""
    user = request.user if isinstance(request.user, User) else None
    recommendation, now = recommendations.visible(user, slug, number)
    if request.method != "POST":
        return redirect("recommendations.show", slug=slug, number=number)
    if user is None or not user.profile_complete:
        return typed.ask_first(request, recommendation)
    membership = standing(user)
    organisation = recommendations.for_organisation(request, user, membership, recommendation)
    form = AnswerForm(request.POST, organisation=organisation)
    if not form.is_valid():
        return recommendations.page(request, recommendation, now, form=form, status=422)
    try:
        recommendations.refuse_other_name(
            user, membership, recommendation.consultation, form.cleaned_data["whose"]
        )
        participation.post(
            user=user,
            membership=membership,
            recommendation=recommendation,
            answer=form.answer(form.cleaned_data["permission"]),
            at=now,
            address=people.address(request),
        )
    except participation.ParticipationError as error:
        return recommendations.refused(request, recommendation, form, error)
    typed.forget(request, recommendation)
    return redirect("comments.receipt", slug=slug, number=number)


@require_safe
def receipt(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say that a comment is here and what comes next; ask whether to send digests."""
    recommendation, comment = _own(request, slug, number)
    consultation = recommendation.consultation
    said = recommendations.mine(people.person(request), consultation)
    chosen = Subscription.objects.filter(
        user=people.person(request), consultation=consultation
    ).first()
    todo = consultation.recommendations.exclude(pk__in=said.comments).order_by("number", "pk")
    context = {
        "consultation": consultation,
        "recommendation": recommendation,
        "comment": comment,
        "response": comment.response,
        "subscription": chosen,
        "form": None if chosen else SubscriptionForm(),
        "todo": list(todo.select_related("current")),
        "questions": _unanswered(recommendation, comment.response),
        "waits": Case.objects.before_publication().filter(comment=comment).exists(),
        "phase": consultation.phase(timezone.now()),
    }
    return render(request, "comments/receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask first, then take the comment back."""
    recommendation, comment = _own(request, slug, number)
    if not policy.signs_off(people.person(request), comment.response):
        raise PermissionDenied
    problem = ""
    if request.method == "POST":
        try:
            participation.withdraw(comment=comment, user=people.person(request), at=database_now())
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            return redirect("responses.mine", slug=slug)
    context = {
        "consultation": recommendation.consultation,
        "recommendation": recommendation,
        "comment": comment,
        "problem": problem,
    }
    return render(request, "comments/withdraw.html", context, status=409 if problem else 200)


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str, number: int, reference: str) -> HttpResponse:
    """Show one published comment at its permanent address."""
    user = request.user if isinstance(request.user, User) else None
    now = timezone.now()
    found = Comment.objects.visible_to(user, now).newest_first()
    comment = get_object_or_404(
        found.select_related("recommendation__consultation", "recommendation__current__correction"),
        recommendation__consultation__slug=slug,
        recommendation__number=number,
        reference=reference,
    )
    context = {
        "comment": comment,
        "recommendation": comment.recommendation,
        "consultation": comment.recommendation.consultation,
        "answered": bool(official.answered([comment], now)),
    }
    return render(request, "comments/show.html", context)


def _unanswered(recommendation: Recommendation, response: Response) -> list[asked.Step]:
    """Return the owner's questions that have neither been answered nor begun."""
    if not recommendations.asks(recommendation):
        return []
    steps = asked.steps(recommendation.consultation, response)
    return [step for step in steps if not step.done]


def _own(request: HttpRequest, slug: str, number: int) -> tuple[Recommendation, Comment]:
    """Return the visitor's own comment; whoever has none is answered as if it did not exist."""
    user = people.person(request)
    recommendation, _now = recommendations.visible(user, slug, number)
    wanted = request.GET.get("response", "")
    response = participation.response_named(user, recommendation.consultation, wanted)
    rows = Comment.objects.select_related("submitted_version", "public_version", "response")
    comment = rows.filter(response=response, recommendation=recommendation).first()
    if comment is None or not policy.speaks_for(user, comment.response):
        raise Http404
    return recommendation, comment
