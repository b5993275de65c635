"""Comments to look at; hiding a published one, and restoring it. Decisions are in `decisions`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import filters, redacting, rights, undoing
from consultations.admin.downloads import DownloadingAdmin
from consultations.admin.offers import Offer
from consultations.admin.places import PlacedList, beyond
from consultations.admin.review import errors_of
from consultations.admin.saying_why import NoteForm, ReasonForm
from consultations.exchange import extracts, themefinder
from consultations.models import Comment, StatementTimestamp, database_now
from consultations.moderation import decide, finding, readings, redact
from consultations.moderation.record import DecisionRefused

State = Comment.State


@admin.register(Comment)
class CommentAdmin(DownloadingAdmin[Comment]):
    """Every comment; moderators hide and restore what is or was public.

    Who reads and does not decide opens each unpublished text by itself, which is written down:
    the list shows them, and searches, what is public.
    """

    offers = (
        Offer(
            extracts.COMMENTS,
            gettext_lazy("Publishable"),
            gettext_lazy("What the public is shown: published texts, names as permitted."),
            rights.READ,
            {"listed": True},
            themefinder.PUBLISHED,
        ),
        Offer(
            extracts.COMMENTS_WHOLE,
            gettext_lazy("Everything"),
            gettext_lazy("Texts that are not public too, with names. For officers alone."),
            rights.OFFICER,
            layout=themefinder.WHOLE,
        ),
    )

    consultation = "recommendation__consultation_id"
    readers = rights.READ
    list_display = ("recommendation", "said_by", "kind", "stance", "excerpt", "state", "sent")
    list_display_links = ("recommendation",)
    list_select_related = (
        "response",
        "recommendation__consultation",
        "recommendation__current",
        "submitted_version",
    )
    list_filter = (
        filters.CommentConsultationFilter,
        filters.CommentRecommendationFilter,
        "state",
        "kind",
        "stance",
    )
    search_fields = ("=reference",)  # see `get_search_results`
    search_help_text = gettext_lazy("Whole words of the comment, or a reference.")
    sortable_by = ()
    # As they first came, the newest first: the one order that needs no index of its own.
    ordering = ("-pk",)
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

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[PlacedList]:
        """Return the list that counts nothing."""
        return PlacedList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        """Return the comments, the present instant, and of each whether it is read on record."""
        noted = Q(recommendation__consultation__in=_on_record(request))
        said = ExpressionWrapper(noted, output_field=BooleanField())
        return super().get_queryset(request).annotate(on_record=said, now=StatementTimestamp())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Look in the newest texts by their index, in the public ones where readings are noted."""
        if not search_term.strip():
            return queryset, False
        if self.downloads(request):
            rows, backwards, most = queryset, False, None
        else:
            rows, backwards = beyond(queryset, request)
            most = self.list_per_page + 1
        noted = _on_record(request)
        found = finding.find_comments(rows, search_term, noted=noted, most=most)
        return (found.reverse() if backwards else found), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a comment, and note who reads what is not public."""
        if request.method != "POST" and rights.where(request, self.readers):
            comment = self.fetch(request, object_id)
            if comment.on_record:  # type: ignore[attr-defined]
                readings.of_comment(comment=comment, **_by(request))
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=gettext_lazy("Who"))
    def said_by(self, comment: Comment) -> str:
        """Give the name as it was when they answered."""
        response = comment.response
        for_whom = response.organisation_name if response.for_organisation else ""
        return ", ".join(name for name in (response.name, for_whom) if name) or _("no name")

    @admin.display(description=gettext_lazy("Text"))
    def excerpt(self, comment: Comment) -> str:
        """Give the beginning of the newest text, of the public one where readings are noted."""
        version = comment.submitted_version
        words = version.text if version else ""
        if comment.on_record:  # type: ignore[attr-defined]
            public = readings.public_words(comment, comment.now)  # type: ignore[attr-defined]
            if words != public:
                words = public or _("Not public. Open it to read it, which is noted.")
        return Truncator(words).chars(160) or "–"

    @admin.display(description=gettext_lazy("Sent"))
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
        """Link to the pages that hide or restore it and remove words, for those who may."""
        if comment.on_record:  # type: ignore[attr-defined]
            return "–"
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
        form = ReasonForm(request.POST if request.method == "POST" else None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                decision = decide.hide(
                    comment=comment,
                    version_number=_read(request),
                    **form.cleaned_data,
                    **_by(request),
                )
            except DecisionRefused as refusal:
                form.add_error(None, str(refusal))
                comment = self._to_decide(request, object_id)  # as it stands now
            else:
                undoing.remember(request, decision)
                return self._done(request, comment, _("Hidden; the author is told why."))
        return self._ask(request, comment, form, _("Hide this comment"))

    def restore_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show a hidden comment again."""
        comment = self._to_decide(request, object_id)
        form = NoteForm(request.POST if request.method == "POST" else None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                decision = decide.restore(comment=comment, **form.cleaned_data, **_by(request))
            except DecisionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                undoing.remember(request, decision)
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
            "version": comment.public_version.number if comment.public_version else "",
            "back": _page_of(comment),
            "back_title": comment.response.reference,
        }
        return TemplateResponse(request, "admin/consultations/ask.html", context)


def _on_record(request: HttpRequest) -> list[int]:
    """Return the consultations where the user reads, does not decide, and is written down."""
    return sorted({*rights.where(request, rights.READ)} - {*rights.where(request, rights.DECIDE)})


def _read(request: HttpRequest) -> int | None:
    """Return the number of the version that a page showed, None where it names none."""
    number = request.POST.get("version", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else None


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": rights.person(request), "at": database_now()}


def _page_of(comment: Comment) -> str:
    return reverse("admin:consultations_comment_change", args=[comment.pk])
