"""What the tests of screening share: people who send letters of our own, and their copies."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from consultations import participation
from consultations.models import Campaign, Case, Comment, Consultation, Likeness, User
from consultations.organisations import standing
from portal.bench import letters
from tests.factories import make_user

LETTER, OTHER = letters.letters()[4], letters.letters()[5]
WITH_OWN = f"{letters.OWN[0]}{LETTER}"
EDITED = LETTER.replace(" the ", " our ", 1)


def send(
    consultation: Consultation,
    text: str,
    user: User | None = None,
    *,
    number: int = 1,
    based_on: int = 0,
    address: str = "",
    at: datetime | None = None,
    **fields: Any,
) -> Comment:
    """Send a comment as the view does; a new person's unless `user` is given."""
    rows = consultation.recommendations.select_related("consultation", "current")
    author = user or make_user()
    values = {
        "stance": "support",
        "text": text,
        "permission": "named",
        "default_permission": "named",
        "key": uuid4(),
        "based_on": based_on,
        "answering": 1,
        "notices": consultation.notices(),
    }
    return participation.post(
        user=author,
        membership=standing(author),
        recommendation=rows.get(number=number),
        answer=participation.Answer(**(values | fields)),
        at=at or timezone.now(),
        address=address,
    )


def likeness(comment: Comment) -> Likeness:
    """Return what is known of the comment's newest version."""
    comment.refresh_from_db()
    return Likeness.objects.select_related("campaign").get(pk=comment.submitted_version_id)


def campaign_of(comment: Comment) -> Campaign | None:
    """Return the campaign that the comment's newest version stands in."""
    return likeness(comment).campaign


def marks_of(comment: Comment) -> dict[str, int]:
    """Return the marks of the comment's case that waits."""
    case = Case.objects.waiting().get(comment=comment)
    return {mark["code"]: mark["count"] for mark in case.marks}
