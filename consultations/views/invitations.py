"""Where an invitation leads: what it is about, answering for the organisation, or saying no.

The link logs nobody in and opens nothing: who may read the consultation, `models` says.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultations import desk, invitations, organisations
from consultations.adapters import CAME_BY
from consultations.forms import AnswerForForm
from consultations.models import Consultation, Invitation, Membership, User, database_now


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Say who invites whom to what; let the reader log in, and then answer (POST)."""
    invitation = _invitation(slug, token)
    user = request.user if isinstance(request.user, User) else None
    if request.method == "POST" and user is None:
        invitations.note_opening(invitation=invitation, at=database_now())
        request.session[CAME_BY] = request.path
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    if user is None:
        return _page(request, invitation, None, admitted=False)
    consultations = Consultation.objects.visible_to(user)
    admitted = consultations.filter(pk=invitation.consultation_id).exists()
    said = request.POST if request.method == "POST" and admitted else None
    form = AnswerForForm(said, invitation=invitation, user=user)
    if form.is_valid():
        membership = _answer(invitation, user, form)
        request.session.pop(CAME_BY, None)
        messages.success(request, _told(membership))
        return redirect("consultations.show", slug=slug)
    return _page(request, invitation, form, admitted=admitted)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Ask whether to say no, and note it (POST); whoever has said it reads that it is noted."""
    invitation = _invitation(slug, token)
    if request.method == "POST":
        invitations.decline(invitation=invitation, at=database_now())
        return redirect("invitations.decline", slug=slug, token=token)
    context = {"invitation": invitation, "consultation": invitation.consultation}
    return render(request, "invitations/decline.html", context)


def _invitation(slug: str, token: str) -> Invitation:
    """Return the invitation with this token; one that was taken back does not exist."""
    rows = Invitation.objects.standing().select_related(
        "consultation", "organisation__kind", "organisation__region", "organisation__merged_into"
    )
    published = {"consultation__slug": slug, "consultation__state": Consultation.State.PUBLISHED}
    return get_object_or_404(rows, token=token, **published)


def _page(
    request: HttpRequest, invitation: Invitation, form: AnswerForForm | None, *, admitted: bool
) -> HttpResponse:
    consultation = invitation.consultation
    context = {
        "invitation": invitation,
        "consultation": consultation,
        "phase": consultation.phase(timezone.now()),
        "form": form,
        "admitted": admitted,
        "instead_of": _other(request, invitation),
    }
    status = 422 if form and form.errors else 200
    return render(request, "invitations/show.html", context, status=status)


def _other(request: HttpRequest, invitation: Invitation) -> str:
    """Name the organisation that the visitor answers for at present, if it is another."""
    user = request.user if isinstance(request.user, User) else None
    membership = organisations.standing(user) if user else None
    if membership is None or membership.organisation_id == invitation.organisation_id:
        return ""
    return membership.organisation.name


@transaction.atomic
def _answer(invitation: Invitation, user: User, form: AnswerForForm) -> Membership:
    """Let the user answer for the organisation, or for the one into which it was merged."""
    organisation, at = invitation.organisation, database_now()
    invitations.accept(invitation=invitation, user=user, at=at)
    return desk.answer_for(
        user=user,
        organisation=organisation.merged_into or organisation,
        name=form.cleaned_data["name"],
        region=form.cleaned_data.get("region"),
        at=at,
    )


def _told(membership: Membership) -> str:
    name = {"name": membership.organisation.name}
    if membership.current:
        return _("You answer for %(name)s.") % name
    return (
        _(
            "You answer for %(name)s. A moderator checks this before anything is published in "
            "its name."
        )
        % name
    )
