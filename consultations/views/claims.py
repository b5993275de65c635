"""Appealing against a claim to speak for an organisation that was refused."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from consultations.forms import TidyField, kept
from consultations.models import Membership, database_now
from consultations.moderation import claim_appeals
from consultations.moderation.claim_appeals import ClaimAppealError
from consultations.views import people

MOST_WORDS = 3_000


class ClaimAppealForm(forms.Form):
    """Why the claimant does speak for the organisation."""

    words = TidyField(
        label=gettext_lazy("Why do you speak for the organisation?"),
        limit=MOST_WORDS,
        lines=True,
        help_text=gettext_lazy(
            "Say what shows it, such as your role there, up to 3,000 characters. Only moderators "
            "read it."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "data-limit": MOST_WORDS}),
        error_messages={"required": gettext_lazy("Write why you speak for the organisation.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, membership: int) -> HttpResponse:
    """Ask why the refusal is wrong; the claim then waits for somebody else."""
    user = people.person(request)
    mine = Membership.objects.filter(user=user).select_related("organisation")
    claim = get_object_or_404(mine, pk=membership)
    refused = claim_appeals.refusal(claim, timezone.now())
    form = ClaimAppealForm(
        request.POST if request.method == "POST" else None, initial=kept.restored(request)
    )
    status, problem = 422 if form.errors else 200, ""
    if request.method == "POST" and form.is_valid():
        words, now = form.cleaned_data["words"], database_now()
        try:
            claim_appeals.make(membership=claim, words=words, by=user, at=now)
        except ClaimAppealError as error:
            status, problem = 409, str(error)
        else:
            kept.forget(request)
            messages.success(request, _("We have your appeal, and e-mail you what is decided."))
            return redirect("people.account")
    context = {
        "claim": claim,
        "form": form,
        "problem": problem,
        "refused": "" if problem else refused,
        "last_day": claim_appeals.last_day(claim),
    }
    return render(request, "claims/appeal.html", context, status=status)
