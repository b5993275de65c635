"""Actions on many cases: a page that shows what they will do, then the verb row by row."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy, ngettext

from consultations.admin import rights, undoing
from consultations.admin.confirming import MOST, CountForm
from consultations.admin.review import DecisionForm, errors_of
from consultations.admin.told import who
from consultations.models import Case, Decision, database_now
from consultations.moderation import bulk, foresight, queue
from consultations.moderation.bulk import Outcome

if TYPE_CHECKING:
    from consultations.admin.cases import CaseAdmin

Verb = Decision.Verb
HEADINGS = {
    Verb.PUBLISH: gettext_lazy("Publish these comments"),
    Verb.REJECT: gettext_lazy("Reject these comments"),
    Verb.HOLD: gettext_lazy("Hold these comments"),
    Verb.CONFIRM: gettext_lazy("Confirm these claims"),
}


@admin.action(description=gettext_lazy("Publish…"))
def publish(page: "CaseAdmin", request: HttpRequest, cases: QuerySet[Case]) -> HttpResponse | None:
    """Publish the chosen comments, once confirmed."""
    return _act(Verb.PUBLISH, page, request, cases)


@admin.action(description=gettext_lazy("Reject with a reason…"))
def reject(page: "CaseAdmin", request: HttpRequest, cases: QuerySet[Case]) -> HttpResponse | None:
    """Reject the chosen comments for one reason, once confirmed."""
    return _act(Verb.REJECT, page, request, cases)


@admin.action(description=gettext_lazy("Hold…"))
def hold(page: "CaseAdmin", request: HttpRequest, cases: QuerySet[Case]) -> HttpResponse | None:
    """Hold the chosen comments, once confirmed."""
    return _act(Verb.HOLD, page, request, cases)


@admin.action(description=gettext_lazy("Confirm claims…"))
def confirm_claim(
    page: "CaseAdmin", request: HttpRequest, cases: QuerySet[Case]
) -> HttpResponse | None:
    """Confirm the chosen claims, once confirmed."""
    return _act(Verb.CONFIRM, page, request, cases)


class BulkForm(CountForm, DecisionForm):
    """A decision on many, confirmed by typing how many it decides."""


def _act(
    verb: Decision.Verb, page: "CaseAdmin", request: HttpRequest, cases: QuerySet[Case]
) -> HttpResponse | None:
    """Show the page that asks, or do what was confirmed and say what became of it."""
    confirmed = request.POST.get("decision") == verb
    chosen = _read(request) if confirmed else [(case, _version(case)) for case in cases[:MOST]]
    if confirmed:
        form = BulkForm(request.POST, label_suffix="", total=len(chosen))
        if form.is_valid():
            _tell(request, _do(verb, request, chosen, form.cleaned_data))
            return None
    numbers = {case.pk: number for case, number in chosen}
    found = foresight.outlooks(
        verb, [case for case, _n in chosen], by=rights.person(request), at=database_now()
    )
    total = sum(len(outlook.cases) for outlook in found if outlook.decides)
    form = BulkForm(request.POST if confirmed else None, label_suffix="", total=total)
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": page.media,
        "title": HEADINGS[verb],
        "verb": verb,
        "form": form,
        "errors": errors_of(form),
        "total": total,
        "most": MOST if len(chosen) == MOST else 0,
        "outlooks": [
            (outlook, [(case, numbers[case.pk], " · ".join(who(case))) for case in outlook.cases])
            for outlook in found
        ],
        "action": "confirm_claim" if verb == Verb.CONFIRM else verb.value,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/consultations/case/confirm.html", context)


def _version(case: Case) -> int:
    """Return the number of the version that waits, 0 for a claim."""
    version = case.comment.asked if case.comment else None
    return version.number if version else 0


def _read(request: HttpRequest) -> list[bulk.Read]:
    """Return the cases of the page that was confirmed, with the versions that it showed.

    Cases decided meanwhile are among them: the verb refuses them with a sentence.
    """
    shown: dict[int, int] = {}
    for pair in request.POST.getlist("read")[:MOST]:
        key, _colon, number = pair.partition(":")
        if key.isdecimal() and number.isdecimal() and len(key) < 19 and len(number) < 6:
            shown[int(key)] = int(number)
    mine = queue.in_consultations(rights.where(request, rights.DECIDE))
    return [(case, shown[case.pk]) for case in mine.filter(pk__in=shown)]


def _do(
    verb: Decision.Verb, request: HttpRequest, read: Iterable[bulk.Read], said: dict[str, Any]
) -> Outcome:
    """Call the verb for each case."""
    common: Any = {"read": read, "by": rights.person(request), "clock": database_now}
    note = said["note"]
    if verb == Verb.PUBLISH:
        return bulk.publish_many(note=note, **common)
    if verb == Verb.REJECT:
        return bulk.reject_many(reason=said["reason"], note=note, **common)
    if verb == Verb.HOLD:
        return bulk.hold_many(note=note, **common)
    return bulk.confirm_many(note=note, **common)


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    """Say how many were decided, and of each other one why not."""
    undoing.remember(request, *outcome.done)
    done = len(outcome.done)
    if done:
        said = ngettext("%(n)s case decided.", "%(n)s cases decided.", done) % {"n": done}
        messages.success(request, said)
    for case, why in outcome.refused:
        messages.error(request, f"{', '.join(who(case)[:2])}: {why}")
