"""Consultations worth looking at: long words, many comments, every state."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pgtrigger
from django.utils import timezone

from consultations import participation
from consultations.digests import build
from consultations.models import (
    Comment,
    Consultation,
    Correction,
    Edition,
    Kind,
    Permission,
    Recommendation,
    RecommendationVersion,
    Stance,
    User,
)
from tests.factories import (
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_organisation,
    make_reason,
    make_region,
    make_response,
    make_user,
    make_version,
)

DAY = timedelta(days=1)
# a word and an address that no phone is wide enough for, and a name of the longest kind
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
ADDRESS = "https://example.org/a/very/long/address/without/any/place/to/break/it/at/all/or-so"
WORDS = f"We tried this. {LONG} made it hard.\n\nSee {ADDRESS} for what it cost us."
INTRODUCTION = """Five proposals, **each** of which you can answer.

## Why we ask

- Because policy has not lasted.
- Because [those who make things](https://example.org/) know why.
"""


def make_open(slug: str = "report", *, recommendations: int = 3, **fields: Any) -> Consultation:
    """Make an open consultation with a long title and formatted texts."""
    consultation = make_consultation(
        slug,
        title=f"Levelling up manufacturing: a report on {slug} and on everything that it needs",
        introduction=INTRODUCTION,
        recommendations=recommendations,
        **{"opens_at": timezone.now() - 20 * DAY, **fields},
    )
    words = RecommendationVersion.objects.filter(recommendation__consultation=consultation)
    with pgtrigger.ignore("consultations.RecommendationVersion:fixed_once_open"):
        words.update(text=INTRODUCTION, what_changed="The Council was **wound up** in 2021.")
    return consultation


def crowd(recommendation: Recommendation, size: int = 27) -> list[Comment]:
    """Publish so many comments: every stance and kind, with and without name and words."""
    stances, kinds = list(Stance), list(Kind)
    organisation = make_organisation(f"{LONG} and Sons of the Upper Valley Ltd")
    found = []
    for number in range(size):
        person = make_user(kind=kinds[number % len(kinds)])
        known = {}
        if number == size - 1:
            known = {
                "membership": make_membership(person, organisation, claim="confirmed"),
                "organisation": organisation,
            }
        nameless = {"permission": Permission.UNNAMED} if number % 3 == 1 else {}
        response = make_response(recommendation.consultation, person, **known, **nameless)
        found.append(
            make_comment(
                recommendation,
                response,
                state=Comment.State.PUBLISHED,
                stance=stances[number % len(stances)],
                text="" if number % 5 == 4 else f"{WORDS} This is case {number}.",
                at=timezone.now() - 3 * DAY + timedelta(minutes=number),
            )
        )
    return found


def correct(consultation: Consultation) -> None:
    """Put a numbered correction on the page."""
    times = {"before": "2026-05-01T09:00:00+00:00", "after": "2026-05-08T09:00:00+00:00"}
    words = {"before": LONG, "after": f"{LONG}\n\n{WORDS}"}
    changes = [{"field": "closes_at", **times}, {"field": "introduction", **words}]
    said = {"reason": "The bank holiday had been forgotten.", "changes": changes}
    Correction.objects.create(consultation=consultation, number=1, made_at=timezone.now(), **said)


def answered_in_every_way(person: User) -> Consultation:
    """Make a response with a comment in each state that an author can meet, and one unanswered."""
    states = [
        *(Comment.State.SUBMITTED, Comment.State.PUBLISHED, Comment.State.HELD),
        *(Comment.State.REJECTED, Comment.State.HIDDEN, Comment.State.WITHDRAWN),
        Comment.State.PUBLISHED,
    ]
    consultation = make_open("everything", recommendations=len(states) + 1)
    membership = make_membership(person, make_organisation(f"{LONG} Ltd"))
    response = make_response(consultation, person, membership=membership)
    for number, state in enumerate(states, start=1):
        recommendation = consultation.recommendations.get(number=number)
        comment = make_comment(
            recommendation, response, state=state, text=WORDS, reason=make_reason()
        )
        if state == Comment.State.PUBLISHED:  # one was changed, the other's change refused
            comment.submitted_version = make_version(comment)
            comment.save()
            if number < len(states):
                make_case(comment)
    return consultation


def make_editions() -> list[Edition]:
    """Make two editions of a daily consultation with opinions from everywhere."""
    now = timezone.now()
    consultation = make_open("told", recommendations=2, cadence="daily")
    regions = [make_region(), make_region("TLD", "North West"), make_region("TLM", "Scotland")]
    for ago in (4, 2):
        for number in range(8):
            person = make_user(kind=list(Kind)[number % 4], region=regions[number % 3])
            make_comment(
                consultation.recommendations.get(number=1),
                make_response(consultation, person),
                state=Comment.State.PUBLISHED,
                stance=list(Stance)[number % 6],
                text=f"{WORDS} So says case {number} of the town in which we make castings.",
                at=now - ago * DAY + timedelta(minutes=number),
            )
        build.make_due(now - (ago - 2) * DAY)
    return list(Edition.objects.order_by("number"))


def say(person: User, recommendation: Recommendation, words: str, based_on: int = 0) -> None:
    """Send a comment by the verb, as from another window."""
    participation.post(
        user=person,
        membership=None,
        recommendation=recommendation,
        answer=participation.Answer(
            stance=Stance.OPPOSE,
            text=words,
            permission=Permission.NAMED,
            default_permission=Permission.NAMED,
            key=uuid4(),
            based_on=based_on,
            answering=recommendation.current.number,
            notices=recommendation.consultation.notices(),
        ),
        at=timezone.now(),
    )


def reword(recommendation: Recommendation) -> None:
    """Correct the recommendation's words, as from the admin."""
    recommendation.current = RecommendationVersion.objects.create(
        recommendation=recommendation,
        number=2,
        title="Corrected",
        text="X.",
        made_at=timezone.now(),
    )
    recommendation.save(update_fields=["current"])


def close(consultation: Consultation, at: datetime | None = None) -> None:
    """Let the closing time pass."""
    consultation.closes_at = at or timezone.now() - timedelta(minutes=1)
    consultation.save(update_fields=["closes_at"])
