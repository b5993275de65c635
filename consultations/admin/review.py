"""The page of one case: what a moderator needs on one screen, and the decision itself."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import invitations
from consultations.admin import marking, rights
from consultations.admin.told import domain, who
from consultations.forms import TidyField
from consultations.models import (
    Case,
    CommentVersion,
    ConfidentialityRequest,
    Decision,
    Document,
    Invitation,
    Reason,
    Report,
    Response,
    database_now,
)
from consultations.moderation import claims, decide, documents, queue, reports
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


class DecisionForm(forms.Form):
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
    note = TidyField(
        limit=2_000,
        lines=True,
        required=False,
        label=gettext_lazy("Note for colleagues"),
        help_text=gettext_lazy("Only colleagues see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where the author must be given one."""
        cleaned = self.cleaned_data
        if cleaned.get("decision") == Verb.REJECT and not cleaned.get("reason"):
            self.add_error("reason", _("Choose the reason that the author is told."))
        return cleaned


def page(model_admin: "PolicyAdmin[Case]", request: HttpRequest, case: Case) -> HttpResponse:
    """Show the case; take a decision and go on to the next."""
    form = DecisionForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, case, form.cleaned_data)
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
            case.refresh_from_db()
            case = model_admin.fetch(request, str(case.pk))
        else:
            messages.success(request, str(DONE[Verb(form.cleaned_data["decision"])]))
            return _onward(request, case)
    context = {
        **model_admin.admin_site.each_context(request),
        **_facts(request, case),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Error: decide again") if form.errors else _("Decide"),
        "form": form,
        "errors": errors_of(form),
    }
    return TemplateResponse(request, "admin/consultations/case/review.html", context)


def _decide(request: HttpRequest, case: Case, said: dict[str, Any]) -> None:
    """Call the verb that the moderator chose; raises DecisionRefused."""
    who_and_when: Any = {"by": rights.person(request), "at": database_now()}
    note, version = said["note"], said["version"] or 0
    if case.document_id is not None:
        _decide_document(case, said, {"note": note, **who_and_when})
        return
    match said["decision"]:
        case Verb.PUBLISH:
            decide.publish(
                case=case,
                version_number=version,
                note=note,
                signed=said["signed"],
                **who_and_when,
            )
        case Verb.REJECT:
            decide.reject(
                case=case,
                version_number=version,
                reason=said["reason"],
                note=note,
                **who_and_when,
            )
        case Verb.HOLD:
            decide.hold(case=case, version_number=version, note=note, **who_and_when)
        case Verb.CONFIRM:
            claims.confirm(case=case, note=note, **who_and_when)
        case Verb.REFUSE:
            claims.refuse(case=case, note=note, **who_and_when)
        case Verb.DISMISS:
            reports.dismiss(case=case, note=note, **who_and_when)


def _decide_document(case: Case, said: dict[str, Any], common: dict[str, Any]) -> None:
    """Call the verb on a document; raises DecisionRefused for those that are for others."""
    match said["decision"]:
        case Verb.PUBLISH:
            documents.publish(case=case, **common)
        case Verb.REJECT:
            documents.reject(case=case, reason=said["reason"], **common)
        case Verb.HOLD:
            documents.hold(case=case, **common)
        case _other:
            raise DecisionRefused(_("This is a document: publish or reject it."))


def _onward(request: HttpRequest, case: Case) -> HttpResponseRedirect:
    """Go to the case that waits behind this one, or to the queue when none does."""
    following = queue.next_after(rights.person(request), case)
    if following is None:
        messages.info(request, _("Nothing else waits."))
        return HttpResponseRedirect(reverse("admin:consultations_case_changelist"))
    return HttpResponseRedirect(reverse("admin:consultations_case_change", args=[following.pk]))


def errors_of(form: forms.Form) -> list[tuple[str, str]]:
    """Return each error with the id of its field, or "" for what concerns the whole."""
    return [
        (form[name].id_for_label if name in form.fields else "", str(sentence))
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]


def _facts(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what the page shows beside the form."""
    decisions = Decision.objects.filter(case=case)
    facts: dict[str, Any] = {
        "case": case,
        "who": who(case),
        **_marked(case),
        "days": queue.days_waiting(case, database_now()),
    }
    if case.comment_id is not None:
        decisions = Decision.objects.filter(case__comment_id=case.comment_id)
        response = case.comment.response if case.comment else None
        facts |= _words(case)
        facts["signed"] = response.sign_off if response else None
        facts["claimed_domain"] = domain(response.membership if response else None)
    elif case.report is not None:
        facts |= _reported(case.report)
    elif case.document is not None:
        facts |= _attached(case.document)
    else:
        facts |= {
            "domain": domain(case.membership),
            "responses": _claimed(case),
            "invitation": _invitation(case),
        }
    related = decisions.select_related("decided_by", "reason", "version")
    return facts | {"decisions": related.order_by("-decided_at", "-pk")}


def _marked(case: Case) -> dict[str, Any]:
    """Return what was found by computer, in sentences, and where the campaign is shown."""
    campaign = marking.campaign_of(case)
    return {
        "marks": marking.sentences(case),
        "campaign": campaign,
        "how_many": marking.how_many(campaign) if campaign else "",
        "campaign_page": marking.page_of(campaign) if campaign else "",
    }


def _words(case: Case) -> dict[str, Any]:
    """Return the version that waits, what it answered, and the versions before it."""
    versions = CommentVersion.objects.filter(comment=case.comment)
    newest_first = list(versions.select_related("answered").order_by("-number", "-pk"))
    comment = case.comment
    waiting = comment.submitted_version_id if comment else None
    version = next((one for one in newest_first if one.pk == waiting), None)
    return {
        "version": version,
        "earlier": [one for one in newest_first if version and one.number < version.number],
        "permission": version.get_permission_display() if version else "",
    }


def _reported(report: Report) -> dict[str, Any]:
    """Return what a reader reported, how many others did, and where the comment is hidden."""
    comment = report.comment
    others = Report.objects.filter(comment=comment).exclude(pk=report.pk)
    return {
        "report": report,
        "reported": comment,
        "others": others.count(),
        "changed": comment.listed and comment.public_version_id != report.version_id,
        "hide": reverse("admin:consultations_comment_hide", args=[comment.pk]),
    }


def _attached(document: Document) -> dict[str, Any]:
    """Return what a respondent's document is, and the one that is public meanwhile."""
    standing = Document.objects.filter(
        response=document.response, state=Document.State.PUBLISHED
    ).exclude(pk=document.pk)
    response = document.response
    return {
        "permission": document.get_permission_display(),
        "claimed_domain": domain(response.membership if response else None),
        "standing": standing.first(),
        "gone": document.state in {Document.State.WITHDRAWN, Document.State.REPLACED},
        "confidential": ConfidentialityRequest.objects.filter(response=response).exclude(
            outcome=ConfidentialityRequest.Outcome.REFUSED
        ),
    }


def _invitation(case: Case) -> Invitation | None:
    """Return the invitation that an officer sent to the claimant for this organisation, if any."""
    claim = case.membership
    if claim is None:
        return None
    return invitations.sent_to(
        claim.user, organisation=claim.organisation, consultation_id=case.consultation_id
    )


def _claimed(case: Case) -> list[Response]:
    """Return the claimant's responses under this claim in this consultation, with comments."""
    found = Response.objects.filter(
        membership=case.membership, consultation_id=case.consultation_id
    )
    return list(
        found.prefetch_related("comments__submitted_version", "comments__recommendation__current")
    )
