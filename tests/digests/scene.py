"""A consultation with comments of every kind, and the moment at which its edition is due."""

from datetime import UTC, datetime, timedelta
from typing import Any

from consultations.digests import build
from consultations.digests.due import due_editions
from consultations.models import Comment, Consultation, Edition, Kind, Recommendation, Stance
from tests import factories

OPENS = datetime(2026, 11, 1, 9, tzinfo=UTC)
SLOT = datetime(2026, 11, 10, 7, tzinfo=UTC)
DUE = SLOT + timedelta(minutes=2)
REASONS = (
    "Local supply chains would gain a great deal from steady rules over ten years or more.",
    "The measure costs small firms more than it brings, and nobody has shown how to pay for it.",
    "Apprentices leave our town for want of buses, which no target for output will ever change.",
    "Councils need the freedom to spend on what their own businesses say that they are missing.",
    "We tried a scheme like this in our region and the paperwork defeated every second firm.",
    "A statutory council would survive a change of minister, as the last one plainly did not.",
)


def make_scene(*, recommendations: int = 2, **fields: Any) -> Consultation:
    """Make an open consultation, without comments."""
    return factories.make_consultation(
        opens_at=OPENS,
        closes_at=OPENS + timedelta(days=70),
        published_at=OPENS - timedelta(days=1),
        recommendations=recommendations,
        **fields,
    )


def say(recommendation: Recommendation, number: int = 0, **fields: Any) -> Comment:
    """Publish one comment in the first week; `number` chooses words, kind and stance."""
    kinds, stances = list(Kind), list(Stance)
    permission = {"permission": fields.pop("permission")} if "permission" in fields else {}
    user = factories.make_user(kind=fields.pop("kind", kinds[number % len(kinds)]))
    response = factories.make_response(recommendation.consultation, user, **permission)
    return factories.make_comment(
        recommendation,
        response,
        **{
            "state": Comment.State.PUBLISHED,
            "text": f"{REASONS[number % len(REASONS)]} So says case {number}.",
            "stance": stances[number % len(stances)],
            "at": OPENS + timedelta(hours=1 + number),
            **fields,
        },
    )


def fill(consultation: Consultation, each: int = 8) -> list[Comment]:
    """Publish so many comments on each recommendation."""
    return [
        say(recommendation, number)
        for recommendation in consultation.recommendations.order_by("number")
        for number in range(each)
    ]


def make_edition(at: datetime = DUE) -> Edition:
    """Make the one edition that is due."""
    [edition] = build.make_due(at)
    return edition


def due(at: datetime = DUE) -> Any:
    """Return the one that is due."""
    [found] = due_editions(at)
    return found


def spoil(edition: Edition) -> None:
    """Make an edition's stored facts unreadable, as a fault of the disk or of a hand would."""
    del edition.facts["recommendations"][0]["summary"]["facts"]
    edition.save(update_fields=["facts"])
