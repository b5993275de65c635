"""The first principle: consultation takes place while proposals are still formative."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from consultations.digests.render import address
from consultations.models import (
    Consultation,
    Document,
    OfficialAnswer,
    RecommendationVersion,
)


def facts(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Return when it was published, opened and closed, and what stood there when it opened."""
    home = address(reverse("consultations.show", args=[consultation.slug]))
    shown = OfficialAnswer.objects.shown(at).filter(recommendation__consultation=consultation)
    first = shown.order_by("published_at", "pk").values_list("published_at", flat=True).first()
    return {
        "consultation": consultation.slug,
        "consultation_title": consultation.title,
        "owner": consultation.owner,
        "owner_is": str(consultation.get_owner_kind_display()),
        "url": home,
        "open_to": str(consultation.get_visibility_display()),
        "phase": str(consultation.phase(at)),
        "published_at": consultation.published_at,
        "opens_at": consultation.opens_at,
        "closes_at": consultation.closes_at,
        "there_when_it_opened": _stood(consultation),
        "questions": consultation.questions.count(),
        "corrections": consultation.corrections.count(),
        "first_answered_at": first,
    }


def _stood(consultation: Consultation) -> list[dict[str, Any]]:
    """Return the recommendations and documents that were public when it opened, with since when.

    What was written before the consultation was published is public since then.
    """
    since, opened = consultation.published_at, consultation.opens_at
    versions = RecommendationVersion.objects.filter(
        recommendation__consultation=consultation, correction__isnull=True
    ).select_related("recommendation")
    found: list[dict[str, Any]] = [
        {
            "what": "recommendation",
            "recommendation": row.recommendation.number,
            "title": row.title,
            "public_since": max(row.made_at, since) if since else row.made_at,
        }
        for row in versions.order_by("recommendation__number", "number", "pk")
    ]
    documents = Document.objects.of_owner().filter(
        consultation=consultation, uploaded_at__lt=opened
    )
    documents = documents.exclude(withdrawn_at__lte=opened)
    found += [
        {
            "what": "document",
            "recommendation": row.recommendation.number if row.recommendation else None,
            "title": row.title,
            "public_since": max(row.uploaded_at, since) if since else row.uploaded_at,
        }
        for row in documents.select_related("recommendation")
    ]
    return found
