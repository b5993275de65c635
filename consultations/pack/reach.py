"""The third principle: adequate time to answer; and who was reached in it, by kind and region."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from consultations.models import Consultation, ExpectedShare, Results
from consultations.results.render import page

TIMES = {"opens_at", "closes_at"}


def counted(consultation: Consultation, at: datetime) -> Results | None:
    """Return the results as they were counted last, if the public may read them and there are any.

    Read once, so that all of the pack tells the same ones (one query).
    """
    if not consultation.shows_answers(at):
        return None
    return Results.objects.readable().filter(consultation=consultation).first()


def facts(consultation: Consultation, at: datetime, found: Results | None) -> dict[str, Any]:
    """Return how long it was open, how that changed, and who answered, as the results' page does.

    The respondents are those in the results `found`, and left out where there are none.
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
        "respondents": _respondents(consultation, found) if found else None,
    }


def results(consultation: Consultation, found: Results | None) -> dict[str, Any]:
    """Return all results that were `found`, in the shape of the API; {} where there are none."""
    if found is None:
        return {}
    told = {"consultation": consultation.slug, "counted_at": found.counted_at}
    return told | (found.figures or {})


def _respondents(consultation: Consultation, found: Results) -> dict[str, Any]:
    """Return who answered."""
    expected = ExpectedShare.objects.filter(consultation=consultation).select_related("region")
    seen = page(consultation, found.figures or {}, expected)
    return {
        "counted_at": found.counted_at,
        "sentences": list(seen.who),
        "kinds": [asdict(row) for row in seen.kinds],
        "regions": [asdict(row) for row in seen.regions],
        "expected": seen.expected,
        "silent": list(seen.silent),
        "channels": [{"label": label, "total": total} for label, total in seen.channels],
        "by_week": seen.weekly,
        "times": [{"label": one.label, "total": one.total} for one in seen.times],
    }
