"""A sheet of the pack: plain values, told as a page that opens offline and as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise

from consultations.models import Consultation


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page and its twin: `name` is the files' without an ending, `facts` what both tell.

    Instants, days and lazy texts may stand in the facts; JSON has them as strings.
    """

    name: str
    title: str
    template: str
    facts: Mapping[str, Any]
    public: bool = True

    def page(self, consultation: Consultation) -> str:
        """Return the HTML, which fetches nothing but the style sheet beside it."""
        context = {
            "consultation": consultation,
            "title": self.title,
            "facts": self.facts,
            "public": self.public,
            "up": "../" * self.name.count("/"),
        }
        return render_to_string(self.template, context)

    def twin(self) -> str:
        """Return the JSON of the same facts: keys in order, an instant in UTC."""
        return as_json({"title": self.title, "public": self.public, **self.facts})


def as_json(told: Mapping[str, Any]) -> str:
    """Return plain values as JSON that is the same for the same values."""
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | Promise):
        return str(value)
    raise TypeError(f"{type(value)} has no place in a pack")
