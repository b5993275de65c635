"""A consultation with comments of every kind, and the moment at which its edition is due."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from consultations.digests import build
from consultations.digests.due import due_editions
from consultations.models import (
    Comment,
    Consultation,
    Decision,
    Edition,
    Kind,
    Recommendation,
    Response,
    Stance,
)
from consultations.moderation import decide
from tests import factories

OPENS = datetime(2026, 11, 1, 9, tzinfo=UTC)
SLOT = datetime(2026, 11, 10, 7, tzinfo=UTC)
DUE = SLOT + timedelta(minutes=2)
LATER = SLOT + timedelta(days=2)
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
    stances = list(Stance)
    response = fields.pop("response", None) or _response(recommendation, number, fields)
    values = {
        "state": Comment.State.PUBLISHED,
        "text": f"{REASONS[number % len(REASONS)]} So says case {number}.",
        "stance": stances[number % len(stances)],
        "at": OPENS + timedelta(hours=1 + number),
        **fields,
    }
    comment = factories.make_comment(recommendation, response, **values)
    Comment.objects.filter(pk=comment.pk, counted=True).update(counted_since=values["at"])
    comment.refresh_from_db(fields=["counted_since"])
    return comment


def _response(recommendation: Recommendation, number: int, fields: dict[str, Any]) -> Response:
    """Make the response of a person: the `user`, or another of the `kind`."""
    kinds = list(Kind)
    permission = {"permission": fields.pop("permission")} if "permission" in fields else {}
    user = fields.pop("user", None)
    user = user or factories.make_user(kind=fields.pop("kind", kinds[number % len(kinds)]))
    return factories.make_response(recommendation.consultation, user, **permission)


def fill(consultation: Consultation, each: int = 8) -> list[Comment]:
    """Publish so many comments on each recommendation."""
    return [
        say(recommendation, number)
        for recommendation in consultation.recommendations.order_by("number")
        for number in range(each)
    ]


def make_edition(at: datetime = DUE) -> Edition:
    """Make the one edition of the series that is due."""
    [edition] = [each for each in build.make_due(at) if not each.final]
    return edition


def due(at: datetime = DUE) -> Any:
    """Return the one that is due."""
    [found] = due_editions(at)
    return found


def spoil(edition: Edition) -> None:
    """Make an edition's stored facts unreadable, as a fault of the disk or of a hand would."""
    del edition.facts["recommendations"][0]["summary"]["facts"]
    overwrite(edition)


def overwrite(edition: Edition) -> None:
    """Save an edition past the triggers that keep it as it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        edition.save(update_fields=["facts", "hash"])
        cursor.execute("SET LOCAL session_replication_role = origin")


def hide(comment: Comment, at: datetime = DUE, *, still_counts: bool = False) -> Decision:
    """Hide a comment as a moderator does."""
    reason = factories.make_reason(
        "personal" if still_counts else "abusive", still_counts=still_counts
    )
    moderator = factories.make_staff(comment.response.consultation)
    return decide.hide(comment=comment, reason=reason, note="", by=moderator, at=at)


def restore(comment: Comment, at: datetime = LATER) -> Decision:
    """Show a hidden comment again as a moderator does."""
    moderator = factories.make_staff(comment.response.consultation)
    return decide.restore(comment=comment, note="A mistake.", by=moderator, at=at)


def new_in(comment: Comment) -> list[int]:
    """Return the editions in whose period the comment was first published."""
    comment.refresh_from_db()
    editions = comment.response.consultation.editions.order_by("number")
    instant = comment.first_published_at
    return [each.number for each in editions if each.period.lower <= instant < each.period.upper]


def told(consultation: Consultation) -> list[tuple[int, int]]:
    """Return how many comments each edition told, in all and new."""
    facts = [
        each.facts["recommendations"][0]["summary"]["facts"]
        for each in consultation.editions.order_by("number")
    ]
    return [(each["total"], each["new"]) for each in facts]
