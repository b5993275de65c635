"""My response: what is done, what is left, and sending it; its receipt, and a copy to print."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import participation
from consultations.forms import ConfidentialityForm, SendForm, SubscriptionForm
from consultations.models import (
    Comment,
    Consultation,
    Draft,
    Recommendation,
    Response,
    Subscription,
    User,
    database_now,
)
from consultations.organisations import memberships_of, standing
from consultations.views import people, recommendations, sign_off


@dataclass(frozen=True)
class Row:
    """One recommendation, with what was sent and what is saved and not sent."""

    recommendation: Recommendation
    comment: Comment | None
    draft: Draft | None

    @property
    def answered(self) -> bool:
        """Whether something was sent that stands, or waits to."""
        return self.comment is not None and self.comment.state != Comment.State.WITHDRAWN

    @property
    def missing(self) -> str:
        """What keeps the draft from being sent, in a sentence; "" where nothing does."""
        draft, current = self.draft, self.recommendation.current
        if draft is None:
            return ""
        if current is None or draft.answering != current.number:
            return _("The recommendation was corrected since. Read it again, and save once more.")
        if not draft.stance:
            return _("Choose your view, or “No view”.")
        return "" if draft.allowed else _("Choose whether we may publish this answer.")


@dataclass(frozen=True)
class Part:
    """One response (None where it is not begun), and what it says on each recommendation."""

    response: Response | None
    current: bool
    rows: tuple[Row, ...]

    @property
    def sent(self) -> int:
        """How many recommendations are answered."""
        return sum(row.answered for row in self.rows)

    @property
    def drafted(self) -> int:
        """How many answers are saved and not sent."""
        return sum(row.draft is not None for row in self.rows)

    @property
    def left(self) -> int:
        """How many recommendations have neither."""
        return sum(not row.answered and row.draft is None for row in self.rows)

    @property
    def complete(self) -> bool:
        """Whether every saved answer says all that it must."""
        return all(row.draft is None or not row.missing for row in self.rows)

    @property
    def read(self) -> str:
        """Name the drafts that stand on a page, as `SendForm.read` takes them."""
        drafts = ((row.recommendation.number, row.draft) for row in self.rows)
        return ",".join(f"{number}:{draft.stamp.hex}" for number, draft in drafts if draft)


@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the visitor, and their organisation, have said here and what is left to say."""
    user, consultation = _asked(request, slug)
    parts = _parts(user, consultation)
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "responses": parts,
        **sign_off.context(user, consultation, parts[0].response),
        "memberships": list(memberships_of(user)),
        "subscription": Subscription.objects.filter(user=user, consultation=consultation).first(),
    }
    return render(request, "responses/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every draft in full, and send them all."""
    user, consultation = _asked(request, slug)
    problem = ""
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not form.is_valid():
        problem = _("The page was not complete. Check your answers again.")
    elif request.method == "POST":
        membership = standing(user)
        try:
            recommendations.refuse_other_name(
                user, membership, consultation, form.cleaned_data["whose"]
            )
            participation.submit(
                user=user,
                membership=membership,
                consultation=consultation,
                notices=form.cleaned_data["notices"],
                read=form.drafts(),
                at=database_now(),
            )
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            return redirect("responses.receipt", slug=slug)
    part = _parts(user, consultation)[0]
    if not part.drafted and not problem:
        return redirect("responses.mine", slug=slug)
    signing = sign_off.context(user, consultation, part.response)
    known = {"notices": consultation.notices(), "read": part.read, "whose": signing["whose"]}
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "part": part,
        **signing,
        "form": SendForm(initial=known),
        "problem": problem,
    }
    return render(request, "responses/check.html", context, status=409 if problem else 200)


@require_safe
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the response is here, with its reference, and what comes next."""
    user, consultation = _asked(request, slug)
    response = participation.response_of(user, consultation)
    if response is None or response.submitted_at is None:
        return redirect("responses.mine", slug=slug)
    chosen = Subscription.objects.filter(user=user, consultation=consultation).first()
    context = {
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "response": response,
        "subscription": chosen,
        "form": None if chosen else SubscriptionForm(),
    }
    return render(request, "responses/receipt.html", context)


@require_safe
def printed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the visitor's response on one page, drafts marked as such, to print or keep."""
    user, consultation = _asked(request, slug)
    context = {
        "consultation": consultation,
        "part": _parts(user, consultation)[0],
        "now": timezone.now(),
    }
    return render(request, "responses/printed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confidentiality(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a request that the response be kept confidential, and show what became of others."""
    user, consultation = _asked(request, slug)
    said = recommendations.mine(user, consultation)
    response = said.response
    if response is None:
        return redirect("responses.mine", slug=slug)
    problem = ""
    form = ConfidentialityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            participation.ask_confidentiality(
                response=response,
                reason=form.cleaned_data["reason"],
                user=user,
                at=database_now(),
            )
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            messages.success(request, _("We have your request. You are told what is decided."))
            return redirect("responses.confidentiality", slug=slug)
    requests = list(response.confidentiality_requests.all())
    waits = any(each.decided_at is None for each in requests)
    context = {
        "consultation": consultation,
        "requests": requests,
        "name": said.organisation,
        "form": None if waits and not problem else form,
        "problem": problem,
    }
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "responses/confidentiality.html", context, status=status)


def _asked(request: HttpRequest, slug: str) -> tuple[User, Consultation]:
    user = people.person(request)
    return user, get_object_or_404(Consultation.objects.visible_to(user), slug=slug)


def _parts(user: User, consultation: Consultation) -> list[Part]:
    """Return the user's responses, the one that they write in first; that one may be empty."""
    asked = list(consultation.recommendations.select_related("current").order_by("number", "pk"))
    found = participation.responses_of(user, consultation)
    current = participation.response_of(user, consultation)
    if current is not None and current.submitted_at is None and not current.official:
        _name(current, user)
    others = [each for each in found if each != current]
    return [
        Part(each, place == 0, tuple(_rows(each, asked)))
        for place, each in enumerate([current, *others])
    ]


def _name(begun: Response, user: User) -> None:
    """Set in whose name a response that is only begun would be sent now (not saved)."""
    membership = standing(user)
    begun.name, begun.membership = user.name, membership
    begun.for_organisation = membership is not None
    begun.organisation_name = membership.organisation.name if membership else ""


def _rows(response: Response | None, asked: list[Recommendation]) -> Iterator[Row]:
    comments = recommendations.said_in(response) if response else {}
    drafts = recommendations.drafts_in(response) if response else {}
    for recommendation in asked:
        yield Row(recommendation, comments.get(recommendation.pk), drafts.get(recommendation.pk))
