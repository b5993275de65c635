"""The second principle: enough is said for an intelligent answer; and every correction of it."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from consultations.digests.render import address
from consultations.models import Consultation, Document, Question, Recommendation
from consultations.publishing import told


def facts(consultation: Consultation, at: datetime) -> dict[str, Any]:
    """Return what people were given to read and were asked, in every version, and what changed."""
    rows = consultation.recommendations.prefetch_related("versions__correction")
    asked = consultation.questions.select_related("recommendation")
    documents = Document.objects.of_owner().filter(consultation=consultation)
    corrections = consultation.corrections.order_by("number", "pk")
    return {
        "introduction": consultation.introduction,
        "confidentiality": consultation.confidentiality,
        "lawful_basis": consultation.lawful_basis,
        "privacy_notice": consultation.privacy_version,
        "other_ways": consultation.other_ways,
        "recommendations": [_recommendation(row) for row in rows.order_by("number", "pk")],
        "questions": [_question(row) for row in asked.order_by("number", "pk")],
        "documents": [
            _document(row, consultation) for row in documents.select_related("recommendation")
        ],
        "corrections": [
            {
                "number": row.number,
                "made_at": row.made_at,
                "reason": row.reason,
                "changes": [
                    {"what": one.what, "before": one.before, "after": one.after}
                    for one in told(row.changes)
                ],
            }
            for row in corrections
        ],
    }


def _recommendation(row: Recommendation) -> dict[str, Any]:
    return {
        "number": row.number,
        "versions": [
            {
                "version": one.number,
                "made_at": one.made_at,
                "title": one.title,
                "text": one.text,
                "what_has_changed": one.what_changed,
                "correction": one.correction.number if one.correction else None,
            }
            for one in row.versions.all()
        ],
    }


def _question(row: Question) -> dict[str, Any]:
    return {
        "number": row.number,
        "recommendation": row.recommendation.number if row.recommendation else None,
        "question": row.words,
        "hint": row.hint,
        "answered_by": str(row.get_kind_display()),
        "choices": [label for _number, label in row.choices()],
        "required": row.required,
        "asks_why": row.asks_why,
    }


def _document(row: Document, consultation: Consultation) -> dict[str, Any]:
    path = reverse("documents.fetch", args=[consultation.slug, row.reference])
    standing = row.state == Document.State.PUBLISHED
    return {
        "title": row.title,
        "recommendation": row.recommendation.number if row.recommendation else None,
        "file": row.file_name,
        "bytes": row.size,
        "sha256": row.sha256,
        "added_at": row.uploaded_at,
        "withdrawn_at": row.withdrawn_at,
        "why_withdrawn": row.why_withdrawn,
        "url": address(path) if standing else "",
    }
