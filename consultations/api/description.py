"""The API's own description, in OpenAPI 3.1, made of the columns that its answers are made of.

The shapes of records stand in `schemas`, next door.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse

from consultations.api.asking import MOST_ROWS, USUAL_ROWS
from consultations.api.schemas import schemas
from consultations.models import Kind, Stance
from consultations.models.addresses import REFERENCE

SAID = """\
What anybody may read of the consultations on this site. Nobody logs in; nothing can be written.

**Pages.** Lists come in pages of 25, or of as many as `limit` says, up to 100. `next` is the
address of the page that follows, with the same questions, and null on the last. A page follows a
record, not a number of rows, so that nothing is met twice while others are published.

**Again.** Every answer has an `ETag`. Ask with `If-None-Match`, and 304 says that nothing has
changed. Comments are corrected, hidden and withdrawn: whoever keeps a copy should ask again, and
take out what is gone.

**How often.** 600 questions a minute from one range of addresses; `RateLimit` says how many are
left and for how many seconds, and after them 429 says in `Retry-After` how long to wait.

**Faults** are problems as RFC 9457 has them. What may not be read is 404, as what does not exist.

**Care.** People chose to take part: nothing here is a sample, or measures public support.
"""
_SLUG = {
    "name": "slug",
    "in": "path",
    "required": True,
    "description": "The consultation’s name in its web address.",
    "schema": {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,80}$"},
}
_NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "description": "The number of the recommendation, or of the edition.",
    "schema": {"type": "integer", "minimum": 1, "maximum": 32767},
}
_REFERENCE = {
    "name": "reference",
    "in": "path",
    "required": True,
    "description": "The comment’s own reference, as in its web address.",
    "schema": {"type": "string", "pattern": f"^{REFERENCE}$"},
}
_HEADERS = {
    "ETag": ("What the answer is known by: send it back in If-None-Match.", '"8759e447"'),
    "RateLimit": ("How many questions are left, and for how many seconds.", '"api";r=599;t=30'),
    "RateLimit-Policy": ("How many there are in so many seconds.", '"api";q=600;w=60'),
    "Retry-After": ("For how many seconds to wait.", "30"),
}
_QUESTIONS = {
    "after": "What the page follows: use `next` of the page before.",
    "limit": "How many records a page has.",
    "kind": "Comments of this kind of respondent.",
    "view": "Comments that think so of the recommendation.",
    "region_code": "Comments that show this region.",
}
_PROBLEMS = (
    ("400", "A question that is not known here, or not of the form expected"),
    ("404", "There is no such thing, or not in public"),
    ("429", "Asked too often"),
)


def description() -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Consultations",
            "version": "1",
            "description": SAID,
        },
        "servers": [{"url": settings.SITE_URL}],
        "externalDocs": {"url": f"{settings.SITE_URL}{reverse('pages.data')}"},
        "paths": _paths(),
        "components": {"schemas": schemas(), "headers": _headers()},
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
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": _QUESTIONS[name],
        "schema": schema,
    }


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
            "headers": _headed("RateLimit", *(["Retry-After"] if status == "429" else [])),
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
        for status, said in _PROBLEMS
    }
    told = _headed("ETag", "RateLimit", "RateLimit-Policy")
    answer = {
        "description": summary,
        "headers": told,
        "content": {"application/json": {"schema": schema}},
    }
    same = {"description": "What the asker has by its ETag is still so", "headers": told}
    responses = {"200": answer, "304": same, **problems}
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}


def _headed(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> dict[str, Any]:
    return {
        name: {"description": said, "schema": {"type": "string"}, "example": example}
        for name, (said, example) in _HEADERS.items()
    }
