"""Putting words back that were removed from a comment; and where both pages lead back to."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.admin import rights, undoing
from consultations.admin.base import is_key
from consultations.admin.review import errors_of
from consultations.admin.saying_why import NoteForm
from consultations.analysis.masks import masked
from consultations.models import Case, Comment, Redaction, database_now
from consultations.moderation import redact
from consultations.moderation.record import DecisionRefused

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin


def page(
    model_admin: "PolicyAdmin[Comment]", request: HttpRequest, comment: Comment
) -> HttpResponse:
    """Show how the public will read it, and put words back."""
    asked = request.GET["put_back"]
    rows = Redaction.objects.filter(version__comment=comment).select_related("version")
    row = rows.filter(pk=asked).first() if is_key(asked) else None
    if row is None:
        raise Http404
    form = NoteForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        said: Any = {"note": form.cleaned_data["note"], "by": rights.person(request)}
        try:
            decision = redact.unredact(comment=comment, redaction=row, at=database_now(), **said)
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            undoing.remember(request, decision)
            messages.success(request, _("Put back; the author is told where the public reads it."))
            return HttpResponseRedirect(back(request, comment)["back"])
    others = [each.place for each in row.version.redactions.in_force() if each.pk != row.pk]
    context = {
        **model_admin.admin_site.each_context(request),
        **back(request, comment),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Show these words again"),
        "sentence": _("“%(words)s” stands there again. The public will read:")
        % {"words": row.words},
        "words": masked(row.version.text, others),
        "form": form,
        "errors": errors_of(form),
    }
    return TemplateResponse(request, "admin/consultations/ask.html", context)


def back(request: HttpRequest, comment: Comment) -> dict[str, str]:
    """Return where the page was opened from: the case, or the comment."""
    asked = request.GET.get("case", "")
    cases = Case.objects.filter(comment=comment)
    case = cases.filter(pk=asked).first() if is_key(asked) else None
    if case is not None:
        link, title = page_of_case(case), str(case)
        return {"back": link, "back_title": title, "onward": f"case={case.pk}&"}
    link = reverse("admin:consultations_comment_change", args=[comment.pk])
    return {"back": link, "back_title": comment.response.reference, "onward": ""}


def page_of_case(case: Case) -> str:
    """Return the address of a case's page."""
    return reverse("admin:consultations_case_change", args=[case.pk])
