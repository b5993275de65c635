"""The organisation's desk: its people, invitations and requests, and colleagues' notes."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import desk
from consultations.forms import InviteForm, NoteForm, kept
from consultations.models import (
    Consultation,
    Draft,
    Membership,
    QuestionDraft,
    Response,
    User,
    database_now,
)
from consultations.organisations import standing
from consultations.views import people, recommendations, typed


@dataclass(frozen=True)
class Work:
    """One open consultation, and the drafts that wait at the desk, each with who wrote it."""

    consultation: Consultation
    drafts: tuple[Draft | QuestionDraft, ...]


@require_safe
def show(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show who sits at the desk, who is asked or asks to, and what is written there."""
    user, membership = _sits(request, organisation)
    now = standing(user)
    context = {
        "membership": membership,
        "organisation": membership.organisation,
        "colleagues": list(desk.colleagues(membership)),
        "requests": list(desk.requests(membership)),
        "invitations": list(desk.invitations(membership)),
        "may_invite": desk.may_invite(membership),
        "writes_for_it": now is not None and now.pk == membership.pk,
        "work": tuple(_work(user, membership)),
    }
    return render(request, "desk/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, organisation: str) -> HttpResponse:
    """Ask a colleague to the desk by e-mail."""
    _user, membership = _sits(request, organisation)
    if not desk.may_invite(membership):
        raise PermissionDenied
    said = request.POST if request.method == "POST" else None
    form = InviteForm(said, by_a_lead=membership.leads, initial={"role": "contributor"})
    problem = ""
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data.get("role", Membership.Right.CONTRIBUTOR)
        email = form.cleaned_data["email"]
        try:
            desk.invite(by=membership, email=email, role=role, at=database_now())
        except desk.DeskError as error:
            problem = str(error)
        else:
            messages.success(request, _("We have sent the invitation to %(who)s.") % {"who": email})
            return redirect("desk.show", organisation=organisation)
    context = {"organisation": membership.organisation, "form": form, "problem": problem}
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "desk/invite.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, organisation: str) -> HttpResponse:
    """Take an invitation back."""
    _user, membership = _sits(request, organisation)
    if request.method == "POST":
        if not desk.may_invite(membership):
            raise PermissionDenied
        wanted = people.number(request.POST.get("invitation", ""))
        invitation = get_object_or_404(desk.invitations(membership), pk=wanted)
        desk.take_back(invitation=invitation, at=database_now())
        messages.success(request, _("The invitation is taken back: its link opens nothing."))
    return redirect("desk.show", organisation=organisation)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation to whom it was sent, and accept it; there is none for anybody else."""
    user = people.person(request)
    invitation = desk.found(token, user)
    if invitation is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            desk.accept(invitation=invitation, user=user, at=database_now())
        except desk.DeskError as error:
            problem = str(error)
        else:
            path = redirect("desk.show", organisation=invitation.organisation.reference)
            return path if user.profile_complete else redirect("people.about_you")
    context = {
        "invitation": invitation,
        "organisation": invitation.organisation,
        "by_a_lead": invitation.by.leads,
        "problem": problem,
    }
    return render(request, "desk/join.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the notes between colleagues on a consultation, and take another."""
    user = people.person(request)
    consultation = get_object_or_404(Consultation.objects.visible_to(user), slug=slug)
    membership = standing(user)
    if membership is None:
        if aside := typed.set_aside(request, slug):
            return aside
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = NoteForm(posted, initial=kept.restored(request))
    problem = recommendations.other_name(request, user, membership, consultation)
    if posted is not None and not problem and form.is_valid():
        text = form.cleaned_data["text"]
        desk.note(membership=membership, consultation=consultation, text=text, at=database_now())
        kept.forget(request)
        messages.success(request, _("Your note is saved. Only your colleagues see it."))
        return redirect("desk.notes", slug=slug)
    context = {
        "consultation": consultation,
        "organisation": membership.organisation,
        "whose": recommendations.whose(membership),
        "notes": list(desk.notes(membership, consultation)),
        "form": form,
        "problem": problem,
    }
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "desk/notes.html", context, status=status)


def _sits(request: HttpRequest, organisation: str) -> tuple[User, Membership]:
    """Return the visitor and their claim; for whoever has none there is no such desk."""
    user = people.person(request)
    membership = desk.member_of(user, organisation)
    if membership is None:
        raise Http404
    membership.user = user
    return user, membership


def _work(user: User, membership: Membership) -> Iterator[Work]:
    """Return the open consultations with what is drafted at the desk (three queries)."""
    now = database_now()
    found = [
        consultation
        for consultation in Consultation.objects.visible_to(user).order_by("closes_at", "pk")
        if consultation.phase(now) == Consultation.Phase.OPEN
    ]
    ours = {"response__in": _responses(membership)}
    rows = Draft.objects.filter(**ours).select_related("written_by", "recommendation", "response")
    answers = QuestionDraft.objects.filter(**ours)
    asked = answers.select_related("written_by", "question", "response")
    here: list[Draft | QuestionDraft] = [
        *rows.order_by("recommendation__number", "pk"),
        *asked.order_by("question__number", "pk"),
    ]
    for one in found:
        yield Work(one, tuple(row for row in here if row.response.consultation_id == one.pk))


def _responses(membership: Membership) -> QuerySet[Response]:
    """Return the responses that are written at the member's desk."""
    if membership.desk is None:
        return Response.objects.filter(organisation_id=membership.organisation_id)
    return Response.objects.filter(
        membership=membership.desk, organisation__isnull=True, for_organisation=True
    )
