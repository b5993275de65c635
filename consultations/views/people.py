"""The account page, and the questions about who a respondent is."""

import re

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_safe

from consultations import desk, organisations
from consultations.forms import AboutYouForm, NewOrganisationForm
from consultations.models import Membership, Subscription, User, database_now
from consultations.moderation import claim_appeals
from consultations.views import typed


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show who the visitor is to this site, and where to change it."""
    user = person(request)
    claimed = _claimed(user)
    context = {
        "person": user,
        "membership": claimed,
        "may_appeal": claimed is not None and not claim_appeals.refusal(claimed, timezone.now()),
        "memberships": list(organisations.memberships_of(user)),
        "responses": list(user.responses.select_related("consultation")),
        "subscriptions": list(
            Subscription.objects.filter(user=user).select_related("consultation")
        ),
    }
    return render(request, "people/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def write_for(request: HttpRequest) -> HttpResponse:
    """Let the visitor write for themselves, or for an organisation of theirs, from now on."""
    user = person(request)
    if request.method == "POST":
        reference = request.POST.get("organisation", "")
        rows = organisations.memberships_of(user)
        chosen = next((row for row in rows if row.organisation.reference == reference), None)
        if reference and chosen is None:
            raise Http404
        organisations.write_for(user=user, membership=chosen)
        if not user.profile_complete:
            return redirect("people.about_you")
    return redirect(_onward(request) or "people.account")


@require_http_methods(["GET", "HEAD", "POST"])
def about_you(request: HttpRequest) -> HttpResponse:
    """Ask who the visitor is; a known visitor on the way elsewhere is sent on at once."""
    user, onward = person(request), _onward(request)
    on_the_way = request.method != "POST" and "next" in request.GET
    if on_the_way and user.profile_complete and onward:
        return redirect(onward)
    names = ("name", "kind", "acting_for", "region")
    said = request.POST if request.method == "POST" else None
    form = AboutYouForm(said, initial={name: getattr(user, name) for name in names})
    if request.method == "POST" and form.is_valid():
        organisations.introduce(user=user, **form.cleaned_data)
        if user.acting_for == User.ActingFor.ORGANISATION:
            return redirect(f"{reverse('people.organisation')}?{urlencode({'next': onward})}")
        return redirect(onward or "people.account")
    context = {"form": form, "next": onward}
    return render(request, "people/about_you.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Find the visitor's organisation by typing, or add it."""
    user, onward = person(request), _onward(request)
    if not user.kind:
        return redirect("people.about_you")
    words = request.GET.get("words", "").strip()[:200].replace("\x00", "")
    adding = request.POST.get("add") == "yes"
    form = NewOrganisationForm(
        request.POST if adding else None,
        initial={"name": words, "region": user.region},
        stakeholder_kind=user.kind,
    )
    if request.method == "POST" and _joined(request, user, form, adding=adding):
        return redirect(onward or "people.account")
    unchosen = request.method == "POST" and not adding
    most = organisations.MOST_MATCHES
    found = list(organisations.find(words, user.kind)[: most + 1]) if words else []
    context = {
        "form": form,
        "next": onward,
        "words": words,
        "found": found[:most],
        "too_many": len(found) > most,
        "adding": adding or (bool(words) and not found),
        "unchosen": unchosen,
    }
    status = 422 if form.errors or unchosen else 200
    return render(request, "people/organisation.html", context, status=status)


def _claimed(user: User) -> Membership | None:
    """Return the claim to the organisation that the person answers for, refused or not."""
    claims = Membership.objects.filter(user=user, ended_at__isnull=True)
    return (
        claims.filter(organisation_id=user.organisation_id).select_related("organisation").first()
        if user.organisation_id
        else None
    )


def _joined(request: HttpRequest, user: User, form: NewOrganisationForm, *, adding: bool) -> bool:
    """Claim the organisation that was chosen or described; whether there was one."""
    if not adding:
        chosen = request.POST.get("organisation", "")
        if not chosen:
            return False
        known = get_object_or_404(organisations.find("", user.kind), pk=number(chosen))
        desk.ask(user=user, organisation=known, at=database_now())
        return True
    if not form.is_valid():
        return False
    said = form.cleaned_data
    new = organisations.NewOrganisation(
        name=said["name"],
        kind=said["kind"],
        size_band=said.get("size_band"),
        industry=said.get("industry"),
        region=said["region"],
    )
    desk.add(user=user, new=new, at=database_now())
    return True


def _onward(request: HttpRequest) -> str:
    """Return the address on this site that the visitor was on the way to, or where words wait."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else typed.where(request)


def number(typed: str) -> int:
    """Return the key of a row that a form names; 0, which no row has, for anything else."""
    return int(typed) if re.fullmatch("[0-9]{1,15}", typed) else 0


def person(request: HttpRequest) -> User:
    """Return who is logged in."""
    if not isinstance(request.user, User):  # LoginRequiredMiddleware has seen to it
        raise Http404
    return request.user


def address(request: HttpRequest) -> str:
    """Return the visitor's address, by the proxies that are trusted, or "" where it is not told."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        return ""
