"""What a recommendation is to say: compared with what stands, and stored as a version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consultations import ledger
from consultations.models import (
    Consultation,
    Correction,
    Recommendation,
    RecommendationVersion,
)

PARTS = ("title", "text", "what_changed")


@dataclass(frozen=True)
class Words:
    """The words that a recommendation is to have."""

    number: int
    title: str
    text: str
    what_changed: str

    def same_as(self, version: RecommendationVersion | None) -> bool:
        """Whether a version has these very words."""
        return version is not None and (self.title, self.text, self.what_changed) == (
            version.title,
            version.text,
            version.what_changed,
        )


def new_words(stored: Consultation, words: Sequence[Words]) -> list[Words]:
    """Return those that differ from what stands."""
    current = {row.number: row.current for row in stored.recommendations.select_related("current")}
    return [wanted for wanted in words if not wanted.same_as(current.get(wanted.number))]


def differences(stored: Consultation, written: Sequence[Words]) -> list[dict[str, str | int]]:
    """Return which of these words differ from what stands, whole: see `changes`."""
    current = {row.number: row.current for row in stored.recommendations.select_related("current")}
    found: list[dict[str, str | int]] = []
    for wanted in written:
        for name in PARTS:
            before = getattr(current.get(wanted.number), name, "")
            after = getattr(wanted, name)
            if before != after:
                found.append(
                    {
                        "recommendation": wanted.number,
                        "field": name,
                        "before": before,
                        "after": after,
                    }
                )
    return found


def write_first_version(stored: Consultation, wanted: Words, at: datetime) -> None:
    """Write, or before opening write anew, the first words of a recommendation."""
    recommendation, _made = Recommendation.objects.get_or_create(
        consultation=stored, number=wanted.number
    )
    RecommendationVersion.objects.update_or_create(
        recommendation=recommendation,
        number=1,
        defaults={
            "title": wanted.title,
            "text": wanted.text,
            "what_changed": wanted.what_changed,
            "made_at": at,
        },
    )
    _point_at(recommendation)


def write_next_version(
    stored: Consultation, wanted: Words, correction: Correction | None, at: datetime
) -> None:
    """Add the words that a correction gives a recommendation; those before stay."""
    recommendation, _made = Recommendation.objects.get_or_create(
        consultation=stored, number=wanted.number
    )
    RecommendationVersion.objects.create(
        recommendation=recommendation,
        number=recommendation.versions.count() + 1,
        title=wanted.title,
        text=wanted.text,
        what_changed=wanted.what_changed,
        made_at=at,
        correction=correction,
    )
    _point_at(recommendation)


def seals(
    stored: Consultation, numbers: Sequence[int] | None = None
) -> list[dict[str, ledger.JSON]]:
    """Return for the ledger the current words of the recommendations (None: of all), sealed."""
    rows = stored.recommendations.select_related("current").order_by("number")
    return [
        {
            "recommendation": row.number,
            "version": row.current.number,
            "words": ledger.seal(row.current),
        }
        for row in rows
        if row.current is not None and (numbers is None or row.number in numbers)
    ]


def _point_at(recommendation: Recommendation) -> None:
    recommendation.current = recommendation.versions.order_by("-number").first()
    recommendation.save(update_fields=["current"])
