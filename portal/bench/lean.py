"""What a recommendation's page is compared with: the same bytes, and the same four queries.

The lean view runs the statements that the page's own querysets make, by a bare cursor: no
objects, no templates, nothing but strings joined.
"""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from consultations.models import (
    Comment,
    Consultation,
    Recommendation,
    StatementTimestamp,
    database_now,
)
from consultations.search import PAGE

Statement = tuple[str, tuple[Any, ...]]
BYTES: dict[str, bytes] = {}
STATEMENTS: dict[str, tuple[Statement, ...]] = {}


def prepare(name: str, recommendation: Recommendation, page: bytes) -> None:
    """Note what the two views answer to `name`: the page's own bytes, and its four queries."""
    BYTES[name] = page
    slug, number = recommendation.consultation.slug, recommendation.number
    itself = Recommendation.objects.filter(
        consultation__in=Consultation.objects.visible_to(None).filter(slug=slug), number=number
    )
    shown = Comment.objects.visible_to(None, database_now()).filter(recommendation=recommendation)
    STATEMENTS[name] = tuple(
        _statement(each)
        for each in (
            itself.select_related("consultation", "current").annotate(now=StatementTimestamp()),
            recommendation.tallies.all(),
            recommendation.shown_tallies.select_related("region", "organisation_kind"),
            shown.newest_first()[: PAGE + 1],
        )
    )


def record(name: str, ask: Callable[[], object]) -> None:
    """Note for the lean view whatever statements a page itself reads by, as `ask` has it made."""
    read: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith("SELECT"):
            read.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    STATEMENTS[name] = tuple(read)


def _statement(rows: QuerySet[Any]) -> Statement:
    text, values = rows.query.sql_with_params()
    return text, tuple(values)


@login_not_required
def bare(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the bytes that the page had."""
    return HttpResponse(BYTES[name])


@login_not_required
def lean(request: HttpRequest, name: str) -> HttpResponse:
    """Run the page's queries and join what they give."""
    parts = [joined(_rows(each)) for each in STATEMENTS[name]]
    return HttpResponse("\n".join(parts))


def joined(rows: Iterable[tuple[object, ...]]) -> str:
    """Return rows as paragraphs of escaped words."""
    return "\n".join(f"<p>{escape(' '.join(map(str, row)))}</p>" for row in rows)


def _rows(statement: Statement) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return list(cursor.fetchall())
