"""The page of a consultation's own documents: what stands there, and adding one."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import documents
from consultations.admin import rights
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
