"""The moderator's last decision, or last batch of them, offered to be undone while it can be.

Which it is, the session remembers: no page asks the database for it. The verb, `moderation.undo`,
refuses what can no longer be undone.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.admin import rights
from consultations.admin.base import is_key
from consultations.models import Decision, database_now
from consultations.models.clock import clock_time
from consultations.moderation import bulk, turns, undo, undo_claims
from consultations.moderation.record import DecisionRefused

_LAST = "last_decision"


def remember(request: HttpRequest, *taken: Decision) -> None:
    """Offer what was just decided to be undone, all of it together.

    What is for good is not offered; where nothing else was taken, neither is an older decision.
    """
    if not taken:
        return
    forget(request)
    able = [each for each in taken if each.verb in undo.UNDOABLE and each.stood]
    if able:
        request.session[_LAST] = {
            "decision": able[-1].pk,
            "batch": [each.pk for each in able],
            # The first that can no longer be undone ends the offer for all.
            "until": min(undo.until(each) for each in able).isoformat(),
        }


def forget(request: HttpRequest) -> None:
    """Offer nothing to be undone: what was decided last is for good."""
    request.session.pop(_LAST, None)


def offered(request: HttpRequest) -> dict[str, Any] | None:
    """Return the decision that can still be undone, how many with it, and until when, or None."""
    last = request.session.get(_LAST)
    if not last:
        return None
    until = datetime.fromisoformat(last["until"])
    if until <= timezone.now():
        return None
    batch = last.get("batch", [last["decision"]])
    return {"decision": last["decision"], "count": len(batch), "until": clock_time(until)}


def take_back(request: HttpRequest) -> HttpResponseRedirect:
    """Undo the decision that is named, or the batch that it was the last of; say what was not.

    A single one's case is opened again.
    """
    named = request.POST.get("decision", "")
    last = request.session.get(_LAST) or {}
    batch = last.get("batch", []) if str(last.get("decision")) == named else []
    if len(batch) < 2 and request.POST.get("count", "1") != "1":
        messages.error(request, _("You have decided something else since. Undo them one by one."))
        return HttpResponseRedirect(reverse("admin:consultations_case_changelist"))
    mine = Decision.objects.filter(case__consultation__in=rights.where(request, rights.DECIDE))
    if len(batch) > 1:
        rows = mine.select_related("case").filter(pk__in=batch)
        return _take_back_all(request, list(rows.order_by("-pk")))
    found = mine.select_related("case").filter(pk=named).first() if is_key(named) else None
    if found is None:
        raise Http404
    return _take_back_one(request, found)


def _take_back_one(request: HttpRequest, decision: Decision) -> HttpResponseRedirect:
    person = rights.person(request)
    forget(request)
    try:
        verb = undo.undo if decision.case.membership_id is None else undo_claims.undo
        verb(decision=decision, by=person, at=database_now())
        turns.take(case=decision.case, by=person, at=database_now())
    except (DecisionRefused, turns.TurnRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Undone. It is as it was, and nobody was told."))
    return HttpResponseRedirect(reverse("admin:consultations_case_change", args=[decision.case_id]))


def _take_back_all(request: HttpRequest, taken: Sequence[Decision]) -> HttpResponseRedirect:
    forget(request)
    outcome = bulk.undo_many(taken=taken, by=rights.person(request), clock=database_now)
    done = len(outcome.done)
    if done:
        said = ngettext(
            "%(n)s decision undone. It is as it was, and nobody was told.",
            "%(n)s decisions undone. All is as it was, and nobody was told.",
            done,
        )
        messages.success(request, said % {"n": done})
    for why, count in Counter(why for _case, why in outcome.refused).items():
        messages.error(request, _("%(n)s not undone: %(why)s") % {"n": count, "why": why})
    return HttpResponseRedirect(reverse("admin:consultations_case_changelist"))
