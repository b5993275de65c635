"""Any history of comments, editions, clocks and builders: each comment is told as new exactly once.

What the machine knows of a comment is when it was last shown, and how often its author began anew;
what an edition told, it reads from the database when the edition is made. London's clocks go back
or forward within each walk. A final summary, by itself or ordered, tells nothing as new, and takes
nothing from the others.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
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

from consultations import ledger
from consultations.digests import build, editions, final, preview, quoting
from consultations.digests.due import Due, due_editions
from consultations.digests.preview import DigestError
from consultations.models import Comment, Consultation, Edition, Message
from consultations.models.clock import LONDON
from consultations.moderation import decide, redact
from consultations.moderation.record import DecisionRefused
from tests.digests.scene import say
from tests.factories import (
    make_consultation,
    make_reason,
    make_staff,
    make_subscription,
    make_version,
)
from tests.trying import tried

State, Standing = Comment.State, Edition.State
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# On the Fridays before the clocks of London go back, and forward.
STARTS = (datetime(2026, 10, 23, 9, tzinfo=UTC), datetime(2027, 3, 26, 9, tzinfo=UTC))
STEPS = st.sampled_from([HOUR, 13 * HOUR, DAY, DAY, 3 * DAY, 8 * DAY])
CHOICE = st.integers(min_value=0, max_value=7)
TELLING = (Standing.WAITING, Standing.HELD, Standing.RELEASED, Standing.WITHDRAWN)


class Cast:
    """The consultation, who decides there, and who reads; made once."""

    def __init__(self) -> None:
        self.consultation = make_consultation(
            recommendations=1,
            opens_at=STARTS[0] - 30 * DAY,
            published_at=STARTS[0] - 31 * DAY,
            closes_at=STARTS[1] + 40 * DAY,
        )
        self.recommendation = self.consultation.recommendations.get()
        self.officer = make_staff(self.consultation, "officer")
        self.moderator = make_staff(self.consultation, "moderator")
        self.reasons = {counts: make_reason(f"r{counts}", still_counts=counts) for counts in (0, 1)}
        make_subscription(consultation=self.consultation)


class History(RuleBasedStateMachine):
    """One history, on the real tables, in a transaction that leaves nothing behind."""

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.cast = cast
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.lives: Counter[int] = Counter()
        self.shown: dict[int, datetime] = {}
        self.told: dict[int, set[tuple[int, int]]] = {}
        self.stale: list[Due] = []

    def teardown(self) -> None:
        """Let every edition out and come to rest: nothing that stands is then untold."""
        try:
            self._choose("at_once")
            Consultation.objects.update(digests_held_at=None, digests_held_reason="")
            for _n in range(2):
                for edition in Edition.objects.unseen():
                    editions.release(edition=edition, by=self.cast.officer, at=self.now)
                self.now += 8 * DAY
                self.tick()
            self._told_once_each(set(self.shown))
            assert ledger.verify(self.cast.consultation.pk) == []
        finally:
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    @initialize(start=st.sampled_from(STARTS), release=st.sampled_from(Consultation.Release.values))
    def begin(self, *, start: datetime, release: str) -> None:
        self.now = start
        self._choose(release)
        self.publish()

    @rule()
    def publish(self) -> None:
        comment = say(self.cast.recommendation, len(self.lives), at=self.now)
        self.lives[comment.pk] = 1
        self.shown[comment.pk] = self.now

    @rule(which=CHOICE)
    def edit(self, *, which: int) -> None:
        if comment := self._one(which, State.PUBLISHED):
            comment.publish(make_version(comment, at=self.now), self.now)
            comment.save()

    @rule(which=CHOICE, counts=st.sampled_from([0, 1]))
    def hide(self, *, which: int, counts: int) -> None:
        if comment := self._one(which, State.PUBLISHED):
            said = {"reason": self.cast.reasons[counts], "note": "", "by": self.cast.moderator}
            decide.hide(comment=comment, at=self.now, **said)
            del self.shown[comment.pk]

    @rule(which=CHOICE)
    def restore(self, *, which: int) -> None:
        if comment := self._one(which, State.HIDDEN):
            decide.restore(comment=comment, note="So.", by=self.cast.moderator, at=self.now)
            self.shown[comment.pk] = self.now

    @rule(which=CHOICE)
    def withdraw_and_begin_anew(self, *, which: int) -> None:
        if comment := self._one(which, State.PUBLISHED):
            told = Comment.objects.told(comment)
            comment.unpublish(State.WITHDRAWN, None, told=told)
            comment.save()
            comment.publish(make_version(comment, at=self.now), self.now)
            comment.counted_since = self.now
            comment.save()
            self.lives[comment.pk] += 1
            self.shown[comment.pk] = self.now

    @rule(which=CHOICE)
    def remove_words(self, *, which: int) -> None:
        if comment := self._one(which, State.PUBLISHED):
            said = {"version_number": comment.public_version.number, "spans": [(0, 5)]}
            self._refused(
                lambda: redact.redact(
                    comment=comment,
                    reason=self.cast.reasons[0],
                    by=self.cast.moderator,
                    at=self.now,
                    **said,
                )
            )

    @rule(step=STEPS)
    def pass_time(self, *, step: timedelta) -> None:
        """No tick comes meanwhile: what was due is missed, or made late."""
        self.now += step

    @rule(step=STEPS)
    def wait_for_a_tick(self, *, step: timedelta) -> None:
        self.now += step
        self.tick()

    @rule()
    def tick(self) -> None:
        """Both tasks run, and a second builder with what it found before, or finds now."""
        found = [*due_editions(self.now), *final.due_finals(self.now)]
        self._note(build.make_due(self.now))
        again = [build.make(due, at=self.now) for due in (*self.stale, *found)]
        self._note([edition for edition in again if edition is not None])
        self.stale = found
        editions.release_due(self.now)
        quoting.note_changes(self.now)
        assert quoting.note_changes(self.now) == 0

    @rule(cadence=st.sampled_from(Consultation.Cadence.values))
    def change_cadence(self, *, cadence: str) -> None:
        Consultation.objects.update(cadence=cadence)

    @rule(release=st.sampled_from(Consultation.Release.values))
    def change_release(self, *, release: str) -> None:
        self._choose(release)

    @rule()
    def close(self) -> None:
        Consultation.objects.filter(closes_at__gt=self.now).update(closes_at=self.now)

    @rule()
    def order_the_final(self) -> None:
        said = {"reason": "So.", "by": self.cast.officer, "at": self.now}
        self._refused(lambda: final.make_now(consultation=Consultation.objects.get(), **said))

    @rule()
    def hold_or_release_all(self) -> None:
        said = {"consultation": self.cast.consultation, "by": self.cast.officer, "at": self.now}
        if Consultation.objects.filter(digests_held_at__isnull=False).exists():
            preview.release(**said)
        else:
            preview.hold(reason="So.", **said)

    @precondition(lambda self: self.told)
    @rule(verb=st.sampled_from(["release", "hold", "discard", "discard", "withdraw"]))
    def act(self, *, verb: str) -> None:
        """The officer does something with the newest edition, allowed or not."""
        edition = Edition.objects.select_related("consultation").latest("pk")
        reason = {} if verb == "release" else {"reason": "So."}
        said = {"edition": edition, "by": self.cast.officer, "at": self.now}
        self._refused(lambda: getattr(editions, verb)(**reason, **said))

    @invariant()
    def one_edition_a_slot_at_seven_in_london(self) -> None:
        slots = [edition.slot.astimezone(LONDON) for edition in Edition.objects.regular()]
        assert {slot.time() for slot in slots} <= {time(7)}
        assert len({slot.date() for slot in slots}) == len(slots)

    @invariant()
    def periods_follow_one_another_and_numbers_too(self) -> None:
        numbers = sorted(Edition.objects.telling().values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        telling = list(Edition.objects.telling().regular().order_by("slot", "pk"))
        assert [edition.number for edition in telling] == sorted(each.number for each in telling)
        bounds = [self.cast.consultation.opens_at, *(each.period.upper for each in telling)]
        assert [each.period.lower for each in telling] == bounds[:-1]
        assert all(before < after for before, after in pairwise(bounds))

    @invariant()
    def one_final_summary_stands(self) -> None:
        assert Edition.objects.filter(final=True, state__in=TELLING[:3]).count() <= 1

    @invariant()
    def readers_get_what_was_released_once(self) -> None:
        mailed = Counter(Message.objects.exclude(edition=None).values_list("edition", flat=True))
        seen = Edition.objects.public()
        assert mailed == Counter({edition.pk: edition.readers for edition in seen})
        assert set(mailed.values()) <= {1}

    @invariant()
    def nothing_is_told_twice(self) -> None:
        assert set(self._times_told().values()) <= {1}

    def _note(self, made: list[Edition]) -> None:
        """Note what an edition told, when it is made, and that it left out nothing that stood."""
        self.told |= {edition.pk: set() for edition in made if edition.final}
        for edition in made:
            period = edition.period
            facts = edition.facts["recommendations"][0]["summary"]["facts"]
            if edition.final:
                counted = Comment.objects.counted_before(edition.slot).count()
                assert (facts["total"], facts["new"], edition.facts["compared"]) == (counted, 0, 0)
                continue
            news = Comment.objects.news(period.lower, period.upper).values_list("pk", flat=True)
            assert set(news) <= set(self.shown)
            self.told[edition.pk] = {(pk, self.lives[pk]) for pk in news}
            assert (facts["new"], facts["new"] > 0) == (len(news), True)
            self._told_once_each({pk for pk, at in self.shown.items() if at < edition.slot})

    def _told_once_each(self, comments: set[int]) -> None:
        times = self._times_told()
        assert {pk: times[pk, self.lives[pk]] for pk in comments} == dict.fromkeys(comments, 1)

    def _times_told(self) -> Counter[tuple[int, int]]:
        telling = Edition.objects.filter(state__in=TELLING).values_list("pk", flat=True)
        return Counter(told for key in telling for told in self.told[key])

    def _choose(self, release: str) -> None:
        editions.choose_release(
            consultation=self.cast.consultation,
            release=release,
            quiet_hours=12,
            by=self.cast.officer,
            at=getattr(self, "now", STARTS[0]),
        )

    def _one(self, which: int, state: str) -> Comment | None:
        """One of the comments in this state, if there are any."""
        rows = Comment.objects.select_related("public_version", "response", "recommendation")
        there = list(rows.filter(state=state).order_by("pk"))
        return there[which % len(there)] if there else None

    def _refused(self, verb: Callable[[], object]) -> None:
        """Call a verb, which may refuse with a sentence."""
        said = "."
        try:
            with transaction.atomic():
                verb()
        except (DigestError, DecisionRefused) as refusal:
            said = str(refusal)
        assert said[-1:] == "."


@pytest.mark.django_db
@pytest.mark.exhaustive
def test_every_history_tells_each_comment_once() -> None:
    cast = Cast()
    run_state_machine_as_test(
        lambda: History(cast),
        settings=settings(
            max_examples=tried(12),
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
