"""The doors under `/api/v1/`, each a function from a question to plain values."""

from http import HTTPStatus
from typing import Any

import structlog
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations import records
from consultations.api.answers import RefusedError, door
from consultations.api.asking import asked, rows_wanted
from consultations.api.description import description
from consultations.digests.record import record as as_record
from consultations.digests.render import view
from consultations.digests.unfaithful import UnfaithfulSummaryError
from consultations.models import (
    Comment,
    Consultation,
    Edition,
    Kind,
    OfficialAnswer,
    Recommendation,
    Results,
    Stance,
    database_now,
)
from consultations.models.addresses import REFERENCE
from consultations.records import Column

log = structlog.get_logger(__name__)
LIMIT = {"limit": "[0-9]{1,3}"}


def _either(codes: list[str]) -> str:
    return "|".join(codes)


PAGES_OF_COMMENTS = {
    **LIMIT,
    "after": REFERENCE,
    "kind": _either(Kind.values),
    "view": _either(Stance.values),
    "region_code": "[A-Za-z0-9._-]{1,40}",
}


@door
def index(request: HttpRequest) -> dict[str, Any]:
    """Say where to go from here."""
    asked(request, {})
    return {
        "documentation": reverse("pages.data"),
        "openapi": reverse("api.openapi"),
        "consultations": reverse("api.consultations"),
    }


@door
def openapi(request: HttpRequest) -> dict[str, Any]:
    """Describe every door, in OpenAPI 3.1."""
    asked(request, {})
    return description()


@door
def consultations(request: HttpRequest) -> dict[str, Any]:
    """List the public consultations by the names in their addresses."""
    wanted = asked(request, {**LIMIT, "after": "[-a-zA-Z0-9_]{1,80}"})
    found = Consultation.objects.visible_to(None).filter(slug__gt=wanted["after"]).order_by("slug")
    rows, more = _page(found, records.CONSULTATION, rows_wanted(wanted["limit"]))
    after = rows[-1]["consultation"] if more else None
    return {"consultations": rows, "next": _next(request, after)}


@door
def consultation(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return one consultation."""
    asked(request, {})
    found = Consultation.objects.visible_to(None).filter(slug=slug)
    return _only(found, records.CONSULTATION)


@door
def recommendations(request: HttpRequest, slug: str) -> dict[str, Any]:
    """List a consultation's recommendations by their numbers."""
    asked(request, {})
    consultation = get_object_or_404(Consultation.objects.visible_to(None), slug=slug)
    found = consultation.recommendations.filter(current__isnull=False).order_by("number", "pk")
    return {"recommendations": _rows(found, records.RECOMMENDATION)}


@door
def comments(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    """List the published comments on a recommendation, newest first."""
    wanted = asked(request, PAGES_OF_COMMENTS)
    visible = Consultation.objects.visible_to(None)
    recommendation = get_object_or_404(
        Recommendation, consultation__in=visible, consultation__slug=slug, number=number
    )
    shown = Comment.objects.visible_to(None, database_now()).filter(recommendation=recommendation)
    found = shown.order_by("-first_published_at", "-pk")
    if wanted["after"]:
        found = found.older_than(wanted["after"], among=shown)
    facets = {"kind": "kind", "view": "stance", "region_code": "shown_region__code"}
    found = found.filter(**{path: wanted[name] for name, path in facets.items() if wanted[name]})
    rows, more = _page(found, records.COMMENT, rows_wanted(wanted["limit"]))
    after = rows[-1]["comment"] if more else None
    return {"comments": rows, "next": _next(request, after)}


@door
def comment(request: HttpRequest, slug: str, number: int, reference: str) -> dict[str, Any]:
    """Return one published comment."""
    asked(request, {})
    found = Comment.objects.visible_to(None, database_now()).filter(
        recommendation__consultation__slug=slug,
        recommendation__number=number,
        reference=reference,
    )
    return _only(found, records.COMMENT)


@door
def results(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return the results as they were counted last; none before the answers are shown."""
    asked(request, {})
    found = Results.objects.readable().filter(consultation=_answered(slug))
    counted = get_object_or_404(found)
    return {
        "consultation": slug,
        "counted_at": counted.counted_at.isoformat() if counted.counted_at else None,
        **(counted.figures or {}),
    }


@door
def editions(request: HttpRequest, slug: str) -> dict[str, Any]:
    """List a consultation's editions, newest first, those withdrawn since among them."""
    wanted = asked(request, {**LIMIT, "after": "[1-9][0-9]{0,5}"})
    found = Edition.objects.filter(consultation=_answered(slug)).public().order_by("-number", "pk")
    if wanted["after"]:
        found = found.filter(number__lt=int(wanted["after"]))
    rows, more = _page(found, records.EDITION, rows_wanted(wanted["limit"]))
    after = str(rows[-1]["edition"]) if more else None
    return {"editions": rows, "next": _next(request, after)}


@door
def edition(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    """Return what one edition says, as its page does; one that was withdrawn says nothing."""
    asked(request, {})
    standing = Edition.objects.filter(consultation=_answered(slug)).standing()
    found = get_object_or_404(standing, number=number)
    try:
        return as_record(view(found))
    except UnfaithfulSummaryError as error:
        log.error("edition_refused", edition=found.pk, number=number, found=str(error))
        said = "This edition is not as it was published, and is not shown until that is put right."
        raise RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, said) from error


@door
def official_response(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return what the owner answers on each recommendation: the versions that stand."""
    asked(request, {})
    consultation = get_object_or_404(Consultation.objects.visible_to(None), slug=slug)
    found = OfficialAnswer.objects.standing().shown(database_now())
    ordered = found.filter(recommendation__consultation=consultation)
    ordered = ordered.order_by("recommendation__number", "pk")
    return {"official_response": _rows(ordered, records.OFFICIAL_ANSWER)}


@door
def nothing(request: HttpRequest, elsewhere: str) -> dict[str, Any]:
    """Answer every other address as the doors answer for what is not there."""
    raise Http404


def _answered(slug: str) -> Consultation:
    """Return the consultation if everybody may read its answers now; else it does not exist."""
    consultation = get_object_or_404(Consultation.objects.visible_to(None), slug=slug)
    if not consultation.shows_answers(database_now()):
        raise Http404
    return consultation


def _rows(found: QuerySet[Any], columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """The records of what was found (one query)."""
    names = [column.name for column in columns]
    read = [column.read() for column in columns]
    return [dict(zip(names, row, strict=True)) for row in records.cells(found, read)]


def _page(
    found: QuerySet[Any], columns: tuple[Column, ...], limit: int
) -> tuple[list[dict[str, Any]], bool]:
    """The first records, and whether more follow."""
    rows = _rows(found[: limit + 1], columns)
    return rows[:limit], len(rows) > limit


def _only(found: QuerySet[Any], columns: tuple[Column, ...]) -> dict[str, Any]:
    """The record of the one thing found; raises Http404 where there is none."""
    for row in _rows(found, columns):
        return row
    raise Http404


def _next(request: HttpRequest, after: str | None) -> str | None:
    """The address of the page that follows, with the same questions; None after the last."""
    if after is None:
        return None
    questions = request.GET.copy()
    questions["after"] = after
    return f"{request.path}?{questions.urlencode()}"
