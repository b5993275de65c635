"""Documents: officers add and withdraw the owner's; respondents' are looked at, and hidden."""

from typing import TYPE_CHECKING, Any

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
from consultations.admin import filters, rights
from consultations.admin.base import ReadOnlyAdmin
from consultations.admin.review import errors_of
from consultations.documents import DocumentError
from consultations.forms import MOST_TITLE, DocumentField, TidyField
from consultations.models import Consultation, Document, Recommendation, database_now

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin


class NamedRecommendation(forms.ModelChoiceField[Recommendation]):
    """A recommendation, chosen by number and title."""

    def label_from_instance(self, obj: Any) -> str:
        """Return "1. Title"."""
        return f"{obj.number}. {obj.current}"


class AddForm(forms.Form):
    """One of the owner's documents."""

    title = TidyField(
        label=gettext_lazy("Title"),
        limit=MOST_TITLE,
        help_text=gettext_lazy("Readers see it in place of the file's name."),
        widget=forms.TextInput,
        error_messages={"required": gettext_lazy("Give the document a title.")},
    )
    recommendation = NamedRecommendation(
        Recommendation.objects.none(),
        required=False,
        label=gettext_lazy("What is it about?"),
        empty_label=gettext_lazy("The whole consultation"),
    )
    file = DocumentField()

    def __init__(self, consultation: Consultation, *posted: Any) -> None:
        super().__init__(*posted)
        self.label_suffix = ""
        asked = consultation.recommendations.select_related("current").order_by("number", "pk")
        choice: Any = self.fields["recommendation"]
        choice.queryset = asked


class WithdrawForm(forms.Form):
    """Why a document is no longer handed out."""

    why = TidyField(
        label=gettext_lazy("Why?"),
        limit=500,
        help_text=gettext_lazy("These words stay on the page, with the title and the date."),
        widget=forms.TextInput,
        error_messages={"required": gettext_lazy("Say why: readers may have relied on it.")},
    )


def page(
    model_admin: "PolicyAdmin[Consultation]", request: HttpRequest, consultation: Consultation
) -> HttpResponse:
    """Show the owner's documents, and add one."""
    posted = request.method == "POST"
    form = AddForm(consultation, *((request.POST, request.FILES) if posted else ()))
    if posted and form.is_valid():
        try:
            documents.add(
                consultation=consultation,
                by=rights.person(request),
                at=database_now(),
                **form.cleaned_data,
            )
        except DocumentError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("Added. Look at it as readers see it."))
            return HttpResponseRedirect(request.path)
    here = Document.objects.of_owner().filter(consultation=consultation)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Error: documents") if form.errors else _("Documents"),
        "form": form,
        "errors": errors_of(form),
        "consultation": consultation,
        "documents": here.select_related("recommendation", "uploaded_by"),
        "opened": consultation.has_opened(database_now()),
        "back": reverse("admin:consultations_consultation_change", args=[consultation.pk]),
        "back_title": consultation.title,
    }
    return TemplateResponse(request, "admin/consultations/consultation/documents.html", context)


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
        "size",
        "sha256",
        "permission",
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
        """Return the owner's and what was sent: what is only saved is its respondent's alone."""
        rows = super().get_queryset(request)
        return rows.exclude(response__isnull=False, sent_at__isnull=True)

    @admin.display(description=gettext_lazy("Whose"))
    def whose(self, document: Document) -> str:
        """Name the owner, or the respondent as they were when they answered."""
        response = document.response
        if response is None:
            return document.consultation.owner
        names = (response.name, response.organisation_name, response.reference)
        return ", ".join(name for name in names if name)

    @admin.display(description=gettext_lazy("To do"))
    def act(self, document: Document) -> SafeString | str:
        """Link to the file, and to the page that withdraws it."""
        return self.links(document) or "–"

    def links(self, document: Document) -> SafeString:
        """Return the links to what can be done with a document."""
        fetch = reverse("documents.fetch", args=[document.consultation.slug, document.reference])
        link = format_html('<a href="{}">{}</a>', fetch, _("Download it (not scanned for viruses)"))
        if document.state != Document.State.PUBLISHED or document.response_id is not None:
            return link
        withdraw = reverse("admin:consultations_document_withdraw", args=[document.pk])
        return format_html('{} · <a href="{}">{}</a>', link, withdraw, _("Withdraw it…"))

    def get_urls(self) -> list[URLPattern]:
        """Add the page that withdraws."""
        withdraw = path(
            "<int:object_id>/withdraw/",
            self.admin_site.admin_view(self.withdraw_view),
            name="consultations_document_withdraw",
        )
        return [withdraw, *super().get_urls()]

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
