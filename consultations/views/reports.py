"""Reporting a comment: a reader says what is wrong with it, and is thanked."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consultations import participation
from consultations.forms import TidyField, kept
from consultations.models import Comment, Consultation, Report, database_now
from consultations.views import people


class ReportForm(forms.Form):
    """What is wrong with a comment."""

    why = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=Report.Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is wrong with the comment.")},
    )
    words = TidyField(
        label=gettext_lazy("Is there anything that the moderator should know?"),
        limit=participation.MOST_WORDS,
        lines=True,
        required=False,
        help_text=gettext_lazy("You may leave it empty. Up to 1,000 characters."),
        widget=forms.Textarea(attrs={"rows": 4, "data-limit": participation.MOST_WORDS}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, slug: str, number: int, reference: str) -> HttpResponse:
    """Ask what is wrong with a comment; whoever has said so already is thanked."""
    user = people.person(request)
    comment = get_object_or_404(
        Comment.objects.visible_to(user, timezone.now())
        .newest_first()
        .select_related("recommendation__consultation", "recommendation__current__correction"),
        recommendation__consultation__slug=slug,
        recommendation__number=number,
        reference=reference,
    )
    if Report.objects.filter(comment=comment, reporter=user).exists():
        return redirect("reports.thanks", slug=slug, number=number, reference=reference)
    posted = request.POST if request.method == "POST" else None
    form = ReportForm(posted, initial=kept.restored(request))
    status, problem = 422 if form.errors else 200, ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            participation.report(
                comment=comment, user=user, why=said["why"], words=said["words"], at=database_now()
            )
        except participation.ParticipationError as error:
            status, problem = 409, str(error)
        else:
            kept.forget(request)
            return redirect("reports.thanks", slug=slug, number=number, reference=reference)
    context = {
        "comment": comment,
        "recommendation": comment.recommendation,
        "consultation": comment.recommendation.consultation,
        "form": form,
        "problem": problem,
    }
    return render(request, "reports/make.html", context, status=status)


@require_safe
def thanks(request: HttpRequest, slug: str, number: int, reference: str) -> HttpResponse:
    """Thank whoever has reported the comment, and say what comes next; nobody else.

    Where they may no longer see the consultation, it does not exist here either.
    """
    user = people.person(request)
    made = Report.objects.filter(
        comment__recommendation__consultation__in=Consultation.objects.visible_to(user),
        reporter=user,
        comment__reference=reference,
        comment__recommendation__number=number,
        comment__recommendation__consultation__slug=slug,
    ).select_related("comment__recommendation__consultation", "comment__recommendation__current")
    report = made.first()
    if report is None:
        raise Http404
    recommendation = report.comment.recommendation
    context = {
        "recommendation": recommendation,
        "consultation": recommendation.consultation,
        "waits": report.cases.filter(closed_at__isnull=True).exists(),
    }
    return render(request, "reports/thanks.html", context)
