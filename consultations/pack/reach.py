"""The third principle: adequate time to answer; and who was reached in it, by kind and region."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from consultations.models import Consultation, ExpectedShare, Results
from consultations.results.render import page

TIMES = {"opens_at", "closes_at"}


def facts(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Return how long it was open, how that changed, and who answered, as the results' page does.

    The respondents are left out until the public may read answers.
    """
    opens, closes = consultation.opens_at, consultation.closes_at
    corrections = consultation.corrections.order_by("number", "pk")
    return {
        "opens_at": opens,
        "closes_at": closes,
        "open_days": (closes - opens).days if opens and closes else None,
        "times_corrected_by": [
            row.number for row in corrections if TIMES & {one["field"] for one in row.changes}
        ],
        "answers_shown": consultation.shows_answers(at),
        "respondents": _respondents(consultation) if consultation.shows_answers(at) else None,
    }


def results(consultation: Consultation) -> dict[str, Any]:
    """Return all results as they were counted last, in the shape of the API; {} before."""
    counted = Results.objects.filter(consultation=consultation, figures__isnull=False).first()
    if counted is None:
        return {}
    told = {"consultation": consultation.slug, "counted_at": counted.counted_at}
    return told | (counted.figures or {})


def _respondents(consultation: Consultation) -> dict[str, Any] | None:
    """Return who answered; None while nothing is counted."""
    counted = Results.objects.filter(consultation=consultation, figures__isnull=False).first()
    if counted is None or not counted.figures:
        return None
    expected = ExpectedShare.objects.filter(consultation=consultation).select_related("region")
    seen = page(consultation, counted.figures, expected)
    return {
        "counted_at": counted.counted_at,
        "sentences": list(seen.who),
        "kinds": [asdict(row) for row in seen.kinds],
        "regions": [asdict(row) for row in seen.regions],
        "expected": seen.expected,
        "silent": list(seen.silent),
        "channels": [{"label": label, "total": total} for label, total in seen.channels],
        "by_week": seen.weekly,
        "times": [{"label": one.label, "total": one.total} for one in seen.times],
    }
