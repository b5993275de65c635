"""The page of one case: whose turn it is, the decision itself, and the way to the next.

What is shown beside the form is gathered in `beside`.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import beside, rights, undoing
from consultations.admin.saying_why import NoteForm
from consultations.forms import TidyField
from consultations.models import Case, Decision, Reason, database_now
from consultations.moderation import claims, decide, documents, queue, reports, turns
from consultations.moderation.record import DecisionRefused

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

Verb = Decision.Verb
DONE = {
    Verb.PUBLISH: gettext_lazy("Published."),
    Verb.REJECT: gettext_lazy("Rejected; the author is told why."),
    Verb.HOLD: gettext_lazy("Held; it stays in the queue."),
    Verb.CONFIRM: gettext_lazy("Claim confirmed; the person is told."),
    Verb.REFUSE: gettext_lazy("Claim refused; the person is told."),
    Verb.DISMISS: gettext_lazy("Closed, with nothing to do; the reader is told."),
}


class DecisionForm(NoteForm):
    """What a moderator decides, why, and on which version."""

    decision = forms.ChoiceField(
        choices=[(verb.value, verb.label) for verb in DONE], widget=forms.HiddenInput
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)
    # The sign-off that stood beside it: another one since is not shown unread.
    signed = forms.IntegerField(min_value=1, widget=forms.HiddenInput, required=False)
    reason = forms.ModelChoiceField(
        Reason.objects.filter(retired=False),
        required=False,
        label=gettext_lazy("Reason"),
        empty_label=gettext_lazy("Choose a reason"),
        help_text=gettext_lazy("Needed to reject. The author receives the text of the reason."),
    )
    told = TidyField(
        limit=1_000,
        lines=True,
        required=False,
        label=gettext_lazy("Why, as the claimant is told"),
        help_text=gettext_lazy("Needed to refuse. The claimant may appeal to somebody else."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("decision", "version", "signed", "reason", "told", "note")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        reason = self.fields["reason"]
        # The numbers are keys: see `review.js`.
        empty, *reasons = [each for each in reason.choices]  # type: ignore[attr-defined]  # noqa: C416  list() would count them
        reason.choices = [  # type: ignore[attr-defined]
            empty,
            *((key, f"{number}. {name}") for number, (key, name) in enumerate(reasons, start=1)),
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where the author must be given one."""
        cleaned = self.cleaned_data
        if cleaned.get("decision") == Verb.REJECT and not cleaned.get("reason"):
            self.add_error("reason", _("Choose the reason that the author is told."))
        silent = not cleaned.get("told") and "told" not in self.errors
        if cleaned.get("decision") == Verb.REFUSE and silent:
            self.add_error("told", _("Write why, so that the claimant is told."))
        return cleaned


def page(model_admin: "PolicyAdmin[Case]", request: HttpRequest, case: Case) -> HttpResponse:
    """Show the case; take a decision and go on to the next."""
    if request.method == "POST" and "shortcuts" in request.POST:
        return switch_shortcuts(request, case)
    if request.method == "POST" and "turn" in request.POST:
        return take_turn(request, case)
    form = DecisionForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            turns.take(case=case, by=rights.person(request), at=database_now())
            decision = _decide(request, case, form.cleaned_data)
        except (DecisionRefused, turns.TurnRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            undoing.remember(request, decision)
            messages.success(request, str(DONE[Verb(form.cleaned_data["decision"])]))
            return onward(request, queue.next_after(rights.person(request), case))
    if request.method == "POST":
        case = model_admin.fetch(request, str(case.pk))  # as it stands now
    context = {
        **model_admin.admin_site.each_context(request),
        **beside.facts(request, case),
        "undo": undoing.offered(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Error: decide again") if form.errors else _("Decide"),
        "form": form,
        "typed": typed_in(form),
        "errors": errors_of(form),
    }
    return TemplateResponse(request, "admin/consultations/case/review.html", context)


def switch_shortcuts(request: HttpRequest, case: Case) -> HttpResponseRedirect:
    """Turn the keys on or off for this moderator, on every page that has them."""
    turns.keep_shortcuts(by=rights.person(request), on=request.POST["shortcuts"] == "on")
    return _to(case)


def take_turn(request: HttpRequest, case: Case) -> HttpResponseRedirect:
    """Keep the case for ten minutes, take it out of another's hands, or go on to the next."""
    person, wanted = rights.person(request), request.POST["turn"]
    if wanted == "next":
        return onward(request, queue.next_after(rights.person(request), case))
    try:
        turns.take(case=case, by=person, at=database_now(), over=wanted == "over")
    except turns.TurnRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is yours for ten minutes."))
    return _to(case)


def onward(request: HttpRequest, following: Case | None) -> HttpResponseRedirect:
    """Go on to the case that the moderator was given, or to the queue when none waits."""
    if following is None:
        messages.info(request, _("Nothing else waits that nobody is reading."))
        return HttpResponseRedirect(reverse("admin:consultations_case_changelist"))
    return _to(following)


def _to(case: Case) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:consultations_case_change", args=[case.pk]))


def _decide(request: HttpRequest, case: Case, said: dict[str, Any]) -> Decision:
    """Call the verb that the moderator chose; raises DecisionRefused."""
    common: Any = {
        "case": case,
        "note": said["note"],
        "by": rights.person(request),
        "at": database_now(),
    }
    if case.document_id is not None:
        return _decide_document(said, common)
    number = said["version"] or 0
    match said["decision"]:
        case Verb.PUBLISH:
            return decide.publish(version_number=number, signed=said["signed"], **common)
        case Verb.REJECT:
            return decide.reject(version_number=number, reason=said["reason"], **common)
        case Verb.HOLD:
            return decide.hold(version_number=number, **common)
        case Verb.CONFIRM:
            return claims.confirm(**common)[0]
        case Verb.REFUSE:
            return claims.refuse(why=said["told"], **common)[0]
        case _dismiss:
            return reports.dismiss(**common)


def _decide_document(said: dict[str, Any], common: dict[str, Any]) -> Decision:
    """Call the verb on a document; raises DecisionRefused for those that are for others."""
    match said["decision"]:
        case Verb.PUBLISH:
            return documents.publish(**common)
        case Verb.REJECT:
            return documents.reject(reason=said["reason"], **common)
        case Verb.HOLD:
            return documents.hold(**common)
        case _other:
            raise DecisionRefused(_("This is a document: publish or reject it."))


def typed_in(form: forms.Form) -> list[tuple[str, str]]:
    """Return what was written in a form that was not taken, by the labels of its fields."""
    if not form.is_bound:
        return []
    written = [field for field in form if isinstance(field.field.widget, forms.Textarea)]
    return [(str(field.label), field.data) for field in written if field.data]


def errors_of(form: forms.Form) -> list[tuple[str, str]]:
    """Return each error with the id of its field, or "" for what concerns the whole."""
    return [
        (form[name].id_for_label if name in form.fields else "", str(sentence))
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]
