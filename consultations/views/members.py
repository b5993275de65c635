"""One person at the desk, or one who asks to join: what a lead decides about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from consultations import desk
from consultations.models import Membership, database_now
from consultations.moderation import claims, memberships
from consultations.moderation.record import DecisionRefused
from consultations.views import people

# What a lead may do, and the sentence that says that it is done.
DONE = {
    "grant": gettext_lazy("%(name)s now writes for the organisation."),
    "turn_down": gettext_lazy("The request of %(name)s is turned down."),
    "lead": gettext_lazy("%(name)s is a lead now."),
    "contributor": gettext_lazy("%(name)s is a contributor now."),
    "end": gettext_lazy("%(name)s no longer has access. This holds from their next click."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, organisation: str, member: int) -> HttpResponse:
    """Show a colleague or a claimant to who decides about them, and do what is decided."""
    user = people.person(request)
    mine = desk.member_of(user, organisation)
    if mine is None:
        raise Http404
    if not (mine.leads or mine.shares):
        raise PermissionDenied
    person = get_object_or_404(_others(mine), pk=member)
    acts = _acts(mine, person)
    problem = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in acts:
            raise Http404
        try:
            _do(act, mine, person)
        except (DecisionRefused, desk.DeskError) as refusal:
            problem = str(refusal)
        else:
            messages.success(request, DONE[act] % {"name": person.user})
            there = desk.member_of(user, organisation)
            return redirect(*(["desk.show", organisation] if there else ["people.account"]))
    context = {
        "organisation": mine.organisation,
        "person": person,
        "acts": acts,
        "problem": problem,
        "domain_matches": person.domain_matches(),
        "oneself": person.user_id == user.pk,
    }
    return render(request, "members/show.html", context, status=409 if problem else 200)


def _others(mine: Membership) -> QuerySet[Membership]:
    """Return the colleagues and claimants about whom the member decides."""
    rows = Membership.objects.filter(
        pk__in=[one.pk for one in (*desk.colleagues(mine), *desk.requests(mine))]
    )
    return rows.select_related("user", "organisation")


def _acts(mine: Membership, person: Membership) -> list[str]:
    """Return what may be done: to a claimant, to a colleague, to a guest; nothing to oneself
    while one only claims.
    """
    if not mine.leads:
        return ["end"] if person.pk != mine.pk else []
    if person.claim == Membership.Claim.PENDING:
        return ["grant", "turn_down"]
    return ["contributor" if person.leads else "lead", "end"]


def _do(act: str, mine: Membership, person: Membership) -> None:
    at, by = database_now(), mine.user
    if act == "end" and not mine.leads:
        desk.dismiss(guest=person, by=mine, at=at)
    elif act in {"lead", "contributor"}:
        memberships.appoint(membership=person, role=act, by=by, at=at)
    else:
        verbs: dict[str, Callable[..., Any]] = {
            "grant": claims.grant,
            "turn_down": claims.turn_down,
            "end": memberships.end,
        }
        verbs[act](membership=person, by=by, at=at)
