"""Comments to look at; hiding a published one, and restoring it. Decisions are in `decisions`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import filters, redacting, rights
from consultations.admin.base import ReadOnlyAdmin
from consultations.admin.review import errors_of
from consultations.forms import TidyField
from consultations.models import Comment, Reason, database_now
from consultations.moderation import decide, redact
from consultations.moderation.record import DecisionRefused

State = Comment.State


class HideForm(forms.Form):
    """Why a comment is taken from the public."""

    reason = forms.ModelChoiceField(
        Reason.objects.filter(retired=False),
        label=gettext_lazy("Reason"),
        empty_label=gettext_lazy("Choose a reason"),
        help_text=gettext_lazy("The author receives the text of the reason."),
        error_messages={"required": gettext_lazy("Choose the reason that the author is told.")},
    )
    note = TidyField(
        limit=2_000,
        lines=True,
        required=False,
        label=gettext_lazy("Note for colleagues"),
        help_text=gettext_lazy("Only colleagues see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RestoreForm(forms.Form):
    """Why a hidden comment is shown again."""

    note = HideForm.base_fields["note"]


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin[Comment]):
    """Every comment; moderators hide and restore what is or was public."""

    consultation = "recommendation__consultation_id"
    readers = rights.READ
    list_display = ("recommendation", "said_by", "kind", "stance", "excerpt", "state", "sent")
    list_display_links = ("recommendation",)
    list_select_related = ("response", "recommendation__current", "submitted_version")
    list_filter = (
        filters.CommentConsultationFilter,
        filters.CommentRecommendationFilter,
        "state",
        "kind",
        "stance",
    )
    search_fields = ("submitted_version__text", "=reference", "=response__reference")
    search_help_text = gettext_lazy("Words of the comment, or a reference.")
    sortable_by = ("sent",)
    fields = (
        "recommendation",
        "said_by",
        "reference",
        "state",
        "stance",
        "kind",
        "region",
        "newest_text",
        "public_text",
        "reason",
        "submitted_at",
        "first_published_at",
        "act",
    )
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Who"))
    def said_by(self, comment: Comment) -> str:
        """Give the name as it was when they answered."""
        response = comment.response
        for_whom = response.organisation_name if response.for_organisation else ""
        return ", ".join(name for name in (response.name, for_whom) if name) or _("no name")

    @admin.display(description=gettext_lazy("Text"))
    def excerpt(self, comment: Comment) -> str:
        """Give the beginning of the newest text."""
        version = comment.submitted_version
        return Truncator(version.text).chars(160) if version and version.text else "–"

    @admin.display(description=gettext_lazy("Sent"), ordering="submitted_at")
    def sent(self, comment: Comment) -> Any:
        """Give when it was sent."""
        return comment.submitted_at

    @admin.display(description=gettext_lazy("Reference"))
    def reference(self, comment: Comment) -> str:
        """Give the response's reference."""
        return comment.response.reference

    @admin.display(description=gettext_lazy("Newest text"))
    def newest_text(self, comment: Comment) -> str:
        """Give the text of the newest version that was sent."""
        return comment.submitted_version.text if comment.submitted_version else "–"

    @admin.display(description=gettext_lazy("In public"))
    def act(self, comment: Comment) -> SafeString | str:
        """Link to the pages that hide or restore it and remove words, where there is anything."""
        links = []
        if comment.state == State.PUBLISHED:
            links.append(("hide", _("Hide this comment…")))
        elif comment.state == State.HIDDEN:
            links.append(("restore", _("Show this comment again…")))
        if comment.state not in redact.GONE:
            links.append(("redact", _("Remove words…")))
        pages = [
            (reverse(f"admin:consultations_comment_{name}", args=[comment.pk]), label)
            for name, label in links
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', pages) or "–"

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that hide, restore and remove words."""
        pages = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"consultations_comment_{name}",
            )
            for name, view in (
                ("hide", self.hide_view),
                ("restore", self.restore_view),
                ("redact", self.redact_view),
            )
        ]
        return [*pages, *super().get_urls()]

    def hide_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask for the reason, and take the comment from the public."""
        comment = self._to_decide(request, object_id)
        form = HideForm(request.POST if request.method == "POST" else None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                decide.hide(comment=comment, **form.cleaned_data, **_by(request))
            except DecisionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._done(request, comment, _("Hidden; the author is told why."))
        return self._ask(request, comment, form, _("Hide this comment"))

    def restore_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show a hidden comment again."""
        comment = self._to_decide(request, object_id)
        form = RestoreForm(request.POST if request.method == "POST" else None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                decide.restore(comment=comment, **form.cleaned_data, **_by(request))
            except DecisionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._done(request, comment, _("Shown again; the author is told."))
        return self._ask(request, comment, form, _("Show this comment again"))

    def redact_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Remove words of it from what the public reads, or put them back."""
        return redacting.page(self, request, self._to_decide(request, object_id))

    def _to_decide(self, request: HttpRequest, object_id: int) -> Comment:
        comment = self.fetch(request, str(object_id))
        if not rights.holds(request, rights.DECIDE, comment.recommendation.consultation_id):
            raise Http404
        return comment

    def _done(self, request: HttpRequest, comment: Comment, sentence: str) -> HttpResponse:
        messages.success(request, sentence)
        return HttpResponseRedirect(_page_of(comment))

    def _ask(
        self, request: HttpRequest, comment: Comment, form: forms.Form, title: str
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": title,
            "form": form,
            "errors": errors_of(form),
            "words": comment.public_version.text if comment.public_version else "",
            "back": _page_of(comment),
            "back_title": comment.response.reference,
        }
        return TemplateResponse(request, "admin/consultations/ask.html", context)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": rights.person(request), "at": database_now()}


def _page_of(comment: Comment) -> str:
    return reverse("admin:consultations_comment_change", args=[comment.pk])
