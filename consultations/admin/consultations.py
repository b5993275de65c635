"""Consultations and their recommendations: written, published and corrected by officers.

The forms are in `writing`, the inline in `recommendations`, the digests' page in `digests`.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import publishing, roles
from consultations.admin import (
    digests,
    editions,
    expecting,
    figures,
    importing,
    inviting,
    official,
    owners,
    packing,
    paper,
    rights,
)
from consultations.admin.base import PolicyAdmin
from consultations.admin.recommendations import FIRST_NUMBERS, RecommendationInline
from consultations.admin.review import errors_of
from consultations.admin.writing import (
    FIELDS,
    FIXED_AFTER_OPENING,
    ConsultationForm,
    PublishingError,
)
from consultations.models import Consultation, Role, database_now


@admin.register(Consultation)
class ConsultationAdmin(PolicyAdmin[Consultation]):
    """Consultations where the user has a right; officers write them."""

    consultation = "pk"
    readers = rights.ANY
    writers = rights.OFFICER
    form = ConsultationForm
    inlines = (RecommendationInline,)
    list_display = ("title", "state", "opens_at", "closes_at", "owner", "digests_held")
    sortable_by = ()
    # one field with the browser's own picker, which needs no script and has its label
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField}}
    change_form_template = "admin/consultations/consultation/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the user may begin a consultation."""
        return rights.may_add_consultations(request)

    def has_view_permission(self, request: HttpRequest, obj: Consultation | None = None) -> bool:
        """Whether the user has any right there; who may begin one sees the empty list."""
        return super().has_view_permission(request, obj) or (
            obj is None and rights.may_add_consultations(request)
        )

    @admin.display(description=gettext_lazy("Digests held"), boolean=True)
    def digests_held(self, consultation: Consultation) -> bool:
        """Whether the digests are held."""
        return consultation.digests_held_at is not None

    def get_fields(self, request: HttpRequest, obj: Consultation | None = None) -> Any:
        """Ask for the reason of a correction once the consultation has opened."""
        officer = obj is not None and self.has_change_permission(request, obj)
        corrects = officer and obj is not None and obj.has_opened(database_now())
        seen = ["seen"] if officer else []
        return [*(["reason"] if corrects else []), *FIELDS, *seen]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Consultation | None = None
    ) -> tuple[str, ...]:
        """Keep what no correction can change."""
        if obj is None or not obj.has_opened(database_now()):
            return ()
        # Who answered among the invited did not answer to the public.
        closed = obj.visibility == Consultation.Visibility.INVITED
        return (*FIXED_AFTER_OPENING, "visibility") if closed else FIXED_AFTER_OPENING

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Consultation, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """Number the empty recommendations."""
        options = super().get_formset_kwargs(request, obj, inline, prefix)
        there = obj.recommendations.count() if obj.pk else 0
        numbers = range(there + 1, there + 1 + FIRST_NUMBERS)
        return {**options, "initial": [{"number": number} for number in numbers]}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show and save; what the verb refuses at the last moment is said in a sentence."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except PublishingError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.get_full_path())

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """Add the links to what an officer does with the consultation."""
        obj = kw.get("obj")
        officer = obj is not None and self.has_change_permission(request, obj)
        draft = obj is not None and obj.state == Consultation.State.DRAFT
        audits = obj is not None and rights.holds(request, rights.AUDIT, obj.pk)
        context |= {"officer": officer, "draft": draft, "audits": audits}
        return super().render_change_form(request, context, *args, **kw)

    def save_model(self, request: HttpRequest, obj: Consultation, form: Any, change: bool) -> None:
        """Leave it to `save_related`, where the recommendations' words are known too."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store everything by the one verb; who begins a consultation is its first officer."""
        by, at = rights.person(request), database_now()
        said = {name: value for name, value in form.cleaned_data.items() if name in FIELDS}
        removed = formsets[0].removed() if formsets else []
        correction = publishing.save(
            consultation=form.instance,
            fields=said,
            words=formsets[0].words() if formsets else [],
            reason=form.cleaned_data.get("reason") or "",
            by=by,
            at=at,
            seen=form.cleaned_data.get("seen") or None,
            removed=removed,
        )
        if not change:
            right = Role.Right.OFFICER
            roles.give(user=by, consultation=form.instance, right=right, by=by, at=at)
            rights.forget(request)
        for number in removed:
            gone = _("Removed recommendation %(number)s; those after it have moved up.")
            messages.info(request, gone % {"number": number})
        if correction is not None:
            said_so = _("Published as correction %(number)s.") % {"number": correction.number}
            messages.info(request, said_so)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Describe nothing: the ledger and the corrections are the record."""
        return []

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that publish, show the digests, and take what came otherwise."""
        pages = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"consultations_consultation_{name}",
            )
            for name, view in (
                ("publish", self.publish_view),
                ("digests", self.digests_view),
                ("enter", self.enter_view),
                ("documents", self.documents_view),
                ("import", self.import_view),
                ("invitations", self.invitations_view),
                ("invite", self.invite_view),
                ("figures", self.figures_view),
                ("expected", self.expected_view),
                ("official", self.official_view),
                ("pack", self.pack_view),
            )
        ]
        edition = path(
            "<int:object_id>/digests/<int:edition_id>/",
            self.admin_site.admin_view(self.edition_view),
            name="consultations_consultation_edition",
        )
        answer = path(
            "<int:object_id>/official/<int:number>/",
            self.admin_site.admin_view(self.answer_view),
            name="consultations_consultation_answer",
        )
        pack = path(
            "<int:object_id>/pack/<int:job_id>/",
            self.admin_site.admin_view(self.pack_file_view),
            name="consultations_consultation_pack_file",
        )
        return [*pages, edition, answer, pack, *super().get_urls()]

    def publish_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Say what publishing means, and publish."""
        consultation = self._as_officer(request, object_id)
        back = reverse("admin:consultations_consultation_change", args=[object_id])
        form = forms.Form(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            try:
                publishing.publish(
                    consultation=consultation, by=rights.person(request), at=database_now()
                )
            except PublishingError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Published."))
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Publish this consultation"),
            "sentence": _publishing(consultation),
            "form": form,
            "errors": errors_of(form),
            "back": back,
            "back_title": consultation.title,
        }
        return TemplateResponse(request, "admin/consultations/ask.html", context)

    def digests_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the next edition's state, and do what the officer asks."""
        return digests.page(self, request, self._as_officer(request, object_id))

    def edition_view(self, request: HttpRequest, object_id: int, edition_id: int) -> HttpResponse:
        """Show one edition, and do with it what the officer asks."""
        return editions.page(self, request, self._as_officer(request, object_id), edition_id)

    def enter_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Type a response that came by e-mail, by post or at a meeting."""
        return paper.entry(self, request, self._as_officer(request, object_id))

    def documents_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the owner's documents, and add one."""
        return owners.page(self, request, self._as_officer(request, object_id))

    def import_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Import the responses of a file."""
        return importing.page(self, request, self._as_officer(request, object_id))

    def invitations_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show how far the invitations have come, and remind."""
        return inviting.overview(self, request, self._as_officer(request, object_id))

    def invite_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Invite the organisations of a file."""
        return inviting.invite(self, request, self._as_officer(request, object_id))

    def official_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show how far the official response is, and publish what was reviewed."""
        return official.page(self, request, self._as_officer(request, object_id))

    def answer_view(self, request: HttpRequest, object_id: int, number: int) -> HttpResponse:
        """Write or review the answer on one recommendation."""
        return official.write(self, request, self._as_officer(request, object_id), number)

    def figures_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the decisions and the appeals in figures, to whoever has a right there."""
        return figures.page(self, request, self.fetch(request, str(object_id)))

    def expected_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Say which mix of respondents is expected."""
        return expecting.page(self, request, self._as_officer(request, object_id))

    def pack_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask for the evidence pack."""
        return packing.page(self, request, self._as_auditor(request, object_id))

    def pack_file_view(self, request: HttpRequest, object_id: int, job_id: int) -> HttpResponseBase:
        """Fetch an evidence pack that was built."""
        return packing.fetch(request, self._as_auditor(request, object_id), job_id)

    def _as_auditor(self, request: HttpRequest, object_id: int) -> Consultation:
        """Return a consultation whose record the user may read; any other does not exist."""
        consultation = self.fetch(request, str(object_id))
        if not rights.holds(request, rights.AUDIT, consultation.pk):
            raise Http404
        return consultation

    def _as_officer(self, request: HttpRequest, object_id: int) -> Consultation:
        """Return a consultation that the user runs; any other does not exist."""
        consultation = self.fetch(request, str(object_id))
        if not self.has_change_permission(request, consultation):
            raise Http404
        return consultation


def _publishing(consultation: Consultation) -> str:
    """Say what publishing means."""
    if consultation.visibility == Consultation.Visibility.INVITED:
        return _(
            "Its staff and the organisations that you invite will see it, and nobody else. It "
            "opens and closes at the times that are set; after opening, its words and times change "
            "only by a published correction, and it cannot become public."
        )
    return _(
        "Everybody will see it. It opens and closes at the times that are set; after opening, its "
        "words and times change only by a published correction."
    )
