"""A person's copy as a ZIP: everything as JSON, the same as a page to read, and their documents."""

import io
import json
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Field, Model
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultations.accounts.holdings import HOLDINGS, Holding, Me
from consultations.models import Document, DocumentContent, User
from consultations.models.clock import moment

# Columns that the database makes for itself.
MADE = {"search"}


@dataclass(frozen=True)
class Fact:
    """One field of a row: its name and value for machines, its label and words for people."""

    name: str
    value: Any
    label: str
    words: str


@dataclass(frozen=True)
class Section:
    """The rows of one table that are about the person."""

    name: str
    title: str
    rows: list[list[Fact]]


def build(me: Me, at: datetime) -> bytes:
    """Return the ZIP with everything that any table holds about a person."""
    sections = [_section(name, holding, me) for name, holding in HOLDINGS.items()]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", _as_json(sections, at))
        archive.writestr("read-me.html", _as_page(sections, at))
        for name, content in _documents(me):
            archive.writestr(name, content)
    return packed.getvalue()


def _section(name: str, holding: Holding, me: Me) -> Section:
    fields = [field for field in holding.model._meta.concrete_fields if _told(field, holding)]
    linked = [field.name for field in fields if field.is_relation]
    rows = holding.model._default_manager.filter(holding.mine(me)).select_related(*linked)
    found = rows.order_by("pk").distinct()
    facts = [
        [fact for field in fields if (fact := _fact(field, row, holding.hands, me))]
        for row in found
    ]
    return Section(name, str(holding.title), facts)


def _told(field: "Field[Any, Any]", holding: Holding) -> bool:
    """Whether the copy has a field: no secret, and nothing of who else had a hand in it."""
    if field.name in holding.secret or field.name in MADE:
        return False
    return field.related_model is not User


def _fact(field: "Field[Any, Any]", row: Model, hands: Collection[str], me: Me) -> Fact | None:
    """Return what a field says, None where it says nothing; of hands, only the person's own."""
    value = getattr(row, field.name)
    if isinstance(value, dict):
        value = {key: said for key, said in value.items() if key not in hands or said == me.pk}
    if value in (None, "", [], {}):
        return None
    label = str(field.verbose_name)
    if field.is_relation:
        return Fact(field.name, str(value), label, str(value))
    words = str(getattr(row, f"get_{field.name}_display")()) if field.choices else _words(value)
    return Fact(field.name, _plain(value), label, words)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=1)
    return str(value)


def _as_json(sections: list[Section], at: datetime) -> str:
    held = {
        section.name: [{fact.name: fact.value for fact in row} for row in section.rows]
        for section in sections
    }
    return json.dumps({"made_at": at.isoformat(), **held}, ensure_ascii=False, indent=2)


def _as_page(sections: list[Section], at: datetime) -> str:
    context = {"sections": sections, "made": moment(at), "language": get_language() or "en-gb"}
    return render_to_string("personal/read_me.html", context)


def _documents(me: Me) -> list[tuple[str, bytes]]:
    """Return the files that stand in the person's responses, or that they uploaded."""
    mine = Document.objects.filter(HOLDINGS["documents"].mine(me))
    rows = DocumentContent.objects.filter(document__in=mine).select_related("document")
    return [
        (f"documents/{row.document.reference}.{row.document.kind}", bytes(row.content))
        for row in rows.order_by("pk")
    ]
