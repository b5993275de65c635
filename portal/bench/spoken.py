"""Comments in bulk, with their versions, cases and decisions: published, kept back, or waiting."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Decision,
    Permission,
    Recommendation,
    Stance,
    User,
)
from consultations.models.addresses import new_reference
from portal.bench import fill, words
from portal.bench.copying import copy, reserve, unchecked
from portal.bench.fill import Person, moments

# One transaction: in a longer one the trigger's counters leave ever more dead rows behind.
LOT = 2_000
# Moderators publish by the page: so many comments share one instant of publication.
TOGETHER = 25
STANCES = tuple(Stance.values)
DECIDED_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Said:
    """One comment about to be written."""

    comment: int
    version: int
    number: int
    text: str
    by: Person
    sent: datetime
    decided: datetime
    waiting: bool

    @property
    def stance(self) -> str:
        """Return each stance in its turn."""
        return STANCES[self.number % len(STANCES)]

    @property
    def permission(self) -> str:
        """Return what most allow, then what some do, and of twenty what one does not."""
        if self.number % 20 == 7:
            return Permission.UNPUBLISHED
        return Permission.UNNAMED if self.number % 3 == 0 else Permission.NAMED


def filled(slug: str, recommendations: int, amount: int) -> Consultation:
    """Return a consultation with so many comments or a few more, which may be there already."""
    if known := Consultation.objects.filter(slug=slug).first():
        return known
    made = fill.consultation(slug, recommendations)
    people = fill.people(made, -(-amount // recommendations))
    for recommendation in made.recommendations.select_related("consultation", "current"):
        comments(recommendation, people)
    fill.settle()
    return made


def comments(
    on: Recommendation,
    by: Sequence[Person],
    *,
    waiting: bool = False,
    decided_by: User | None = None,
    held: int = 0,
    say: Callable[[int], str] = words.comment,
) -> None:
    """Let people comment over the weeks since the opening, the newest last.

    One in twenty waits for a moderator (all do, if `waiting`); the others are published, with
    their cases and decisions where `decided_by` is given: `held` so many times before. `say` gives
    the words of each by number.
    """
    opens_at = on.consultation.opens_at
    if opens_at is None:
        raise ValueError("a consultation that has opened")
    sent = moments(opens_at, len(by))
    for start in range(0, len(by), LOT):
        lot = slice(start, start + LOT)
        said = list(_said(by[lot], sent[lot], start, waiting, say))
        with transaction.atomic():  # a comment and its version point at one another
            _comments(on, said)
            with unchecked():
                _versions(on, said)
                _cases(on, [one for one in said if one.waiting])
                if decided_by:
                    _decisions(on, [one for one in said if not one.waiting], decided_by, held)


def _said(
    by: Sequence[Person],
    sent: Sequence[datetime],
    start: int,
    waiting: bool,
    say: Callable[[int], str],
) -> Iterator[Said]:
    keys, versions = reserve(Comment, len(by)), reserve(CommentVersion, len(by))
    for place, one in enumerate(by):
        number = start + place
        yield Said(
            comment=keys[place],
            version=versions[place],
            number=number,
            text=say(number),
            by=one,
            sent=sent[place],
            decided=min(sent[place - place % TOGETHER] + DECIDED_AFTER, sent[-1]),
            waiting=waiting or number % 20 == 11,
        )


def _comments(on: Recommendation, said: Sequence[Said]) -> None:
    copy(
        Comment(recommendation=on),
        (
            *(
                "id",
                "reference",
                "response_id",
                "state",
                "submitted_version_id",
                "public_version_id",
            ),
            *("public_text", "stance", "kind", "region_id", "shown_region_id"),
            *("shown_organisation_kind_id", "signed"),
            *("listed", "counted", "waiting", "reviewed", "submitted_at", "first_published_at"),
        ),
        (_row(one) for one in said),
    )


def _row(one: Said) -> tuple[object, ...]:
    """Return a comment's columns as publishing, or sending alone, leaves them."""
    listed = not one.waiting and one.permission != Permission.UNPUBLISHED
    signed = listed and one.permission == Permission.NAMED
    return (
        *(one.comment, new_reference(), one.by.response),
        Comment.State.SUBMITTED.value if one.waiting else Comment.State.PUBLISHED.value,
        *(one.version, None if one.waiting else one.version),
        *(one.text if listed else "", one.stance, one.by.kind, one.by.region),
        *(one.by.region if listed else None, one.by.organisation_kind if signed else None, signed),
        *(listed, not one.waiting, one.waiting, not one.waiting),
        *(one.sent, None if one.waiting else one.decided),
    )


def _versions(on: Recommendation, said: Sequence[Said]) -> None:
    copy(
        CommentVersion(number=1, answered=on.current),
        (
            *("id", "comment_id", "response_id", "stance", "text", "permission"),
            *("written_by_id", "written_at", "key"),
        ),
        (
            (
                *(one.version, one.comment, one.by.response, one.stance),
                *(one.text, str(one.permission)),
                *(one.by.user, one.sent, uuid4()),
            )
            for one in said
        ),
    )


def _cases(on: Recommendation, said: Sequence[Said]) -> None:
    copy(
        Case(consultation=on.consultation),
        ("id", "comment_id", "since"),
        (
            (key, one.comment, one.sent)
            for key, one in zip(reserve(Case, len(said) or 1), said, strict=False)
        ),
    )


def _decisions(on: Recommendation, said: Sequence[Said], by: User, held: int) -> None:
    """Write a closed case for each, the decision that closed it, and those that held it before."""
    keys = reserve(Case, len(said) or 1)
    pairs = list(zip(keys, said, strict=False))
    copy(
        Case(consultation=on.consultation),
        ("id", "comment_id", "since", "closed_at"),
        ((key, one.comment, one.sent, one.decided) for key, one in pairs),
    )
    state = Comment.State.SUBMITTED
    verbs = [(Decision.Verb.HOLD, Comment.State.HELD)] * held
    for verb, after in [*verbs, (Decision.Verb.PUBLISH, Comment.State.PUBLISHED)]:
        shared = Decision(verb=verb, state_before=state, state_after=after, decided_by=by)
        _decided(pairs, shared)
        state = after


def _decided(pairs: Sequence[tuple[int, Said]], shared: Decision) -> None:
    """Write a decision like `shared` on each case; those that hold come before the last."""
    early = DECIDED_AFTER / 2 if shared.verb == Decision.Verb.HOLD else timedelta()
    names = ("id", "case_id", "version_id", "decided_at")
    numbered = zip(reserve(Decision, len(pairs) or 1), pairs, strict=False)
    rows = ((number, key, one.version, one.decided - early) for number, (key, one) in numbered)
    copy(shared, names, rows)
