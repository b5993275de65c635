"""Responses, to be looked at; what came otherwise is typed and checked on pages of `paper`."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import accounts
from consultations.admin import filters, paper, rights, unaccounted
from consultations.admin.base import ReadOnlyAdmin
from consultations.models import QuestionAnswer, Response, database_now
from consultations.moderation import readings


@admin.register(Response)
class ResponseAdmin(ReadOnlyAdmin[Response]):
    """What each respondent said to a consultation, and under which conditions."""

    readers = rights.READ
    list_display = (
        "reference",
        "consultation",
        "name",
        "organisation_name",
        "kind",
        "came",
        "state",
    )
    list_select_related = ("consultation", "typed_by", "checked_by")
    list_filter = (filters.ConsultationFilter, "state", "kind", "channel")
    search_fields = ("=reference", "name", "organisation_name", "=external_reference")
    search_help_text = gettext_lazy("A name, an organisation or a reference.")
    sortable_by = ()
    fields = (
        "consultation",
        "reference",
        "name",
        "kind",
        "for_organisation",
        "organisation_name",
        "organisation_kind",
        "size_band",
        "region",
        "channel",
        "came",
        "late_reason",
        "external_reference",
        "typed_by",
        "typed_at",
        "checked_by",
        "checked_at",
        "act",
        "permission",
        "notices",
        "state",
        "started_at",
        "submitted_at",
        "answers",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Response]:
        """Return what was sent: what is only begun is its respondent's alone."""
        return super().get_queryset(request).filter(submitted_at__isnull=False)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a response, and note who reads its answers without deciding anything here."""
        if request.method != "POST" and rights.where(request, self.readers):
            response = self.fetch(request, object_id)
            if not rights.holds(request, rights.DECIDE, response.consultation_id):
                readings.of_answers(response=response, by=rights.person(request), at=database_now())
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=gettext_lazy("Received"))
    def came(self, response: Response) -> str:
        """Give the day on which it came otherwise, and whether that was late."""
        if response.received_on is None:
            return "–"
        day = date_format(response.received_on, "j F Y")
        return _("%(day)s, received late") % {"day": day} if response.late else day

    @admin.display(description=gettext_lazy("Answers to questions"))
    def answers(self, response: Response) -> SafeString | str:
        """Give what it says to the owner's questions: counted, and never published."""
        sent = response.question_answers.select_related("question", "current__question")
        rows = [
            (answer.question.place(), answer.question.words, _said(answer))
            for answer in sent.order_by("question__number", "pk")
        ]
        return format_html_join("", "<p><strong>{}: {}</strong></p>{}", rows) or "–"

    @admin.display(description=gettext_lazy("To do"))
    def act(self, response: Response) -> SafeString | str:
        """Link to the pages that check and change what was typed, and are about who wrote it."""
        typed = response.typed_at is not None
        pages = (
            ("check", _("Check it…"), typed and response.unchecked),
            ("retype", _("Type it anew…"), typed),
            ("person", _("Copy or erase this person…"), accounts.is_one_of_theirs(response)),
        )
        links = [
            (reverse(f"admin:consultations_response_{name}", args=[response.pk]), label)
            for name, label, wanted in pages
            if wanted
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or "–"

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that change and check what was typed, and copy or erase who wrote it."""
        pages = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"consultations_response_{name}",
            )
            for name, view in (
                ("retype", self.retype_view),
                ("check", self.check_view),
                ("person", self.person_view),
            )
        ]
        return [*pages, *super().get_urls()]

    def retype_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Put right what was typed."""
        response = self._typed(request, object_id, officers_alone=True)
        return paper.entry(self, request, response.consultation, response)

    def check_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Compare what was typed with the original."""
        return paper.check(self, request, self._typed(request, object_id, officers_alone=False))

    def person_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Copy or erase what is held about who answered without an account."""
        response = self.fetch(request, str(object_id))
        officer = rights.holds(request, rights.OFFICER, response.consultation_id)
        if not officer or not accounts.is_one_of_theirs(response):
            raise Http404
        return unaccounted.page(self, request, response)

    def _typed(self, request: HttpRequest, object_id: int, *, officers_alone: bool) -> Response:
        """Return a response that was typed, to whom may act on it; any other does not exist."""
        response = self.fetch(request, str(object_id))
        wanted = rights.OFFICER if officers_alone else rights.DECIDE
        if response.typed_at is None or not rights.holds(request, wanted, response.consultation_id):
            raise Http404
        return response


def _said(answer: QuestionAnswer) -> SafeString:
    """Give an answer as paragraphs; what was withdrawn or set aside says so, and no more."""
    version = answer.current
    if version is None or not answer.stands:
        return format_html("<p>{}</p>", answer.get_state_display().capitalize())
    why = _("Why: %(words)s") % {"words": version.why} if version.why else ""
    lines = [line for line in (*version.labels(), version.text, why) if line]
    return format_html_join("", '<p class="said">{}</p>', ((line,) for line in lines))
