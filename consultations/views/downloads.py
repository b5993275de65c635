"""Files of what a consultation publishes, for every reader: streamed, or built by a worker.

Staff take more, and by other doors (`admin.downloads`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consultations import files
from consultations.exchange import dictionary, extracts, shared, streams, themefinder
from consultations.exchange.extracts import Table
from consultations.exchange.streams import Form
from consultations.limits import asking
from consultations.models import Comment, Consultation, Tally, User, database_now
from consultations.views.digests import readable
from consultations.views.people import address

# From one range of addresses, by all processes of a host, in so many seconds.
MOST, WINDOW = 100, 600
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads which consultation, and when."""

    consultation: Consultation
    user: User | None
    at: datetime

    def rows(self, table: Table) -> QuerySet[Any]:
        """Return what this reader may see of a table."""
        return extracts.visible(table, self.consultation, self.user, self.at)


def sparing(view: View) -> View:
    """Answer 429 where one range of addresses asks for files too often."""

    @wraps(view)
    def answered(request: HttpRequest, **named: Any) -> HttpResponseBase:
        asked, wait = asking.count("files", address(request), WINDOW)
        if asked <= MOST:
            return view(request, **named)
        answer = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        answer["Retry-After"] = str(wait)
        return answer

    return answered


@login_not_required
@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """List the files, with what stands in each and where its columns are explained."""
    reading = _reading(request, slug)
    consultation = reading.consultation
    context = {
        "consultation": consultation,
        "public": consultation.shows_answers(reading.at),
        "tables": [_told(reading, table) for table in extracts.TABLES.values()],
        "workbook": shared.current(consultation),
        "too_long": shared.too_long(consultation),
    }
    return render(request, "downloads/index.html", context)


@login_not_required
@require_safe
@sparing
def csv(request: HttpRequest, slug: str, table: str) -> HttpResponseBase:
    """Stream a table as CSV; its header names what describes its columns."""
    return _streamed(request, slug, table, streams.CSV, "metadata", dictionary.METADATA_TYPE)


@login_not_required
@require_safe
@sparing
def lines(request: HttpRequest, slug: str, table: str) -> HttpResponseBase:
    """Stream a table as JSON Lines, each line as the API gives it; as above."""
    return _streamed(request, slug, table, streams.LINES, "schema", dictionary.SCHEMA_TYPE)


@login_not_required
@require_safe
def metadata(request: HttpRequest, slug: str, table: str) -> HttpResponse:
    """Describe the columns of a CSV for programs (CSV on the Web)."""
    _reading(request, slug)
    said = dictionary.metadata(_table(table).extract, f"{table}.csv")
    return JsonResponse(said, content_type=dictionary.METADATA_TYPE)


@login_not_required
@require_safe
def schema(request: HttpRequest, slug: str, table: str) -> HttpResponse:
    """Describe a line of JSON Lines for programs (JSON Schema)."""
    _reading(request, slug)
    said = dictionary.schema(_table(table).extract)
    return JsonResponse(said, content_type=dictionary.SCHEMA_TYPE)


@login_not_required
@require_safe
@sparing
def workbook(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Hand out the workbook that a worker built; where there is none, lead back to the list."""
    reading = _reading(request, slug)
    built = shared.current(reading.consultation)
    if built is None:
        return redirect("downloads.index", slug=slug)
    name = f"{slug}-{built.built_at:%Y-%m-%d-%H%M}.xlsx"
    answer = _file(shared.parts(built), name, WORKBOOK_TYPE)
    answer["Content-Length"] = str(built.size)
    return answer


@login_not_required
@require_safe
@sparing
def for_themefinder(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Stream the published comments in ThemeFinder's input layout."""
    reading = _reading(request, slug)
    rows = reading.rows(extracts.TABLES["comments"])
    pieces = themefinder.pack(reading.consultation, rows, themefinder.PUBLISHED)
    return _file(pieces, f"{slug}-themefinder.zip", themefinder.CONTENT_TYPE)


def _reading(request: HttpRequest, slug: str) -> Reading:
    """Return who reads what; 404 where the reader may not read its answers now."""
    at = database_now()
    user = request.user if isinstance(request.user, User) else None
    return Reading(readable(request, slug, at), user, at)


def _told(reading: Reading, table: Table) -> dict[str, Any]:
    """Say what a table is, and how many rows the reader may see."""
    rows = _many(reading, table)
    return {
        "name": table.extract.name,
        "title": table.extract.title,
        "rows": rows,
        "many": f"{rows:,}",
    }


def _many(reading: Reading, table: Table) -> int:
    """Count the rows; of comments, which may be a million, by the stored counters.

    Who reads the page may read every comment that is listed.
    """
    if table.extract.model is not Comment:
        return reading.rows(table).count()
    here = Tally.objects.filter(recommendation__consultation=reading.consultation)
    listed: int = here.aggregate(listed=Sum("listed", default=0))["listed"]
    return listed


def _table(name: str) -> Table:
    try:
        return extracts.TABLES[name]
    except KeyError:
        raise Http404 from None


def _streamed(
    request: HttpRequest, slug: str, name: str, form: Form, described: str, described_type: str
) -> HttpResponseBase:
    reading, table = _reading(request, slug), _table(name)
    found = extracts.read(table, reading.rows(table))
    pieces = streams.stream(form, table.extract, found)
    ending = f"{name}-{reading.at:%Y-%m-%d-%H%M}.{form.ending}"
    answer = _file(pieces, f"{slug}-{ending}", form.content_type)
    where = reverse(f"downloads.{described}", args=[slug, name])
    answer["Link"] = f'<{where}>; rel="describedby"; type="{described_type}"'
    return answer


def _file(pieces: Iterable[bytes], name: str, content_type: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(pieces, content_type=content_type)
    answer["Content-Disposition"] = files.disposition(name)
    return answer
