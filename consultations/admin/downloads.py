"""Lists that download their current filter: as a stream at once, or as a workbook by a worker.

What is in the files, and that each is on the ledger, is `exchange.exports`; here is the page.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from consultations import files
from consultations.admin import rights, wording
from consultations.admin.base import MOST_COUNTED, ReadOnlyAdmin
from consultations.admin.offers import CONTENT_TYPES, WORKBOOK, DownloadForm, Offer
from consultations.admin.review import errors_of
from consultations.exchange import exports, extracts, shared, streams, themefinder
from consultations.exchange.extracts import Extract
from consultations.models import Consultation, Job, database_now

M = TypeVar("M", bound=Model)


class DownloadingAdmin(ReadOnlyAdmin[M]):
    """A list whose current filter is downloaded; `offers` says as what, and by whom."""

    offers: tuple[Offer, ...] = ()
    change_list_template = "admin/consultations/downloading.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the page that offers files, and the address of a file that was built."""
        start = f"consultations_{self.opts.model_name}"
        door = self.admin_site.admin_view
        return [
            path("download/", door(self.download_view), name=f"{start}_download"),
            path("download/<int:object_id>/", door(self.fetch_view), name=f"{start}_fetch"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, with a link to what it downloads."""
        said = request.GET.copy()
        for name in wording.NO_FILTER:
            said.pop(name, None)
        link = reverse(f"admin:consultations_{self.opts.model_name}_download")
        download = {"download": f"{link}?{said.urlencode()}" if said else link}
        return super().changelist_view(request, download | (extra_context or {}))

    def download_view(self, request: HttpRequest) -> HttpResponseBase:
        """Offer the files; stream a CSV, or have a workbook built and come back."""
        mine = rights.where(request, {right for one in self.offers for right in one.readers})
        if not mine:
            raise Http404
        consultation = self._chosen(request, mine)
        if consultation is None:
            return self._choose(request, mine)
        listed = self._listed(request)
        if listed is None:
            return HttpResponseRedirect(_list_of(self))
        offers = [one for one in self.offers if self._may(request, one, consultation.pk)]
        form = DownloadForm(request.POST if request.method == "POST" else None, offers)
        if request.method == "POST" and form.is_valid():
            return self._do(request, consultation, listed, form.cleaned_data)
        return self._page(request, consultation, offers, listed, form)

    def _do(
        self,
        request: HttpRequest,
        consultation: Consultation,
        listed: ChangeList,
        said: dict[str, str],
    ) -> HttpResponseBase:
        """Stream what is asked for, on the ledger before a row is; or ask a worker for it."""
        offer = next(one for one in self.offers if one.extract.name == said["extract"])
        rows, ending = self._rows(listed, consultation, offer), said["file"]
        asked: Any = {
            "extract": offer.extract,
            "consultation": consultation,
            "chosen_by": wording.parameters(listed),
            "by": rights.person(request),
            "at": database_now(),
        }

        if ending == WORKBOOK:
            exports.ask(keys=extracts.chosen(rows), **asked)
            return HttpResponseRedirect(request.get_full_path())
        if ending == themefinder.ENDING and offer.layout:
            exports.note(file=ending, rows=rows.count(), **asked)
            pieces = themefinder.pack(consultation, rows, offer.layout)
        else:
            pieces = streams.stream(
                streams.FORMS[ending], offer.extract, _noted(rows, ending, asked)
            )
        return _file(pieces, offer.extract, consultation, ending)

    def _rows(self, listed: ChangeList, consultation: Consultation, offer: Offer) -> QuerySet[Any]:
        """Return the list's rows of one consultation, as far as the offer goes."""
        here = {self.consultation: consultation.pk}
        rows: QuerySet[Any] = listed.queryset.filter(**here, **offer.only)
        return rows.select_related(None).order_by()

    def fetch_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        """Hand out a workbook to the person who asked for it, and write that on the ledger."""
        at, by = database_now(), rights.person(request)
        if request.method != "POST":
            raise Http404
        done = Job.objects.filter(
            what=Job.What.EXPORT, asked_by=by, state=Job.State.DONE, expires_at__gt=at
        )
        job = get_object_or_404(done.select_related("consultation"), pk=object_id)
        named = job.order["extract"]
        offer = next((one for one in self.offers if one.extract.name == named), None)
        if offer is None or not self._may(request, offer, job.consultation_id):
            raise Http404
        if offer.extract.publishable and shared.has_taken(job.consultation_id, job.asked_at):
            again = _("Something was taken from the public since this was asked for. Ask again.")
            messages.error(request, again)
            back = reverse(f"admin:consultations_{self.opts.model_name}_download")
            return HttpResponseRedirect(f"{back}?consultation={job.consultation_id}")
        exports.note(
            extract=offer.extract,
            file=WORKBOOK,
            consultation=job.consultation,
            rows=job.order["rows"],
            chosen_by=job.order["filter"],
            by=by,
            at=at,
        )
        answer = _file(exports.parts(job), offer.extract, job.consultation, WORKBOOK)
        answer["Content-Length"] = str((job.result or {})["bytes"])
        return answer

    def downloads(self, request: HttpRequest) -> bool:
        """Whether all that the list finds is asked for, and not a page of it."""
        match = request.resolver_match
        return (
            match is not None and match.url_name == f"consultations_{self.opts.model_name}_download"
        )

    def _may(self, request: HttpRequest, offer: Offer, consultation_id: int) -> bool:
        return rights.holds(request, offer.readers, consultation_id)

    def _chosen(self, request: HttpRequest, mine: list[int]) -> Consultation | None:
        """Return the consultation that the list is filtered by, or the only one there is."""
        named = request.GET.get("consultation", "")
        found = mine if len(mine) == 1 else [pk for pk in mine if str(pk) == named]
        return Consultation.objects.get(pk=found[0]) if found else None

    def _listed(self, request: HttpRequest) -> ChangeList | None:
        """Return the list as its page shows it; None where its address makes no sense."""
        if any("\0" in text for _name, texts in request.GET.lists() for text in texts):
            return None
        try:
            return self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return None

    def _choose(self, request: HttpRequest, mine: list[int]) -> TemplateResponse:
        """Ask for which consultation: rights and ledgers are each one's own."""
        links = []
        for one in Consultation.objects.filter(pk__in=mine).order_by("title", "pk"):
            said = request.GET.copy()
            said["consultation"] = str(one.pk)
            links.append((f"{request.path}?{said.urlencode()}", one.title))
        return self._render(request, {"links": links})

    def _page(
        self,
        request: HttpRequest,
        consultation: Consultation,
        offers: list[Offer],
        listed: ChangeList,
        form: DownloadForm,
    ) -> TemplateResponse:
        """Show how the list is filtered, what it offers, and the workbooks asked for."""
        rows = [self._rows(listed, consultation, one)[: MOST_COUNTED + 1] for one in offers]
        counted = [wording.many(found.count()) for found in rows]
        labels = {one.extract.name: one.label for one in self.offers}
        built = exports.asked_for(
            extracts=list(labels),
            consultation=consultation,
            by=rights.person(request),
            at=database_now(),
        )
        return self._render(
            request,
            {
                "consultation": consultation,
                "filter": wording.words(listed),
                "offers": list(zip(offers, counted, strict=True)),
                "files": form.sorts,
                "chosen": form["extract"].value() or offers[0].extract.name,
                "errors": errors_of(form),
                "jobs": [(job, labels[job.extract]) for job in built],
                "unfinished": any(job.state in exports.UNFINISHED for job in built),
                "fetch": f"admin:consultations_{self.opts.model_name}_fetch",
            },
        )

    def _render(self, request: HttpRequest, more: dict[str, Any]) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Download %(name)s") % {"name": self.opts.verbose_name_plural},
            **more,
        }
        return TemplateResponse(request, "admin/consultations/download.html", context)


def _noted(rows: QuerySet[Any], file: str, asked: dict[str, Any]) -> Iterator[QuerySet[Any]]:
    """Choose the rows, write that on the ledger, and yield them by the lot."""
    keys = extracts.chosen(rows)
    exports.note(file=file, rows=len(keys), **asked)
    yield from extracts.lots(asked["extract"], keys)


def _list_of(page: ReadOnlyAdmin[Any]) -> str:
    return reverse(f"admin:consultations_{page.opts.model_name}_changelist")


def _file(
    pieces: Iterable[bytes], extract: Extract, consultation: Consultation, ending: str
) -> StreamingHttpResponse:
    """Return a file to keep, sent piece by piece; it names the page that explains its columns."""
    name = exports.file_name(extract, consultation, ending, database_now())
    answer = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[ending])
    answer["Content-Disposition"] = files.disposition(name)
    answer["Link"] = f'<{reverse("pages.columns")}>; rel="describedby"'
    return answer
