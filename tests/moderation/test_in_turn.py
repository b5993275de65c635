"""Two at once on one comment, in both orders, on connections of their own: one wins, the other is
told, nothing is lost. Which of two comes first by chance is in `test_together`.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from consultations import ledger, participation
from consultations.digests import build
from consultations.mail import leases
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Decision,
    Message,
    User,
)
from consultations.moderation import decide, undo
from consultations.moderation.record import DecisionRefused
from consultations.participation import ParticipationError
from tests.digests.scene import DUE, SLOT, make_scene, say, told
from tests.factories import NOTICES, make_case, make_comment, make_reason, make_response, make_staff
from tests.together import started, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], object]
DECIDED = "Already decided"
CHANGED = "The comment was changed since"
TAKEN_BACK = "The author has taken this back"
MINUTE = timedelta(minutes=1)
# Who acts first and second, the sentence that the second reads, and what is left.
ON_WHAT_WAITS = [
    ("publish", "reject", DECIDED, "published"),
    ("reject", "publish", DECIDED, "rejected"),
    ("publish", "hold", DECIDED, "published"),
    ("hold", "publish", "", "published"),
    ("hold", "reject", "", "rejected"),
    ("publish", "withdraw", "", "withdrawn"),
    ("withdraw", "publish", TAKEN_BACK, "withdrawn"),
    ("hold", "withdraw", "", "withdrawn"),
    ("withdraw", "hold", TAKEN_BACK, "withdrawn"),
    ("reject", "edit", "", "submitted"),
    ("edit", "reject", "The author changed this comment", "submitted"),
    ("hold", "edit", "", "submitted"),
    ("edit", "hold", "The author changed this comment", "submitted"),
]
ON_WHAT_WAS_PUBLISHED = [
    ("undo", "edit", "", "submitted"),
    ("edit", "undo", CHANGED, "published"),
    ("undo", "withdraw", "", "withdrawn"),
    ("withdraw", "undo", CHANGED, "withdrawn"),
    ("undo", "hide", "This comment is not published", "submitted"),
    ("hide", "undo", CHANGED, "hidden"),
    ("undo", "undo", CHANGED, "submitted"),
    ("hide", "hide", "This comment is not published", "hidden"),
    ("hide", "edit", "", "submitted"),
    ("edit", "hide", "", "hidden"),
    ("hide", "withdraw", "", "withdrawn"),
    ("withdraw", "hide", TAKEN_BACK, "withdrawn"),
]


class Scene:
    """One comment, its author, two moderators, and what each of them may do."""

    def __init__(self) -> None:
        self.case, self.now = make_case(), timezone.now()
        self.moderators = [make_staff(self.case.consultation) for _n in range(2)]
        self.reason = make_reason()
        self.comment = Comment.objects.select_related(
            "response__respondent", "recommendation__current", "recommendation__consultation"
        ).get()

    def decided(self) -> Decision:
        """Return the first moderator's decision, which is made once."""
        return Decision.objects.filter(case__comment=self.comment).order_by("pk")[0]

    def published(self) -> None:
        decide.publish(case=self.case, version_number=1, by=self.moderators[0], at=self.now)

    def publish(self, who: int = 0) -> Act:
        by = self.moderators[who]
        return lambda: decide.publish(case=self.case, version_number=1, by=by, at=self.now)

    def reject(self) -> Act:
        arguments = {"reason": self.reason, "note": "", "by": self.moderators[1], "at": self.now}
        return lambda: decide.reject(case=self.case, version_number=1, **arguments)

    def hold(self) -> Act:
        arguments = {"note": "", "by": self.moderators[1], "at": self.now}
        return lambda: decide.hold(case=self.case, version_number=1, **arguments)

    def hide(self, who: int = 1) -> Act:
        arguments = {"reason": self.reason, "note": "", "by": self.moderators[who], "at": self.now}
        return lambda: decide.hide(comment=self.comment, **arguments)

    def undo(self) -> Act:
        by = self.moderators[0]
        return lambda: undo.undo(decision=self.decided(), by=by, at=self.now + MINUTE)

    def withdraw(self) -> Act:
        author = self._author()
        return lambda: participation.withdraw(comment=self.comment, user=author, at=self.now)

    def edit(self) -> Act:
        answer = participation.Answer(
            stance="oppose",
            text="I have changed my mind.",
            permission="named",
            default_permission="named",
            key=uuid4(),
            based_on=1,
            answering=1,
            notices=NOTICES,
        )
        return lambda: participation.post(
            user=self._author(),
            membership=None,
            recommendation=self.comment.recommendation,
            answer=answer,
            at=self.now,
        )

    def _author(self) -> User:
        author = self.comment.response.respondent
        assert author is not None
        return author


def tried(verb: Act) -> str:
    """Call the verb; return the sentence that refused it, or ""."""
    try:
        verb()
    except (DecisionRefused, ParticipationError) as refusal:
        return str(refusal)
    return ""


def in_turn(first: Act, second: Act) -> list[str]:
    """Begin the second while the first holds what it has locked; return both sentences."""
    said: list[str] = []

    with transaction.atomic():
        before = tried(first)
        following = started(lambda: said.append(tried(second)))
        wait_for_a_lock(of=following)
    following.join()
    return [before, *said]


def nothing_is_lost(scene: Scene, first: str, second: str, left: str) -> None:
    """Check the state, the words, the queue and the record."""
    comment = Comment.objects.get()
    assert comment.state == left
    assert comment.listed == (left == "published")
    versions = CommentVersion.objects.order_by("number").values_list("text", flat=True)
    edited = ["I have changed my mind."] if "edit" in {first, second} else []
    assert list(versions) == ["This would help firms like ours.", *edited]
    waits = left in {"submitted", "held"} or bool(edited)
    assert Case.objects.waiting().count() == int(waits)
    undone = Decision.objects.filter(undone_by__isnull=False).values_list("pk", flat=True)
    keys = [f"decision:{number}" for number in undone]
    assert not Message.objects.filter(dedupe_key__in=keys).exclude(state="suppressed").exists()
    assert ledger.verify(scene.case.consultation_id) == []


@pytest.mark.parametrize(("first", "second", "refused", "left"), ON_WHAT_WAITS)
@pytest.mark.exhaustive
def test_two_on_what_waits(first: str, second: str, refused: str, left: str) -> None:
    scene = Scene()

    before, after = in_turn(getattr(scene, first)(), getattr(scene, second)())

    assert before == ""
    assert (after == "") == (refused == "")
    assert after.startswith(refused)
    nothing_is_lost(scene, first, second, left)


@pytest.mark.parametrize(("first", "second", "refused", "left"), ON_WHAT_WAS_PUBLISHED)
@pytest.mark.exhaustive
def test_two_on_what_was_just_published(first: str, second: str, refused: str, left: str) -> None:
    scene = Scene()
    scene.published()

    before, after = in_turn(getattr(scene, first)(), getattr(scene, second)())

    assert before == ""
    assert (after == "") == (refused == "")
    assert after.startswith(refused)
    nothing_is_lost(scene, first, second, left)


def test_letter_that_is_claimed_and_undo_at_once_never_both() -> None:
    """The clock of whoever sends may run ahead: the row decides."""
    scene = Scene()
    scene.published()
    soon = scene.now + timedelta(minutes=11)

    def claim() -> object:
        stream = Message.Stream.TRANSACTION
        return leases.claim(streams=[stream], size=10, lease=uuid4(), at=soon, editions=False)

    before, after = in_turn(claim, scene.undo())

    assert (before, after[:26]) == ("", "Somebody has been told by ")
    assert Comment.objects.get().state == "published"


def edition_scene() -> tuple[Consultation, Act, Act]:
    """Return a consultation whose first comment was published minutes before the slot."""
    consultation = make_scene(recommendations=1)
    first = consultation.recommendations.get()
    for number in range(3):
        say(first, number)
    comment = make_comment(first, make_response(consultation), at=SLOT - 9 * MINUTE)
    case, moderator = make_case(comment), make_staff(consultation)
    at = SLOT - 5 * MINUTE
    decision = decide.publish(case=case, version_number=1, by=moderator, at=at)

    def undone() -> object:
        return undo.undo(decision=decision, by=moderator, at=DUE + MINUTE)

    return consultation, undone, lambda: build.make_due(DUE)


def test_edition_that_is_made_first_makes_the_undo_void() -> None:
    consultation, undone, make = edition_scene()

    before, after = in_turn(make, undone)

    assert (before, after) == ("", "A digest has told of it since. Decide anew instead.")
    assert told(consultation) == [(4, 4)]
    assert ledger.verify(consultation.pk) == []


def test_edition_waits_for_an_undo_and_does_not_tell_of_what_is_undone() -> None:
    consultation, undone, make = edition_scene()

    before, after = in_turn(undone, make)
    build.make_due(DUE + MINUTE)

    assert (before, after) == ("", "")
    assert told(consultation) == [(3, 3)]
    assert ledger.verify(consultation.pk) == []
