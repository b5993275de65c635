"""Requests for confidentiality: officers read the reason, decide, and say so in words."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import rights
from consultations.admin.base import ReadOnlyAdmin
from consultations.admin.review import errors_of
from consultations.forms import TidyField
from consultations.models import ConfidentialityRequest, database_now
from consultations.moderation import confidentiality
from consultations.moderation.record import DecisionRefused

Outcome = ConfidentialityRequest.Outcome


class DecideForm(forms.Form):
    """Whether a response is kept confidential, and what its respondent is told."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[
            ("", gettext_lazy("Choose")),
            (Outcome.GRANTED, gettext_lazy("Keep it confidential as far as the law allows")),
            (Outcome.REFUSED, gettext_lazy("Do not keep it confidential")),
        ],
        error_messages={"required": gettext_lazy("Choose what you have decided.")},
    )
    words = TidyField(
        label=gettext_lazy("Why"),
        limit=2_000,
        lines=True,
        help_text=gettext_lazy("The respondent receives these words."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Say why: the respondent receives it.")},
    )


@admin.register(ConfidentialityRequest)
class ConfidentialityAdmin(ReadOnlyAdmin[ConfidentialityRequest]):
    """What respondents asked for, and what became of it."""

    consultation = "response__consultation_id"
    readers = rights.OFFICER
    list_display = ("asked_at", "response", "in_consultation", "outcome", "decided_at")
    list_display_links = ("asked_at",)
    list_select_related = ("response__consultation",)
    list_filter = ("outcome",)
    sortable_by = ()
    fields = (
        "response",
        "in_consultation",
        "respondent",
        "reason",
        "asked_at",
        "outcome",
        "words",
        "decided_by",
        "decided_at",
        "act",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConfidentialityRequest]:
        """Return those of responses that were sent: the others are their respondents' alone."""
        return super().get_queryset(request).filter(response__submitted_at__isnull=False)

    @admin.display(description=gettext_lazy("Consultation"))
    def in_consultation(self, asked: ConfidentialityRequest) -> str:
        """Name the consultation."""
        return asked.response.consultation.title

    @admin.display(description=gettext_lazy("Who"))
    def respondent(self, asked: ConfidentialityRequest) -> str:
        """Give the names as they were when they answered."""
        names = (asked.response.name, asked.response.organisation_name)
        return ", ".join(name for name in names if name) or "–"

    @admin.display(description=gettext_lazy("Decide"))
    def act(self, asked: ConfidentialityRequest) -> SafeString | str:
        """Link to the page that decides, while there is anything to decide."""
        if asked.outcome != Outcome.PENDING:
            return "–"
        link = reverse("admin:consultations_confidentialityrequest_decide", args=[asked.pk])
        return format_html('<a href="{}">{}</a>', link, _("Decide on this request…"))

    def get_urls(self) -> list[URLPattern]:
        """Add the page that decides."""
        page = path(
            "<int:object_id>/decide/",
            self.admin_site.admin_view(self.decide_view),
            name="consultations_confidentialityrequest_decide",
        )
        return [page, *super().get_urls()]

    def decide_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask for the decision and the words, and carry it out."""
        asked = self.fetch(request, str(object_id))
        form = DecideForm(request.POST if request.method == "POST" else None, label_suffix="")
        back = reverse("admin:consultations_confidentialityrequest_change", args=[asked.pk])
        if request.method == "POST" and form.is_valid():
            try:
                confidentiality.decide(
                    request=asked,
                    granted=form.cleaned_data["outcome"] == Outcome.GRANTED,
                    words=form.cleaned_data["words"],
                    by=rights.person(request),
                    at=database_now(),
                )
            except DecisionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Decided; the respondent is told."))
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Decide on this request"),
            "sentence": self.respondent(asked),
            "words": asked.reason,
            "form": form,
            "errors": errors_of(form),
            "back": back,
            "back_title": str(asked.response),
        }
        return TemplateResponse(request, "admin/consultations/ask.html", context)
