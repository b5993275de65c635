"""The API's own description, in OpenAPI 3.1, made of the columns that its answers are made of."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from consultations import records
from consultations.api.asking import MOST_ROWS, USUAL_ROWS
from consultations.models import Kind, Stance
from consultations.models.addresses import REFERENCE
from consultations.records import Column

_SLUG = {
    "name": "slug",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,80}$"},
}
_NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": 32767},
}
_REFERENCE = {
    "name": "reference",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": f"^{REFERENCE}$"},
}


def description() -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Consultations",
            "version": "1",
            "description": "What anybody may read. Nobody logs in; nothing can be written.",
        },
        "paths": _paths(),
        "components": {
            "schemas": {
                "Consultation": _record(records.CONSULTATION),
                "Recommendation": _record(records.RECOMMENDATION),
                "Comment": _record(records.COMMENT),
                "Edition": _record(records.EDITION),
                "EditionRecord": {
                    "type": "object",
                    "required": ["number", "period", "sha256", "recommendations"],
                },
                "OfficialAnswer": _record(records.OFFICIAL_ANSWER),
                "Results": {
                    "type": "object",
                    "required": ["consultation", "recommendations", "respondents"],
                },
                "Problem": {
                    "type": "object",
                    "required": ["title", "status", "detail"],
                    "properties": {
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                    },
                },
            }
        },
    }


def _paths() -> dict[str, Any]:
    after_slug = _query("after", {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,80}$"})
    after = _query("after", {"type": "string", "pattern": f"^{REFERENCE}$"})
    after_number = _query("after", {"type": "integer", "minimum": 1, "maximum": 999_999})
    limit = _query(
        "limit", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS}
    )
    facets = [
        _query("kind", {"type": "string", "enum": list(Kind.values)}),
        _query("view", {"type": "string", "enum": list(Stance.values)}),
        _query("region_code", {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$"}),
    ]
    one = f"{_path('api.consultations')}{{slug}}/"
    each = f"{one}recommendations/{{number}}/comments/"
    return {
        _path("api.consultations"): _get(
            "Public consultations", [limit, after_slug], _list("consultations", "Consultation")
        ),
        one: _get("A consultation", [_SLUG], _ref("Consultation")),
        f"{one}recommendations/": _get(
            "Its recommendations",
            [_SLUG],
            _list("recommendations", "Recommendation", paged=False),
        ),
        each: _get(
            "Published comments on a recommendation, newest first",
            [_SLUG, _NUMBER, limit, after, *facets],
            _list("comments", "Comment"),
        ),
        f"{each}{{reference}}/": _get(
            "A published comment", [_SLUG, _NUMBER, _REFERENCE], _ref("Comment")
        ),
        f"{one}editions/": _get(
            "Editions, newest first", [_SLUG, limit, after_number], _list("editions", "Edition")
        ),
        f"{one}editions/{{number}}/": _get(
            "What an edition says", [_SLUG, _NUMBER], _ref("EditionRecord")
        ),
        f"{one}official-response/": _get(
            "What the owner answers",
            [_SLUG],
            _list("official_response", "OfficialAnswer", paged=False),
        ),
        f"{one}results/": _get("Results, as counted last", [_SLUG], _ref("Results")),
    }


def _path(name: str) -> str:
    return reverse(name)


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(name: str, of: str, *, paged: bool = True) -> dict[str, Any]:
    """A list of records under its name, with the address of the page that follows or null."""
    properties: dict[str, Any] = {name: {"type": "array", "items": _ref(of)}}
    if paged:
        properties["next"] = {"type": ["string", "null"]}
    return {"type": "object", "required": list(properties), "properties": properties}


def _get(summary: str, parameters: list[dict[str, Any]], schema: dict[str, Any]) -> dict[str, Any]:
    problems = {
        status: {
            "description": said,
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
        for status, said in (
            ("400", "A question that is not known here, or not of the form expected"),
            ("404", "There is no such thing, or not in public"),
            ("429", "Asked too often: Retry-After says how long to wait"),
        )
    }
    answer = {"description": summary, "content": {"application/json": {"schema": schema}}}
    same = {"description": "What the asker has by its ETag is still so"}
    responses = {"200": answer, "304": same, **problems}
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}


def _record(columns: Iterable[Column]) -> dict[str, Any]:
    """A record's schema: every column, with its meaning and what may stand in it."""
    properties: dict[str, Any] = {}
    for column in columns:
        held: dict[str, Any] = {"type": ["string", "integer", "null"]}
        if column.choices:
            held = {"enum": [code for code, _meaning in column.choices]}
        properties[column.name] = {**held, "description": str(column.meaning)}
    return {"type": "object", "required": list(properties), "properties": properties}
