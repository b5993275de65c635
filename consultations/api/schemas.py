"""The shapes of the API's records, in JSON Schema: each column with what may stand in it."""

from collections.abc import Iterable, Mapping
from typing import Any

from consultations import records
from consultations.models import Stance
from consultations.records import Column
from consultations.records.columns import Day, Instant

# Columns that hold a number, and those that never are empty.
_NUMBERS = {"recommendation", "version", "version_answered", "edition", "readers"}
_ALWAYS = {"consultation", "recommendation", "comment", "edition", "sha256", "published_at"}
_EXAMPLES: dict[str, Mapping[str, object]] = {
    "Consultation": {
        "consultation": "levelling-up-manufacturing",
        "title": "Levelling up manufacturing: five recommendations",
        "owner": "The Commission",
        "phase": "open",
        "opens_at": "2026-11-01T09:00:00Z",
        "closes_at": "2027-01-24T23:59:00Z",
        "introduction": "The report asks how **every region** could gain.",
    },
    "Recommendation": {
        "consultation": "levelling-up-manufacturing",
        "recommendation": 5,
        "version": 1,
        "title": "A flexible fund in local hands",
        "text": "Ensure that the fund is flexible.",
        "what_changed": "",
    },
    "Comment": {
        "consultation": "levelling-up-manufacturing",
        "recommendation": 5,
        "title": "A flexible fund in local hands",
        "version_answered": 1,
        "comment": "K7M2P9QX",
        "view": "support",
        "kind": "local_leader",
        "organisation_kind": "County council",
        "region_code": "TLD",
        "region": "North West",
        "name": "Example County Council",
        "text": "One pot and one deadline would save us a post.",
        "first_published_at": "2026-11-12T14:03:00Z",
        "received_on": None,
        "late": "no",
        "awaits_approval": "no",
    },
}
_ROW = {
    "type": "object",
    "description": (
        'Comments counted together: `keys` are the codes that they stand for, "" where none is'
        " given or shown; `stances` is null where only the size is told."
    ),
    "required": ["keys", "total", "stances"],
    "properties": {
        "keys": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "total": {"type": "integer", "minimum": 0},
        "stances": {"anyOf": [{"$ref": "#/components/schemas/Stances"}, {"type": "null"}]},
    },
    "example": {
        "keys": ["employer"],
        "total": 12,
        "stances": dict(zip(Stance.values, (3, 4, 1, 2, 1, 1), strict=True)),
    },
}


def schemas() -> dict[str, Any]:
    """Return every schema by its name."""
    return {
        "Consultation": _record("Consultation", records.CONSULTATION),
        "Recommendation": _record("Recommendation", records.RECOMMENDATION),
        "Comment": _record("Comment", records.COMMENT),
        "Edition": _record("Edition", records.EDITION),
        "EditionRecord": _object(
            {
                "number": {"type": "integer"},
                "period": {},
                "sha256": {"type": "string"},
                "recommendations": {"type": "array", "items": {"type": "object"}},
            }
        ),
        "OfficialAnswer": _record("OfficialAnswer", records.OFFICIAL_ANSWER),
        "Stances": _object({stance: {"type": "integer", "minimum": 0} for stance in Stance.values}),
        "Row": _ROW,
        "Results": _results(),
        "Problem": _object(
            {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
            }
        ),
    }


def _results() -> dict[str, Any]:
    """What the results say; codes stand for the names in `regions`, `bodies` and `sizes`."""
    names = {"type": "object", "additionalProperties": {"type": "string"}}
    number, rows = {"type": "integer", "minimum": 0}, _list("Row")
    size = _object({"keys": {"type": "array", "items": {"type": "string"}}, "total": number})
    facts = {
        "total": number,
        "unpublished": number,
        "distinct": {**number, "description": "How many distinct texts there are."},
        "stances": {
            "anyOf": [{"$ref": "#/components/schemas/Stances"}, {"type": "null"}],
            "description": "null, and no rows, where so few commented that the size alone is told.",
        },
        "by_kind": rows,
        "by_body": {**rows, "description": "Keys are a kind, a colon, and an organisation’s kind."},
        "by_region": rows,
    }
    recommendation = {
        "number": {"type": "integer"},
        "title": {"type": "string"},
        "apart": {**number, "description": "Unpublished comments that wait to be counted."},
        "facts": _object(facts),
        "by_size": {**rows, "description": "Employers alone."},
        "campaigns": {"type": "array", "items": {"type": "object"}},
    }
    respondents = {
        "total": number,
        "by_kind": {"type": "array", "items": size},
        "by_region": {"type": "array", "items": size},
        "by_day": {
            "type": "array",
            "items": {"type": "array", "prefixItems": [{"format": "date"}, number]},
        },
    }
    return _object(
        {
            "consultation": {"type": "string"},
            "counted_at": {"type": ["string", "null"], "format": "date-time"},
            "whole": {
                "type": "boolean",
                "description": (
                    "Whether every comment that counts is in the figures. Before the close,"
                    " unpublished ones come and go five or more at once."
                ),
            },
            "recommendations": {"type": "array", "items": _object(recommendation)},
            "respondents": _object(respondents),
            "regions": names,
            "bodies": names,
            "sizes": names,
        }
    )


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _record(name: str, columns: Iterable[Column]) -> dict[str, Any]:
    """A record's schema: every column, with its meaning and what may stand in it."""
    made = _object({column.name: _column(column) for column in columns})
    return made | ({"example": _EXAMPLES[name]} if name in _EXAMPLES else {})


def _column(column: Column) -> dict[str, Any]:
    meaning = str(column.meaning)
    if column.choices:
        return {"enum": [code for code, _meaning in column.choices], "description": meaning}
    kind = "integer" if column.name in _NUMBERS else "string"
    held: dict[str, Any] = {"type": kind if column.name in _ALWAYS else [kind, "null"]}
    if isinstance(column.source, Instant | Day):
        held["format"] = "date" if isinstance(column.source, Day) else "date-time"
    return {**held, "description": meaning}
