"""The moderator's last decision, offered to be undone for as long as it can be.

Which it is, the session remembers: no page asks the database for it. The verb, `moderation.undo`,
refuses what can no longer be undone.
"""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.admin import rights
from consultations.admin.base import is_key
from consultations.models import Decision, database_now
from consultations.models.clock import clock_time
from consultations.moderation import turns, undo
from consultations.moderation.record import DecisionRefused

_LAST = "last_decision"


def remember(request: HttpRequest, *taken: Decision) -> None:
    """Offer the decision that was just taken to be undone.

    Where it is for good, or several were taken, none is offered: not an older one either.
    """
    if not taken:
        return
    forget(request)
    decision = taken[-1]
    if len(taken) == 1 and decision.verb in undo.UNDOABLE and decision.stood:
        until = undo.until(decision).isoformat()
        request.session[_LAST] = {"decision": decision.pk, "until": until}


def forget(request: HttpRequest) -> None:
    """Offer nothing to be undone: what was decided last is for good."""
    request.session.pop(_LAST, None)


def offered(request: HttpRequest) -> dict[str, Any] | None:
    """Return the decision that can still be undone, and until when; None where none can."""
    last = request.session.get(_LAST)
    if not last:
        return None
    until = datetime.fromisoformat(last["until"])
    if until <= timezone.now():
        return None
    return {"decision": last["decision"], "until": clock_time(until)}


def take_back(request: HttpRequest) -> HttpResponseRedirect:
    """Undo the decision that is named, and open its case again; say why where that is too late."""
    named, person = request.POST.get("decision", ""), rights.person(request)
    mine = Decision.objects.filter(case__consultation__in=rights.where(request, rights.DECIDE))
    found = mine.select_related("case").filter(pk=named).first() if is_key(named) else None
    if found is None:
        raise Http404
    forget(request)
    try:
        undo.undo(decision=found, by=person, at=database_now())
        turns.take(case=found.case, by=person, at=database_now())
    except (DecisionRefused, turns.TurnRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Undone. It is as it was, and nobody was told."))
    return HttpResponseRedirect(reverse("admin:consultations_case_change", args=[found.case_id]))
