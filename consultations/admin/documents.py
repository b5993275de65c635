"""Documents, to be looked at; officers withdraw the owner's, moderators hide respondents'.

The page on which officers add is in `owners`, the queue in which respondents' wait in `cases`.
"""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import documents
from consultations.admin import filters, rights, undoing
from consultations.admin.base import ReadOnlyAdmin
from consultations.admin.review import errors_of
from consultations.admin.saying_why import NoteForm, ReasonForm
from consultations.documents import DocumentError
from consultations.forms import TidyField
from consultations.models import Decision, Document, database_now
from consultations.moderation import documents as moderated
from consultations.moderation.record import DecisionRefused


def _next(document: Document) -> tuple[str, str]:
    """Return the page on which something can be done with a document, and its label; or ""."""
    if document.response_id is None:
        shown = document.state == Document.State.PUBLISHED
        return ("withdraw", _("Withdraw it…")) if shown else ("", "")
    if document.state == Document.State.PUBLISHED:
        return "hide", _("Hide it…")
    hidden = document.state == Document.State.HIDDEN and document.reason_id is not None
    return ("restore", _("Show it again…")) if hidden else ("", "")


class WithdrawForm(forms.Form):
    """Why a document is no longer handed out."""

    why = TidyField(
        label=gettext_lazy("Why?"),
        limit=500,
        help_text=gettext_lazy("These words stay on the page, with the title and the date."),
        widget=forms.TextInput,
        error_messages={"required": gettext_lazy("Say why: readers may have relied on it.")},
    )


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin[Document]):
    """The owner's documents, and what respondents sent."""

    readers = rights.READ
    list_display = ("title", "whose", "consultation", "kind", "state", "uploaded_at")
    list_select_related = ("consultation", "response")
    list_filter = (filters.ConsultationFilter, "state", "kind")
    search_fields = ("title", "=reference", "=response__reference")
    search_help_text = gettext_lazy("Words of the title, or a reference.")
    sortable_by = ()
    fields = (
        "title",
        "whose",
        "consultation",
        "recommendation",
        "reference",
        "file_name",
        "kind",
        "how_large",
        "sha256",
        "allowed",
        "state",
        "reason",
        "uploaded_at",
        "sent_at",
        "published_at",
        "withdrawn_at",
        "why_withdrawn",
        "act",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """Return the owner's and what was sent: what is only saved is its respondent's alone.

        Of a document whose respondent was erased there is nothing to see.
        """
        rows = super().get_queryset(request).filter(erased_at__isnull=True)
        return rows.exclude(response__isnull=False, sent_at__isnull=True)

    @admin.display(description=gettext_lazy("Whose"))
    def whose(self, document: Document) -> str:
        """Name the owner, or the respondent as they were when they answered."""
        response = document.response
        if response is None:
            return document.consultation.owner
        names = (response.name, response.organisation_name, response.reference)
        return ", ".join(name for name in names if name)

    @admin.display(description=gettext_lazy("Size"))
    def how_large(self, document: Document) -> str:
        """Give the size in words."""
        return document.size_in_words

    @admin.display(description=gettext_lazy("Permission to publish"))
    def allowed(self, document: Document) -> str:
        """Give what a respondent allows; the owner's own stand on the page."""
        return document.get_permission_display() if document.response_id else "–"

    @admin.display(description=gettext_lazy("To do"))
    def act(self, document: Document) -> SafeString | str:
        """Link to the file, and to the page that withdraws it."""
        return self.links(document) or "–"

    def links(self, document: Document) -> SafeString:
        """Return the links to what can be done with a document."""
        fetch = reverse("documents.fetch", args=[document.consultation.slug, document.reference])
        if document.state in {Document.State.WITHDRAWN, Document.State.REPLACED}:
            return SafeString()
        link = format_html('<a href="{}">{}</a>', fetch, _("Download it (not scanned for viruses)"))
        name, label = _next(document)
        if not name:
            return link
        page = reverse(f"admin:consultations_document_{name}", args=[document.pk])
        return format_html('{} · <a href="{}">{}</a>', link, page, label)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that withdraw, hide and restore."""
        pages = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"consultations_document_{name}",
            )
            for name, view in (
                ("withdraw", self.withdraw_view),
                ("hide", self.hide_view),
                ("restore", self.restore_view),
            )
        ]
        return [*pages, *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask why, and withdraw one of the owner's documents."""
        document = self.fetch(request, str(object_id))
        officer = rights.holds(request, rights.OFFICER, document.consultation_id)
        if document.response_id is not None or not officer:
            raise Http404
        form = WithdrawForm(request.POST if request.method == "POST" else None, label_suffix="")
        back = reverse(
            "admin:consultations_consultation_documents", args=[document.consultation_id]
        )
        if request.method == "POST" and form.is_valid():
            try:
                stays = documents.withdraw(
                    document=document,
                    why=form.cleaned_data["why"],
                    by=rights.person(request),
                    at=database_now(),
                )
            except DocumentError as error:
                form.add_error(None, str(error))
            else:
                said = _("Withdrawn; its title and your reason stay on the page.")
                messages.success(request, said if stays else _("Removed: nobody had seen it."))
                return HttpResponseRedirect(back)
        return self.ask(request, form, _("Withdraw this document"), document.title, back)

    def hide_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask for the reason, and take a respondent's document from the public."""
        said = _("Hidden; whoever sent it is told why.")
        title = _("Hide this document")
        return self._decide(request, object_id, ReasonForm, moderated.hide, (title, said))

    def restore_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask first, and show a respondent's document again."""
        said = _("Shown again; whoever sent it is told.")
        title = _("Show this document again")
        return self._decide(request, object_id, NoteForm, moderated.restore, (title, said))

    def _decide(
        self,
        request: HttpRequest,
        object_id: int,
        form_class: type[forms.Form],
        verb: Callable[..., Decision],
        words: tuple[str, str],
    ) -> HttpResponse:
        """Ask on a page of this title, call the verb on a respondent's document, and say so."""
        document = self.fetch(request, str(object_id))
        decides = rights.holds(request, rights.DECIDE, document.consultation_id)
        if document.response_id is None or not decides:
            raise Http404
        form = form_class(request.POST if request.method == "POST" else None, label_suffix="")
        back = reverse("admin:consultations_document_change", args=[document.pk])
        title, said = words
        if request.method == "POST" and form.is_valid():
            by, at = rights.person(request), database_now()
            try:
                decision = verb(document=document, by=by, at=at, **form.cleaned_data)
            except DecisionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                undoing.remember(request, decision)
                messages.success(request, said)
                return HttpResponseRedirect(back)
        return self.ask(request, form, title, document.title, back)

    def ask(
        self, request: HttpRequest, form: forms.Form, title: str, sentence: str, back: str
    ) -> HttpResponse:
        """Show a page that asks before something is done with a document."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": title,
            "sentence": sentence,
            "form": form,
            "errors": errors_of(form),
            "back": back,
            "back_title": _("Documents"),
        }
        return TemplateResponse(request, "admin/consultations/ask.html", context)
