"""What a correction changed, as readers are told; it is stored whole, by the fields' own names.

Each of `Correction.changes` has `field`, `before` and `after`, and `recommendation` (its number)
where the field is one of a recommendation's words. The ledger seals them; nothing is cut there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from consultations.models import Consultation
from consultations.models.clock import moment
from consultations.publishing.rules import CORRECTED

# What is longer, or takes more than one line, is folded away on the page.
INLINE = 200
WORDS = {
    "title": gettext_lazy("recommendation %(number)s, its title"),
    "text": gettext_lazy("recommendation %(number)s, its text"),
    "what_changed": gettext_lazy("recommendation %(number)s, what has changed since publication"),
}


@dataclass(frozen=True)
class Change:
    """One thing that a correction changed, in the reader's language; blank where nothing stood."""

    what: str
    before: str
    after: str

    @property
    def is_long(self) -> bool:
        """Whether it is too long to be told in one line."""
        return any(len(text) > INLINE or "\n" in text for text in (self.before, self.after))


def told(changes: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Return what a correction changed, as readers are told."""
    return [
        Change(_what(change), _shown(change, "before"), _shown(change, "after"))
        for change in changes
    ]


def _what(change: Mapping[str, Any]) -> str:
    if number := change.get("recommendation"):
        return str(WORDS[change["field"]]) % {"number": number}
    return str(CORRECTED[change["field"]])


def _shown(change: Mapping[str, Any], side: str) -> str:
    stored = str(change[side])
    if change.get("recommendation"):
        return stored
    field: Any = Consultation._meta.get_field(change["field"])
    if isinstance(field, models.DateTimeField):
        return moment(datetime.fromisoformat(stored))
    return str(dict(field.flatchoices).get(stored, stored))
