"""What the columns of a file mean, for programs: CSV on the Web (W3C), and JSON Schema.

A page says the same to people (`records.DICTIONARIES`), and a workbook on its last sheet.
"""

from typing import Any

from django.db.models import AutoField, IntegerField
from django.db.models.sql import Query
from django.utils.translation import gettext as _

from consultations.exchange.extracts import Extract
from consultations.records import Column
from consultations.records.columns import Day, Instant

METADATA_TYPE = "application/csvm+json"
SCHEMA_TYPE = "application/schema+json"


def metadata(extract: Extract, address: str) -> dict[str, Any]:
    """Describe the CSV at an address, as "Metadata Vocabulary for Tabular Data" has it."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": address,
        "dc:title": str(extract.title),
        "dc:description": _(
            "People choose to take part: no file here measures public support. Where a text "
            "begins with a character that a spreadsheet takes for a formula, an apostrophe "
            "stands before it."
        ),
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\n"]},
        "tableSchema": {"columns": [_tabular(extract, one) for one in extract.columns]},
    }


def schema(extract: Extract) -> dict[str, Any]:
    """Describe one line of the JSON Lines, as JSON Schema 2020-12 has it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": str(extract.title),
        "type": "object",
        "required": [column.name for column in extract.columns],
        "additionalProperties": False,
        "properties": {one.name: _property(extract, one) for one in extract.columns},
    }


def _tabular(extract: Extract, column: Column) -> dict[str, Any]:
    """Describe a column of a CSV, in which an empty cell is no value."""
    return {
        "name": column.name,
        "titles": column.name,
        "dc:description": _meaning(column),
        "datatype": _datatype(extract, column),
    }


def _datatype(extract: Extract, column: Column) -> str | dict[str, str]:
    source = column.read()
    if column.choices:
        return {"base": "string", "format": "|".join(value for value, _label in column.choices)}
    if isinstance(source, Instant | Day):
        return "dateTime" if isinstance(source, Instant) else "date"
    return "integer" if _is_number(extract, column) else "string"


def _property(extract: Extract, column: Column) -> dict[str, Any]:
    """Describe a value of a line: a text, a number, or null where there is none."""
    said: dict[str, Any] = {"description": _meaning(column)}
    if column.choices:
        return said | {"enum": [*(value for value, _label in column.choices), None]}
    return said | {"type": ["integer" if _is_number(extract, column) else "string", "null"]}


def _is_number(extract: Extract, column: Column) -> bool:
    source: Any = column.read()
    said = source.resolve_expression(Query(extract.model))
    return isinstance(said.output_field, IntegerField | AutoField)


def _meaning(column: Column) -> str:
    """Say what a column means, with each word that may stand in it."""
    values = "; ".join(f"{value}: {label}" for value, label in column.choices)
    return f"{column.meaning} {values}".strip()
