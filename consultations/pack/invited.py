"""How many were invited, of which kinds and where, and how far they came: not public anywhere."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _

from consultations import invitations
from consultations.models import Consultation, Invitation

# A kind or region of which fewer were invited has no row of its own.
LEAST = 5


def facts(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Return the invitations in figures; nobody's name or address."""
    counted = invitations.counts(consultation)
    rows = Invitation.objects.filter(consultation=consultation)
    when = rows.aggregate(first=Min("invited_at"), last=Max("invited_at"))
    return {
        "total": sum(counted.values()),
        "first_at": when["first"],
        "last_at": when["last"],
        "standings": [
            {"label": str(label), "total": counted.get(value, 0)}
            for value, label in Invitation.Standing.choices
        ],
        "kinds": _rows(rows, "organisation__kind__name"),
        "regions": _rows(rows, "organisation__region__name"),
    }


def _rows(rows: Any, named: str) -> list[dict[str, Any]]:
    """Return how many were invited by a fact of theirs, the small ones together at the end."""
    found: Counter[str] = Counter()
    for name, total in rows.order_by().values_list(named).annotate(n=Count("pk")):
        found[name or _("No region given")] += total
    large = sorted((name, total) for name, total in found.items() if total >= LEAST)
    rest = sum(total for total in found.values() if total < LEAST)
    told = [{"label": name, "total": total} for name, total in large]
    if rest:
        told.append({"label": _("Fewer than five of each, together"), "total": rest})
    return told
