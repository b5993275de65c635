"""What may change in a consultation, and when: freely, by a correction, or not at all."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import Consultation

# What respondents answered to: after opening it changes by a numbered correction alone.
CORRECTED = {
    "title": gettext_lazy("the title"),
    "introduction": gettext_lazy("the introduction"),
    "owner": gettext_lazy("the owner"),
    "confidentiality": gettext_lazy("the confidentiality text"),
    "lawful_basis": gettext_lazy("the lawful basis"),
    "opens_at": gettext_lazy("the opening time"),
    "closes_at": gettext_lazy("the closing time"),
    "moderation": gettext_lazy("when comments are moderated"),
    "privacy_version": gettext_lazy("the version of the privacy notice"),
    "visibility": gettext_lazy("who may read and answer it"),
}
FIXED = {
    "slug": gettext_lazy("the address"),
    "owner_kind": gettext_lazy("what the owner is"),
    # People answered under this promise.
    "answers_shown": gettext_lazy("when answers are shown"),
}
# What changes without anybody's writing; a form need not know it.
NOT_WRITTEN = {
    "digests_held_at",
    "digests_held_reason",
    "final_asked_at",
    "official_told_at",
    "preview_token",
    "quiet_hours",
    "release",
}
# What stood, and what is to stand, by the name of a field.
Settled: TypeAlias = dict[str, list[str | int]]
# Beyond these, calendars and time zones run out.
YEARS = (2000, 2100)


class PublishingError(Exception):
    """A change that is not allowed, in a sentence."""


class StaleError(PublishingError):
    """A change to what somebody else has changed since it was read."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else changed this consultation while you wrote. Read their words in "
                "another window, and take over below what should stay; saving again puts your "
                "words in place of theirs."
            )
        )


def fingerprint(consultation: Consultation) -> str:
    """Return a short text that changes with anything that an officer writes (two queries).

    Inside a transaction it takes the consultation's lock, so that what it says holds until the end.
    """
    rows = Consultation.objects.filter(pk=consultation.pk)
    if connection.in_atomic_block:
        rows = rows.select_for_update(no_key=True)
    row: dict[str, object] = dict(rows.values().get())
    stored = {name: value for name, value in row.items() if name not in NOT_WRITTEN}
    words = consultation.recommendations.order_by("number", "pk").values_list(
        "number", "current", "current__title", "current__text", "current__what_changed"
    )
    return hashlib.sha256(json.dumps([stored, list(words)], default=str).encode()).hexdigest()[:32]


def is_year(moment: object) -> bool:
    """Whether an instant, if it is one, lies in the years that this site can count."""
    return not isinstance(moment, datetime) or YEARS[0] <= moment.year < YEARS[1]


def years_sentence() -> str:
    """Say which years are possible."""
    return _("Choose a year from %(first)s to %(last)s.") % {
        "first": YEARS[0],
        "last": YEARS[1] - 1,
    }


def changed(stored: Consultation, fields: Mapping[str, object]) -> list[dict[str, str | int]]:
    """Return what differs from what stands and needs a correction, whole: see `changes`."""
    return [
        {"field": name, "before": _plain(getattr(stored, name)), "after": _plain(value)}
        for name, value in fields.items()
        if name in CORRECTED and value != getattr(stored, name)
    ]


def settings_changed(stored: Consultation, fields: Mapping[str, object]) -> Settled:
    """Return what differs and needs no correction: what stands, then what is to stand, by field.

    An address that somebody may be is never written down for good: of it, that it changed.
    """
    return {
        name: [] if name == "contact_email" else [_plain(getattr(stored, name)), _plain(value)]
        for name, value in fields.items()
        if name not in CORRECTED and value != getattr(stored, name)
    }


def refuse_impossible(fields: Mapping[str, object]) -> None:
    """Raise PublishingError for an instant that no calendar here holds."""
    if not all(map(is_year, fields.values())):
        raise PublishingError(years_sentence())


def refuse_closing_before_opening(stored: Consultation, fields: Mapping[str, object]) -> None:
    """Raise PublishingError for times in the wrong order, some of which may stand already."""
    opens, closes = (fields.get(name, getattr(stored, name)) for name in ("opens_at", "closes_at"))
    if isinstance(opens, datetime) and isinstance(closes, datetime) and closes <= opens:
        raise PublishingError(_("It must close after it opens."))


def refuse_rewriting_the_past(
    stored: Consultation, fields: Mapping[str, object], at: datetime
) -> None:
    """Raise PublishingError for what cannot change once the consultation has opened."""
    for name, label in FIXED.items():
        if name in fields and fields[name] != getattr(stored, name):
            raise PublishingError(
                _("The consultation has opened: %(what)s can no longer change.") % {"what": label}
            )
    # Who answered among the invited did not answer to the public.
    if stored.visibility == "invited" != fields.get("visibility", stored.visibility):
        raise PublishingError(
            _("The consultation has opened to the invited only: it can no longer become public.")
        )
    opens, closes = fields.get("opens_at", stored.opens_at), fields.get("closes_at")
    if opens != stored.opens_at:
        raise PublishingError(_("The consultation has opened: its opening time stays."))
    if isinstance(closes, datetime) and closes != stored.closes_at and closes <= at:
        raise PublishingError(_("A new closing time must lie in the future."))


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
