"""The owner's documents beside what is asked: found by the query of what they stand beside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from consultations.models.documents import Document

# What a list of the owner's documents shows of each, by the name of its field.
SHOWN = (
    *("reference", "title", "kind", "size", "state"),
    *("uploaded_at", "withdrawn_at", "why_withdrawn"),
)


def beside(**place: OuterRef | None) -> ArraySubquery:
    """Return the owner's documents at a place, for `annotate`: they cost no query of their own."""
    mine = Document.objects.of_owner().filter(**place)
    return ArraySubquery(mine.values(shown=JSONObject(**{name: name for name in SHOWN})))


def beside_recommendation() -> ArraySubquery:
    """Return those of each recommendation, to annotate recommendations with."""
    return beside(recommendation=OuterRef("pk"))


def beside_the_whole() -> ArraySubquery:
    """Return those that belong to no one recommendation, to annotate consultations with."""
    return beside(consultation=OuterRef("pk"), recommendation=None)


def from_json(rows: Sequence[dict[str, Any]]) -> list[Document]:
    """Return documents as `beside` found them, without what no list shows."""
    return [Document(**{**row, **_instants(row)}) for row in rows]


def _instants(row: dict[str, Any]) -> dict[str, datetime]:
    names = ("uploaded_at", "withdrawn_at")
    return {name: datetime.fromisoformat(row[name]) for name in names if row[name]}
