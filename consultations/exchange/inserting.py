"""Rows like an example, inserted from the stage in one statement."""

from collections.abc import Mapping

from django.db import connection
from django.db.models import Model

from consultations.exchange.staging import run


def insert(example: Model, columns: Mapping[str, str], source: str) -> int:
    """Insert a row like `example` (not saved) for each of the source's, but for `columns`.

    `columns` gives the SQL of what differs, by the fields' attributes; all else is the example's,
    so that a field which is added to the model later has its default here too.
    """
    quoted = connection.ops.quote_name
    fields = [
        field
        for field in example._meta.concrete_fields
        if field.attname in columns or not (field.generated or field.has_db_default())
    ]
    alike = [field for field in fields if field.attname not in columns and not field.primary_key]
    names = [field for field in fields if field.attname in columns] + alike
    values = [
        field.get_db_prep_save(getattr(example, field.attname), connection) for field in alike
    ]
    terms = [columns[field.attname] for field in names if field.attname in columns]
    places = [f"%s::{field.db_type(connection)}" for field in alike]
    return run(
        f"INSERT INTO {quoted(example._meta.db_table)} "  # noqa: S608 - names of our own models
        f"({', '.join(quoted(str(field.column)) for field in names)}) "
        f"SELECT {', '.join([*terms, *places])} FROM {source}",
        values,
    )
