"""Any walk of an author, two moderators and readers: the comment is what the plain model says.

Nothing is lost, each change of state stands on the record once, and of what was undone nobody is
told.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from consultations import ledger, participation
from consultations.models import (
    Case,
    Comment,
    CommentVersion,
    Consultation,
    Decision,
    LedgerEntry,
    Message,
    Recommendation,
    Report,
    Tally,
    User,
)
from consultations.moderation import decide, undo
from consultations.moderation.record import DecisionRefused
from consultations.participation import ParticipationError
from tests.factories import NOTICES, make_consultation, make_reason, make_staff, make_user
from tests.moderation.walk import Model
from tests.trying import tried

TEXTS = st.sampled_from(["One.", "Two.", "Three."])
PERMISSIONS = st.sampled_from(["named", "unnamed", "unpublished"])
MODERATORS = st.sampled_from([0, 1])


class Cast:
    """Who walks, and where; made once."""

    def __init__(self) -> None:
        self.consultation = make_consultation(recommendations=1)
        self.author = make_user()
        self.moderators = [make_staff(self.consultation) for _n in range(2)]
        self.readers = [make_user() for _n in range(3)]
        self.reasons = [make_reason("abusive"), make_reason("duplicate", still_counts=True)]


class Walk(RuleBasedStateMachine):
    """One walk, on the real tables, in a transaction that leaves nothing behind."""

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.cast = cast
        self.frame = transaction.atomic()
        self.frame.__enter__()

    def teardown(self) -> None:
        """Verify the whole record, and leave nothing behind."""
        try:
            assert ledger.verify(self.cast.consultation.pk) == []
        finally:
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    @property
    def comment(self) -> Comment:
        """The comment as it stands."""
        return Comment.objects.select_related("recommendation").get()

    def agree(self, expected: bool, verb: Callable[[], object]) -> None:
        """Call the verb: it goes through where the model does, and says a sentence elsewhere."""
        said = ""
        try:
            with transaction.atomic():
                verb()
        except (DecisionRefused, ParticipationError) as refusal:
            said = str(refusal) or "no sentence"
        assert (said == "") is expected, said
        assert said[-1:] in {"", "."}

    @initialize(read_after=st.booleans(), text=TEXTS, permission=PERMISSIONS)
    def begin(self, *, read_after: bool, text: str, permission: str) -> None:
        moderation = Consultation.Moderation.AFTER if read_after else Consultation.Moderation.BEFORE
        Consultation.objects.update(moderation=moderation)
        self.model = Model(read_after, timezone.now())
        self.send(text=text, permission=permission)

    @rule(text=TEXTS, permission=PERMISSIONS)
    def send(self, *, text: str, permission: str) -> None:
        based_on = self.model.sent
        answer = participation.Answer(
            stance="support",
            text=text,
            permission=permission,
            default_permission="named",
            key=uuid4(),
            based_on=based_on,
            answering=1,
            notices=NOTICES,
        )
        recommendation = Recommendation.objects.select_related("consultation", "current").get()
        self.agree(
            self.model.send(text, permission),
            lambda: participation.post(
                user=self.cast.author,
                membership=None,
                recommendation=recommendation,
                answer=answer,
                at=self.model.now,
            ),
        )

    @rule()
    def withdraw(self) -> None:
        self.agree(
            self.model.withdraw(),
            lambda: participation.withdraw(
                comment=self.comment, user=self.cast.author, at=self.model.now
            ),
        )

    def _decide(self, expected: bool, verb: Callable[..., object], by: int, **more: object) -> None:
        case = Case.objects.filter(comment=self.comment).order_by("closed_at", "pk").last()
        waiting = Case.objects.waiting().filter(comment=self.comment).first()
        arguments = {"case": waiting or case, "by": self._moderator(by), "at": self.model.now}
        self.agree(expected, lambda: verb(**arguments, **more))

    def _moderator(self, by: int) -> User:
        return self.cast.moderators[by]

    @rule(by=MODERATORS, behind=st.sampled_from([0, 0, 0, 1]))
    def publish(self, *, by: int, behind: int) -> None:
        number = self.model.sent - behind
        expected = self.model.publish(by, number)
        self._decide(expected, decide.publish, by, version_number=number)

    @rule(by=MODERATORS, counts=st.booleans())
    def reject(self, *, by: int, counts: bool) -> None:
        number, reason = self.model.sent, self.cast.reasons[counts]
        expected = self.model.reject(by, number, counts)
        self._decide(expected, decide.reject, by, version_number=number, reason=reason, note="")

    @rule(by=MODERATORS)
    def hold(self, *, by: int) -> None:
        number = self.model.sent
        expected = self.model.hold(by, number)
        self._decide(expected, decide.hold, by, version_number=number, note="")

    @rule(by=MODERATORS, counts=st.booleans())
    def hide(self, *, by: int, counts: bool) -> None:
        arguments = {"comment": self.comment, "by": self._moderator(by), "at": self.model.now}
        reason = self.cast.reasons[counts]
        self.agree(
            self.model.hide(by, counts),
            lambda: decide.hide(**arguments, reason=reason, note=""),
        )

    @rule(by=MODERATORS)
    def restore(self, *, by: int) -> None:
        arguments = {"comment": self.comment, "by": self._moderator(by), "at": self.model.now}
        self.agree(self.model.restore(by), lambda: decide.restore(**arguments, note=""))

    @precondition(lambda self: self.model.decided)
    @rule(by=MODERATORS, back=st.sampled_from([1, 1, 1, 2]))
    def undo(self, *, by: int, back: int) -> None:
        place = max(len(self.model.decided) - back, 0)
        on_the_comment = Decision.objects.filter(case__comment=self.comment).order_by("pk")
        decision, moderator = on_the_comment[place], self._moderator(by)
        expected = self.model.undo(by, place)
        at = self.model.now
        assert undo.may_undo(decision, moderator, at) == expected
        self.agree(expected, lambda: undo.undo(decision=decision, by=moderator, at=at))

    @precondition(lambda self: self.model.decided)
    @rule()
    def undo_by_who_decided(self) -> None:
        self.undo(by=self.model.decided[-1].by, back=1)

    @precondition(lambda self: self.model.decided)
    @rule(text=TEXTS, permission=PERMISSIONS)
    def undo_what_the_author_has_changed_since(self, *, text: str, permission: str) -> None:
        self.send(text=text, permission=permission)
        self.undo(by=self.model.decided[-1].by, back=1)

    @rule(minutes=st.sampled_from([1, 4, 10]))
    def wait(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)
        due = Message.objects.filter(state="queued", not_before__lte=self.model.now)
        due.update(state="sent", done_at=self.model.now)

    @precondition(lambda self: Report.objects.count() < len(self.cast.readers))
    @rule()
    def report(self) -> None:
        reader = self.cast.readers[Report.objects.count()]
        self.agree(
            self.model.report(),
            lambda: participation.report(
                comment=self.comment, user=reader, why="other", words="", at=self.model.now
            ),
        )

    @precondition(lambda self: not self.model.closed and self.model.sent > 2)
    @rule()
    def close(self) -> None:
        self.model.closed = True
        Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    @precondition(lambda self: not self.model.erased and self.model.sent > 3)
    @rule()
    def erase(self) -> None:
        self.model.erase()
        comment = self.comment
        Case.objects.waiting().filter(comment=comment).update(closed_at=self.model.now)
        comment.unpublish(Comment.State.ERASED, None)
        comment.save()
        CommentVersion.objects.update(text="", erased_at=self.model.now)

    @precondition(lambda self: self.model.erased)
    @rule(state=st.sampled_from(sorted({*Comment.State.values} - {"erased"})))
    def bring_back_what_is_erased(self, state: str) -> None:
        with pytest.raises(IntegrityError, match="does not go from erased"), transaction.atomic():
            Comment.objects.update(state=state)

    @invariant()
    def comment_is_what_the_model_says(self) -> None:
        shape, comment = self.model.shape, self.comment
        numbers = dict(CommentVersion.objects.values_list("pk", "number"))
        real = (
            comment.state,
            numbers.get(comment.public_version_id or 0, 0),
            comment.counted,
            comment.waiting,
            Case.objects.waiting().filter(comment=comment).exists(),
        )
        assert real == (
            shape.state,
            shape.public,
            shape.counted,
            shape.waiting,
            shape.case_open,
        )
        assert numbers[comment.submitted_version_id or 0] == self.model.sent
        assert comment.listed == self.model.listed
        assert comment.public_text == self.model.words
        assert Case.objects.waiting().filter(report__isnull=False).count() == self.model.reports

    @invariant()
    def figures_are_those_of_the_comment(self) -> None:
        sums = Tally.objects.aggregate(c=Sum("counted"), s=Sum("listed"), w=Sum("waiting"))
        shape = self.model.shape
        real = [sums["c"] or 0, sums["s"] or 0, sums["w"] or 0]
        assert real == [shape.counted, self.model.listed, shape.waiting]

    @invariant()
    def every_act_stands_on_the_record_once(self) -> None:
        acts = LedgerEntry.objects.order_by("sequence").values_list("act", flat=True)
        assert list(acts) == self.model.acts
        decided = Decision.objects.filter(case__comment__isnull=False).order_by("pk")
        changes = list(decided.values_list("state_before", "state_after"))
        assert changes == [(one.before.state, one.after) for one in self.model.decided]

    @invariant()
    def words_are_kept_until_they_are_erased(self) -> None:
        kept = CommentVersion.objects.order_by("number").values_list("text", "permission")
        said = [("" if self.model.erased else text, may) for text, may in self.model.versions]
        assert list(kept) == said

    @invariant()
    def nobody_is_told_of_what_was_undone(self) -> None:
        undone = Decision.objects.filter(undone_by__isnull=False).values_list("pk", flat=True)
        keys = [f"decision:{number}" for number in undone]
        told = Message.objects.filter(dedupe_key__in=keys).exclude(state="suppressed")
        assert told.count() == 0


@pytest.mark.django_db
@pytest.mark.exhaustive
def test_any_walk_ends_where_the_plain_model_does() -> None:
    cast = Cast()

    run_state_machine_as_test(
        lambda: Walk(cast),
        settings=settings(
            max_examples=tried(15),
            stateful_step_count=25,
            # a walk is short, and its steps are printed: to shorten it would take minutes
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            deadline=None,
            suppress_health_check=[*HealthCheck],
        ),
    )
