"""The page of an appeal: what was decided and why, what its author says, and the ruling."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import policy
from consultations.admin import beside, rights, undoing
from consultations.admin.review import (
    errors_of,
    onward,
    switch_shortcuts,
    take_turn,
    typed_in,
)
from consultations.admin.saying_why import NoteForm
from consultations.admin.told import who
from consultations.forms import TidyField
from consultations.models import Appeal, Case, Decision, User, database_now
from consultations.moderation import appealable, appeals, queue, turns
from consultations.moderation.appeals import Ruling
from consultations.moderation.record import DecisionRefused

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

UPHOLD, DISMISS = Appeal.Outcome.UPHELD.value, Appeal.Outcome.DISMISSED.value
DONE = {
    Appeal.Outcome.UPHELD: gettext_lazy("Appeal upheld and published; the author is told."),
    Appeal.Outcome.DISMISSED: gettext_lazy("Appeal dismissed; the author is told why."),
    Appeal.Outcome.VOID: gettext_lazy(
        "The decision no longer stood, so there was nothing to decide. The appeal is closed."
    ),
}


class RulingForm(NoteForm):
    """Whether the appeal is right, and what its author is told."""

    ruling = forms.ChoiceField(
        choices=[(UPHOLD, UPHOLD), (DISMISS, DISMISS)], widget=forms.HiddenInput
    )
    answer = TidyField(
        limit=appeals.MOST_WORDS,
        lines=True,
        required=False,
        label=gettext_lazy("What the author is told"),
        help_text=gettext_lazy("Needed to dismiss: answer what they say. The author reads it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    field_order = ("ruling", "answer", "note")

    def clean(self) -> dict[str, Any]:
        """Ask for an answer where the author is told no."""
        cleaned = self.cleaned_data
        silent = not cleaned.get("answer") and "answer" not in self.errors
        if cleaned.get("ruling") == DISMISS and silent:
            self.add_error("answer", _("Write what the author is told."))
        return cleaned


def page(model_admin: "PolicyAdmin[Case]", request: HttpRequest, case: Case) -> HttpResponse:
    """Show the appeal; take the ruling and go on to the next case."""
    if request.method == "POST" and "shortcuts" in request.POST:
        return switch_shortcuts(request, case)
    if request.method == "POST" and "turn" in request.POST:
        return take_turn(request, case)
    form = RulingForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            turns.take(case=case, by=rights.person(request), at=database_now())
            appeal = appeals.rule(case=case, ruling=_ruling(request, form.cleaned_data))
        except (DecisionRefused, turns.TurnRefused) as refusal:
            form.add_error(None, str(refusal))
            case = model_admin.fetch(request, str(case.pk))
        else:
            undoing.forget(request)
            messages.success(request, _done(appeal))
            return onward(request, queue.next_after(rights.person(request), case))
    context = {
        **model_admin.admin_site.each_context(request),
        **_facts(request, case),
        "undo": undoing.offered(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _title(form, case),
        "form": form,
        "typed": typed_in(form),
        "errors": errors_of(form),
    }
    return TemplateResponse(request, "admin/consultations/case/appeal.html", context)


def _done(appeal: Appeal) -> str:
    outcome = Appeal.Outcome(appeal.outcome)
    if outcome == Appeal.Outcome.UPHELD and appeal.decision.verb == Decision.Verb.REDACT:
        return _("Appeal upheld and the words put back; the author is told.")
    return str(DONE[outcome])


def _title(form: forms.Form, case: Case) -> str:
    if form.errors:
        return _("Error: decide again")
    return _("Decide on an appeal, case %(number)s") % {"number": case.pk}


def _ruling(request: HttpRequest, said: dict[str, Any]) -> Ruling:
    return Ruling(
        upheld=said["ruling"] == UPHOLD,
        answer=said["answer"],
        note=said["note"],
        by=rights.person(request),
        at=database_now(),
    )


def _facts(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what the page shows beside the form."""
    appeal = case.appeal
    if appeal is None:
        raise TypeError("a case of an appeal")
    decision = appeal.decision
    deciders = policy.appeal_deciders(appeal)
    mine = rights.person(request).pk in deciders.people
    others = User.objects.filter(pk__in=deciders.people).order_by("name", "pk")
    return {
        "case": case,
        "shortcuts": rights.person(request).shortcuts,
        **beside.turn(request, case),
        "appeal": appeal,
        "decision": decision,
        "removed": appealable.words_removed(decision),
        "comment": decision.case.comment,
        "document": decision.case.document,
        "who": who(case),
        "may_decide": mine,
        "independent": deciders.independent,
        "deciders": [] if mine else list(others),
        "stands": appealable.stands(decision),
        "days": queue.days_waiting(case, database_now()),
        "late": queue.overdue(case, database_now()),
        "decisions": _so_far(decision),
    }


def _so_far(decision: Decision) -> list[Decision]:
    """Return every decision on what the appeal is about, and on the appeal, newest first."""
    subject = decision.case
    about = (
        Decision.objects.filter(case__comment=subject.comment_id)
        if subject.comment_id
        else Decision.objects.filter(case__document=subject.document_id)
    )
    both = about | Decision.objects.filter(case__appeal__decision=decision)
    related = both.select_related("decided_by", "reason", "version")
    return list(related.order_by("-decided_at", "-pk"))
