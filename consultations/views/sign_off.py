"""Signing an organisation's response off, and confirming after the close that it was approved."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations import participation, policy
from consultations.forms import ApprovalForm, SignOffForm, as_typed, kept
from consultations.forms.desk import Choices
from consultations.models import (
    Comment,
    Consultation,
    Document,
    Membership,
    QuestionAnswer,
    Response,
    SignOff,
    User,
    database_now,
)
from consultations.organisations import who_signs
from consultations.views import people, recommendations, typed


@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask whom the organisation represents and consulted, and whether its response is final."""
    user, consultation, membership, response = _asked(request, slug)
    if membership is None:
        if aside := typed.set_aside(request, slug):
            return aside
        raise Http404
    if not membership.signs_off:
        raise PermissionDenied
    signed = response.sign_off if response else None
    representative = membership.organisation.kind.is_representative
    form = SignOffForm(
        request.POST if request.method == "POST" else None,
        initial=_said(signed) | kept.restored(request),
        representative=representative,
    )
    problem = recommendations.other_name(request, user, membership, consultation)
    if request.method == "POST" and not problem and form.is_valid():
        try:
            participation.sign_off(
                user=user,
                membership=membership,
                consultation=consultation,
                said=form.statement(),
                at=database_now(),
            )
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            kept.forget(request)
            messages.success(request, _("Your sign-off is saved."))
            return redirect("responses.check", slug=slug)
    phase = consultation.phase(database_now())
    if phase == Consultation.Phase.CLOSED and form.errors:
        # What is put right now would not be taken either: the words are given back, unjudged.
        form = SignOffForm(initial=as_typed(form), representative=representative)
        problem = str(participation.TOO_LATE)
    context = {
        "consultation": consultation,
        "organisation": membership.organisation,
        "whose": recommendations.whose(membership),
        "form": form,
        "problem": problem,
        "until": participation.last_day(consultation),
        "phase": phase,
    }
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "sign_off/state.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirm once that the response was approved, and take back what was not."""
    user, consultation, membership, response = _asked(request, slug)
    if membership is None:
        raise Http404
    signed = response.sign_off if response else None
    if response is None or signed is None:
        return redirect("responses.mine", slug=slug)
    if not _awaits(response, signed, consultation, database_now()):
        return redirect("responses.mine", slug=slug)
    if not policy.signs_off(user, response):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = ApprovalForm(posted, standing=_standing(response))
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            participation.approve(
                response=response,
                withdrawn=form.taken_back(),
                user=user,
                at=database_now(),
            )
        except participation.ParticipationError as error:
            problem = str(error)
        else:
            messages.success(request, _("The approval is confirmed."))
            return redirect("responses.mine", slug=slug)
    context = {
        "consultation": consultation,
        "response": response,
        "signed": signed,
        "form": form,
        "problem": problem,
    }
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "sign_off/approve.html", context, status=status)


def context(
    membership: Membership | None, consultation: Consultation, response: Response | None
) -> dict[str, object]:
    """Return in whose name a response is sent, by whom, and what was signed for it.

    `membership` is the claim of who asks to the organisation that they answer for, if any.
    """
    in_name = response.for_organisation if response else membership is not None
    name = membership if in_name else None
    rows = response.sign_offs.select_related("signed_by") if response and in_name else []
    last = response.sign_off_id if response else None
    # What stands comes first; what is only kept, such as another claimant's words, never stands.
    signed = sorted(rows, key=lambda one: one.pk != last) if last else []
    may_send = name is None or name.signs_off
    kind = name.organisation.kind if name else None
    return {
        "writing_for": name.organisation if name else None,
        "for_organisation": in_name,
        "whose": recommendations.whose(name),
        "may_send": may_send,
        "leads": "" if may_send else who_signs(name),
        "sign_offs": signed,
        "must_sign_off": bool(kind and kind.is_representative and not signed),
        "awaits_approval": bool(
            response and signed and _awaits(response, signed[0], consultation, database_now())
        ),
    }


def _awaits(response: Response, signed: SignOff, consultation: Consultation, now: datetime) -> bool:
    """Whether a lead can confirm at this instant that the response was approved."""
    closes_at, until = consultation.closes_at, participation.last_day(consultation)
    if response.submitted_at is None or not signed.subject:
        return False
    return closes_at is not None and until is not None and closes_at <= now < until


def _standing(response: Response) -> dict[str, Choices]:
    """Return what of the response can be taken back, by the form's field (three queries)."""
    comments = response.comments.exclude(state__in=[Comment.State.WITHDRAWN, Comment.State.ERASED])
    said = comments.select_related("recommendation__current")
    answers = response.question_answers.filter(state=QuestionAnswer.State.SUBMITTED)
    replied = answers.select_related("question")
    kept = Document.objects.kept_in(response)
    return {
        "withdrawn": [
            (number, f"{number}. {each.recommendation.current}")
            for each in said.order_by("recommendation__number", "pk")
            if (number := each.recommendation.number)
        ],
        "answers": [
            (number, f"{number}. {each.question.words}")
            for each in replied.order_by("question__number", "pk")
            if (number := each.question.number)
        ],
        "documents": [(each.reference, each.title) for each in kept if each.stands],
    }


def _asked(
    request: HttpRequest, slug: str
) -> tuple[User, Consultation, Membership | None, Response | None]:
    """Return who asks, by which claim, None for who answers for no organisation, and for what."""
    user = people.person(request)
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    said = recommendations.mine(user, consultation)
    return user, consultation, said.membership if said.for_organisation else None, said.response


def _said(signed: SignOff | None) -> dict[str, object]:
    if signed is None:
        return {}
    names = ("represents", "consulted", "outcome", "body", "expected_on")
    return {name: getattr(signed, name) for name in names}
